// Deleting a project: gone for everybody at once, erased in the background, also by the next process after a kill.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, sign_in, sign_up } from './support/people.mjs';
import { node_client, sdk_error } from './support/sdk.mjs';
import { Server, patience, until } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

async function fresh_project() {
  const id = await server.create_project(fresh_id().toLowerCase());
  const { secret } = await server.create_key(id);
  return { id, key: secret, caller: new Caller(server, { project: id, key: secret }), guest: new Caller(server, { project: id }) };
}

/** Users by the users service, 50 at a time. */
async function add_users(project, count) {
  for (let made = 0; made < count; made += 50) {
    const batch = Array.from({ length: Math.min(50, count - made) }, (_, i) =>
      project.caller.post('/v1/users', { userId: 'unique()', email: fresh_email(), name: `Person ${made + i} of many words` }));
    for (const answer of await Promise.all(batch)) accepted(answer, 201);
  }
}

const check = () => server.command('check', '--json');

async function is_erased() {
  return until(async () => {
    const report = await check();
    assert.equal(report.problemCount, 0, report.problems.join('\n'));
    return report.removedRows === 0;
  }, 'the deleted projects to be erased', 60_000 * patience);
}

test('a deleted project is gone for everybody at once, and its id can be used anew', async () => {
  const project = await fresh_project();
  const person = await sign_up(project.guest);
  const { caller: signed_in } = await sign_in(project.guest, person);
  const { jwt } = accepted(await signed_in.post('/v1/account/jwts'), 201);
  const ephemeral = accepted(await project.caller.post('/v1/project/keys/ephemeral', { scopes: ['users.read'], duration: 600 }), 201).secret;
  refused(await project.guest.delete('/v1/project'), 401, 'general_unauthorized_scope');
  refused(await signed_in.delete('/v1/project'), 401, 'general_unauthorized_scope');
  const weak = await server.create_key(project.id, 'project.read');
  refused(await project.guest.as({ key: weak.secret }).delete('/v1/project'), 401, 'general_unauthorized_scope');

  const sdk = node_client(server, { project: project.id, key: project.key }).project;
  const gone = await project.caller.delete('/v1/project');
  assert.equal(gone.status, 204);
  assert.equal(gone.text, '');
  for (const caller of [project.guest, signed_in, project.caller, project.guest.as({ jwt }), project.guest.as({ key: ephemeral })])
    for (const path of ['/v1/account', '/v1/users', '/v1/project']) refused(await caller.get(path), 404, 'project_not_found');
  refused(await project.guest.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password }), 404, 'project_not_found');
  refused(await project.caller.delete('/v1/project'), 404, 'project_not_found');
  await assert.rejects(sdk.get(), sdk_error(404, 'project_not_found'));
  assert.ok(!(await server.command('project', 'list', '--json')).projects.some((each) => each.id === project.id));

  // The same id again: another project, of which nothing of before is part, also before all of that is erased.
  await server.create_project(project.id);
  refused(await project.caller.get('/v1/users'), 401, 'user_unauthorized');
  refused(await signed_in.get('/v1/account'), 401, 'general_unauthorized_scope');
  refused(await project.guest.as({ jwt }).get('/v1/account'), 401, 'user_jwt_invalid');
  refused(await project.guest.as({ key: ephemeral }).get('/v1/users'), 401, 'general_unauthorized_scope');
  refused(await project.guest.post('/v1/account/sessions/email', { email: person.email, password: person.password }), 401, 'user_invalid_credentials');
  const key = (await server.create_key(project.id)).secret;
  assert.equal(accepted(await project.guest.as({ key }).get('/v1/users')).total, 0);
  await sign_up(project.guest, { email: person.email });
  await is_erased();
  assert.equal(accepted(await project.guest.as({ key }).get('/v1/users')).total, 1);
});

test('the console cannot be deleted, and administrators delete what is theirs alone', async () => {
  const email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  const console_guest = new Caller(server, { project: 'console' });
  const text = (await console_guest.post('/v1/account/sessions/email', { email, password: good_password })).session_text('console');
  const root = console_guest.as({ cookie: text });
  refused(await root.delete('/v1/project'), 401, 'general_access_forbidden');
  refused(await root.delete('/v1/projects/console'), 401, 'general_access_forbidden');
  assert.notEqual((await server.try_command('project', 'delete', '--project', 'console')).code, 0);

  const project = await fresh_project();
  const stranger_team = accepted(await root.post('/v1/teams', { teamId: 'unique()', name: 'Others' }), 201);
  const theirs = fresh_id('theirs').toLowerCase();
  accepted(await root.post('/v1/projects', { projectId: theirs, name: 'Theirs', teamId: stranger_team.$id }), 201);
  const other_email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', other_email, '--json');
  const other = console_guest.as({ cookie: (await console_guest.post('/v1/account/sessions/email', { email: other_email, password: good_password })).session_text('console') });
  refused(await other.delete(`/v1/projects/${theirs}`), 401, 'user_unauthorized');
  refused(await root.delete(`/v1/projects/${fresh_id('nobody').toLowerCase()}`), 404, 'project_not_found');

  assert.equal((await root.delete(`/v1/projects/${project.id}`)).status, 204);
  refused(await project.guest.get('/v1/account'), 404, 'project_not_found');
  const as_admin = new Caller(server, { project: theirs, headers: { cookie: `a_session_console=${encodeURIComponent(text)}`, 'x-appwrite-mode': 'admin' } });
  assert.equal((await as_admin.delete('/v1/project')).status, 204);
  assert.deepEqual(accepted(await root.get('/v1/projects')).projects.filter((each) => [project.id, theirs].includes(each.$id)), []);
});

test('a kill in the middle delays the erasing, and neighbours keep everything', async () => {
  const [doomed, neighbour] = [await fresh_project(), await fresh_project()];
  await add_users(doomed, 600);
  await add_users(neighbour, 60);
  const before = accepted(await neighbour.caller.get('/v1/users')).users;
  await is_erased();
  for (const round of [1, 2]) {
    if (round === 1) assert.equal((await doomed.caller.delete('/v1/project')).status, 204);
    await server.kill9();
    const report = await check();
    assert.equal(report.problemCount, 0, report.problems.join('\n'));
    if (round === 1) assert.ok(report.removedRows > 0, 'the kill came before the end');
    await server.start();
    refused(await doomed.caller.get('/v1/project'), 404, 'project_not_found');
  }
  await is_erased();
  assert.deepEqual(accepted(await neighbour.caller.get('/v1/users')).users, before);
});

test('who is busy while the project goes leaves no row behind', async () => {
  const project = await fresh_project();
  const rush = Array.from({ length: 200 }, (_, i) =>
    i % 2 ? project.caller.post('/v1/users', { userId: 'unique()', email: fresh_email() })
      : project.guest.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password }));
  await Promise.race(rush);
  await node_client(server, { project: project.id, key: project.key }).project.delete();
  for (const answer of await Promise.all(rush)) if (answer.status !== 201) refused(answer, 404, 'project_not_found');
  await is_erased();
});

test('the command deletes with and without a server', async () => {
  const project = await fresh_project();
  await add_users(project, 50);
  assert.deepEqual(await server.command('project', 'delete', '--project', project.id, '--json'), { id: project.id, deleted: true });
  refused(await project.caller.get('/v1/project'), 404, 'project_not_found');
  assert.notEqual((await server.try_command('project', 'delete', '--project', project.id)).code, 0);
  const other = await fresh_project();
  await add_users(other, 50);
  await server.stop();
  assert.deepEqual(await server.command('project', 'delete', '--project', other.id, '--json'), { id: other.id, deleted: true });
  const report = await check();
  assert.deepEqual([report.problemCount, report.removedRows], [0, 0]);
  await server.start();
  refused(await other.caller.get('/v1/project'), 404, 'project_not_found');
});

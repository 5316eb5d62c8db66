// What one project's people and keys can learn of another project, or do to it: nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, sign_in, sign_up } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let ours;
let theirs;
before(async () => {
  server = await Server.start({ cheap: false, rate_limits: 'on', args: ['--hash-threads', '1', '--hash-memory', '8192', '--hash-passes', '2', '--hash-deadline', '60000'] });
  for (const make of [() => (ours = { id: fresh_id('ours') }), () => (theirs = { id: fresh_id('theirs') })]) {
    const project = make();
    await server.create_project(project.id);
    project.guest = new Caller(server, { project: project.id });
    project.key_text = (await server.create_key(project.id)).secret;
    project.key = project.guest.as({ key: project.key_text });
  }
});
after(() => server.stop());

test('nothing of the other project is seen', async () => {
  const email = fresh_email();
  const [here, there] = [await sign_up(ours.guest, { email }), await sign_up(theirs.guest, { email, password: 'another password' })];
  assert.notEqual(here.id, there.id);
  const mine = await sign_in(ours.guest, here);
  refused(await ours.guest.post('/v1/account/sessions/email', { email, password: 'another password' }), 401, 'user_invalid_credentials');

  // A session, a JWT and a key are nothing next door, in whatever way they are sent.
  for (const caller of [theirs.guest.as({ cookie: mine.text }), theirs.guest.as({ session: mine.text }), theirs.guest.as({ fallback: mine.text })])
    refused(await caller.get('/v1/account'), 401, 'general_unauthorized_scope');
  const { jwt } = accepted(await mine.caller.post('/v1/account/jwts'), 201);
  refused(await theirs.guest.as({ jwt }).get('/v1/account'), 401, 'user_jwt_invalid');
  refused(await theirs.guest.as({ key: ours.key_text }).get('/v1/users'), 403, 'project_id_missing');
  const ephemeral = accepted(await ours.key.post('/v1/project/keys/ephemeral', { scopes: ['users.read'], duration: 60 }), 201).secret;
  refused(await theirs.guest.as({ key: ephemeral }).get('/v1/users'), 401, 'general_unauthorized_scope');

  // A key sees its own: by id, in lists, by search, as a cursor.
  refused(await ours.key.get(`/v1/users/${there.id}`), 404, 'user_not_found');
  refused(await ours.key.patch(`/v1/users/${there.id}/name`, { name: 'taken' }), 404, 'user_not_found');
  refused(await ours.key.delete(`/v1/users/${there.id}`), 404, 'user_not_found');
  refused(await ours.key.post(`/v1/users/${there.id}/sessions`), 404, 'user_not_found');
  assert.deepEqual(accepted(await ours.key.get('/v1/users')).users.map((user) => user.$id), [here.id]);
  assert.equal(accepted(await ours.key.get(`/v1/users?search=${there.id}`)).total, 0);
  refused(await ours.key.get(`/v1/users?queries[0]=${encodeURIComponent(Query.cursorAfter(there.id))}`), 400, 'general_cursor_not_found');
  const session_there = accepted(await theirs.key.get(`/v1/users/${there.id}/sessions`)).sessions;
  assert.deepEqual(session_there, []);
  for (const path of [`/v1/projects/${theirs.id}`, `/v1/projects/${theirs.id}/keys`]) refused(await ours.key.get(path), 401, 'user_unauthorized');
  const there_again = accepted(await theirs.key.get(`/v1/users/${there.id}`));
  assert.equal(there_again.name, '');
});

test('what is counted is counted by project', async () => {
  await server.set(ours.id, { limit: accepted(await ours.key.get('/v1/users')).total });
  refused(await ours.guest.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password }), 400, 'user_count_exceeded');
  await sign_up(theirs.guest);
  await server.set(ours.id, { limit: 0 });
  const before = accepted(await theirs.key.get('/v1/users')).total;
  for (let i = 0; i < 3; i++) accepted(await ours.key.post('/v1/users', { userId: 'unique()' }), 201);
  assert.equal(accepted(await theirs.key.get('/v1/users')).total, before);
});

test('nobody is locked out next door', async () => {
  const email = fresh_email();
  await sign_up(ours.guest, { email });
  const person = await sign_up(theirs.guest, { email });
  for (let i = 0; i < 10; i++) refused(await ours.guest.post('/v1/account/sessions/email', { email, password: 'wrong password' }), 401, 'user_invalid_credentials');
  refused(await ours.guest.post('/v1/account/sessions/email', { email, password: 'wrong password' }), 429, 'general_rate_limit_exceeded');
  await sign_in(theirs.guest, person);
  accepted(await ours.key.patch('/v1/project/services/account', { enabled: false }));
  await sign_in(theirs.guest, person);
  accepted(await ours.key.patch('/v1/project/services/account', { enabled: true }));
});

test('a rush next door takes no turn from a project with one sign-in', async () => {
  const person = await sign_up(theirs.guest);
  const rush = Array.from({ length: 300 }, (_, i) => ours.guest.post('/v1/account/sessions/email', { email: `nobody-${i}@example.test`, password: 'wrong password' }));
  let done = 0;
  for (const each of rush) each.then(() => ++done);
  while (done === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await sign_in(theirs.guest, person);
  const waited = done;
  await Promise.all(rush);
  assert.ok(waited < 250, `${waited} of 300 were answered before one sign-in of a quiet project`);
});

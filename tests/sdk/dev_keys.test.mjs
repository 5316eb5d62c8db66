// Dev keys: made by the command line, shown and changed by administrators, and what they lift.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { Server, until } from './support/server.mjs';

let server;
let root;
before(async () => {
  server = await Server.start({ rate_limits: 'on' });
  const email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  const guest = new Caller(server, { project: 'console' });
  root = guest.as({ cookie: (await guest.post('/v1/account/sessions/email', { email, password: good_password })).session_text('console') });
});
after(() => server.stop());

const later = () => new Date(Date.now() + 3600_000).toISOString();
const create = (project, name = 'For building', expire = later()) =>
  server.command('dev-key', 'create', '--project', project, '--name', name, '--expire', expire, '--json');

async function fresh_project() {
  const id = await server.create_project(fresh_id());
  return { id, path: `/v1/projects/${id}/dev-keys`, guest: new Caller(server, { project: id }) };
}

test('a dev key is made by the command line, and shown, changed and deleted by administrators', async () => {
  const { id, path, guest } = await fresh_project();
  const made = await create(id);
  assert.match(made.secret, /^[0-9a-f]{256}$/);
  const other = await create(id, 'Another');
  for (const wrong of [['--name', 'A'], ['--expire', later()], ['--name', 'A', '--expire', 'soon'], ['--name', 'x'.repeat(129), '--expire', later()]])
    assert.notEqual((await server.try_command('dev-key', 'create', '--project', id, ...wrong)).code, 0);
  assert.deepEqual((await server.command('dev-key', 'list', '--project', id, '--json')).devKeys.map((key) => [key.id, key.secret]), [[made.id, undefined], [other.id, undefined]]);

  refused(await root.post(path, { name: 'A', expire: later() }), 410, 'dev_key_gone');
  const shown = accepted(await root.get(`${path}/${made.id}`));
  assert.deepEqual(Object.keys(shown), ['$id', '$createdAt', '$updatedAt', 'name', 'expire', 'secret', 'accessedAt', 'sdks']);
  assert.deepEqual([shown.name, shown.secret, shown.accessedAt, shown.sdks], ['For building', made.secret, '', []]);
  const ask = async (...queries) => accepted(await root.get(`${path}?${queries.map((query, i) => `queries[${i}]=${encodeURIComponent(query)}`).join('&')}`)).devKeys.map((key) => key.$id);
  assert.deepEqual(await ask(), [made.id, other.id]);
  assert.deepEqual(await ask(Query.equal('name', 'Another')), [other.id]);
  assert.equal(accepted(await root.get(path)).total, 2);

  const expire = new Date(Date.now() + 7200_000).toISOString();
  const changed = accepted(await root.put(`${path}/${made.id}`, { name: 'Renamed', expire }));
  assert.deepEqual([changed.name, Date.parse(changed.expire), changed.secret], ['Renamed', Date.parse(expire), made.secret]);
  for (const wrong of [{ name: 'A' }, { expire }, { name: '', expire }, { name: 'A', expire: 'soon' }, { name: 'A', expire: null }])
    refused(await root.put(`${path}/${made.id}`, wrong), 400, 'general_argument_invalid');

  const key = await server.create_key(id);
  for (const caller of [guest, guest.as({ key: key.secret })]) refused(await caller.get(path), 401, 'general_unauthorized_scope');
  await server.restart({ hard: true });
  assert.deepEqual(accepted(await root.get(`${path}/${made.id}`)), changed);
  assert.equal((await root.delete(`${path}/${other.id}`)).status, 204);
  await server.command('dev-key', 'delete', '--project', id, made.id, '--json');
  for (const call of [root.get(`${path}/${made.id}`), root.delete(`${path}/${made.id}`), root.put(`${path}/${made.id}`, { name: 'A', expire })])
    refused(await call, 404, 'key_not_found');
  refused(await root.get(`/v1/projects/${fresh_id('nobody')}/dev-keys`), 404, 'project_not_found');
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

test('a dev key lifts rate limits and opens the project to pages of any host', async () => {
  const { id, path, guest } = await fresh_project();
  const { id: key_id, secret } = await create(id);
  const developing = guest.as({ headers: { 'x-appwrite-dev-key': secret, 'x-sdk-name': 'Node.js' } });
  const unknown = { userId: 'unique()', email: 'nobody@example.test', password: 'wrong password' };
  for (let i = 0; i < 15; i++) refused(await developing.post('/v1/account/sessions/email', unknown), 401, 'user_invalid_credentials');
  for (let i = 0; i < 10; i++) refused(await guest.post('/v1/account/sessions/email', unknown), 401, 'user_invalid_credentials');
  refused(await guest.post('/v1/account/sessions/email', unknown), 429, 'general_rate_limit_exceeded');
  refused(await developing.post('/v1/account/sessions/email', unknown), 401, 'user_invalid_credentials');
  refused(await guest.post('/v1/account/sessions/email', { ...unknown, devKey: secret }), 401, 'user_invalid_credentials');

  const page = { origin: 'https://somewhere.example' };
  const asking = () => ({ userId: 'unique()', email: fresh_email(), password: good_password });
  refused(await guest.as(page).post('/v1/account', asking()), 403, 'general_unknown_origin');
  const opened = await developing.as(page).post('/v1/account', asking());
  accepted(opened, 201);
  assert.equal(opened.header('access-control-allow-origin'), page.origin);
  assert.equal((await guest.as(page).get(`/v1/ping?devKey=${secret}`)).status, 200);
  refused(await developing.as({ origin: 'null' }).post('/v1/account', asking()), 403, 'general_unknown_origin');
  // It opens nothing else: the caller stays a guest.
  refused(await developing.get('/v1/users'), 401, 'general_unauthorized_scope');
  const used = await until(async () => {
    const shown = accepted(await root.get(`${path}/${key_id}`));
    return shown.accessedAt !== '' && shown;
  }, 'its use to be noted');
  assert.deepEqual(used.sdks, ['Node.js']);

  // Of another project, unknown and expired ones are as good as none.
  const next_door = await fresh_project();
  for (const wrong of [secret.slice(0, -1), 'x', (await create(next_door.id)).secret, (await create(id, 'Old', new Date(Date.now() - 1000).toISOString())).secret])
    refused(await guest.as({ ...page, headers: { 'x-appwrite-dev-key': wrong } }).get('/v1/ping'), 403, 'general_unknown_origin');
  assert.equal((await root.delete(`${path}/${key_id}`)).status, 204);
  refused(await developing.as(page).get('/v1/ping'), 403, 'general_unknown_origin');
  refused(await developing.post('/v1/account/sessions/email', unknown), 429, 'general_rate_limit_exceeded');
});

test('the project shows its dev keys to administrators alone', async () => {
  const { id, path, guest } = await fresh_project();
  const { id: key_id } = await create(id);
  const shown = accepted(await root.get(`/v1/projects/${id}`)).devKeys;
  assert.deepEqual(shown, [accepted(await root.get(`${path}/${key_id}`))]);
  assert.deepEqual(accepted(await root.get('/v1/projects')).projects.find((each) => each.$id === id).devKeys, []);
  const key = await server.create_key(id);
  assert.deepEqual(accepted(await guest.as({ key: key.secret }).get('/v1/project')).devKeys, []);
});

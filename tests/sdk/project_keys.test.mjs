// API keys by the node SDK: shown, changed and ended by a key, and keys that live for a while.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server, sleep, until } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

function accepted_session(answer) {
  accepted(answer, 201);
  return answer.session_text('console');
}

async function fresh_project(scopes = 'all') {
  const id = await server.create_project(fresh_id());
  const key = await server.create_key(id, scopes);
  return { id, key: key.secret, key_id: key.id, project: node_client(server, { project: id, key: key.secret }).project, caller: new Caller(server, { project: id, key: key.secret }) };
}

test('a key reads, changes and ends keys of its project', async () => {
  const { id, project, key_id } = await fresh_project();
  const other = await server.create_key(id, 'users.read');
  const shown = plain(await project.getKey({ keyId: other.id }));
  assert.deepEqual([shown.$id, shown.secret, shown.scopes, shown.expire, shown.accessedAt, shown.sdks], [other.id, other.secret, ['users.read'], '', '', []]);
  assert.deepEqual(plain(await project.listKeys()).keys.map((each) => each.$id), [key_id, other.id]);
  assert.equal(plain(await project.listKeys({ total: false })).total, 0);
  const ask = async (...queries) => plain(await project.listKeys({ queries })).keys.map((each) => each.$id);
  assert.deepEqual(await ask(Query.contains('scopes', ['users.write'])), [key_id]);
  assert.deepEqual(await ask(Query.isNull('expire'), Query.cursorAfter(key_id)), [other.id]);
  assert.deepEqual(await ask(Query.orderDesc('$createdAt'), Query.limit(1)), [other.id]);
  await assert.rejects(project.listKeys({ queries: [Query.equal('secret', other.secret)] }), sdk_error(400, 'general_argument_invalid'));

  const caller = new Caller(server, { project: id, key: other.secret });
  refused(await caller.post('/v1/users', { userId: 'unique()' }), 401, 'general_unauthorized_scope');
  const expire = new Date(Date.now() + 3600_000).toISOString();
  const changed = plain(await project.updateKey({ keyId: other.id, name: 'Another', scopes: ['users.write'], expire }));
  assert.deepEqual([changed.name, changed.scopes, Date.parse(changed.expire), changed.secret], ['Another', ['users.write'], Date.parse(expire), other.secret]);
  accepted(await caller.post('/v1/users', { userId: 'unique()' }), 201);

  const past = new Date(Date.now() - 60_000).toISOString();
  plain(await project.updateKey({ keyId: other.id, name: 'Another', scopes: ['users.write'], expire: past }));
  refused(await caller.post('/v1/users', { userId: 'unique()' }), 401, 'project_key_expired');
  assert.equal(plain(await project.updateKey({ keyId: other.id, name: 'Another', scopes: [] })).expire, '');
  refused(await caller.post('/v1/users', { userId: 'unique()' }), 401, 'general_unauthorized_scope');

  await server.restart({ hard: true });
  assert.deepEqual(plain(await project.getKey({ keyId: other.id })).scopes, []);
  await project.deleteKey({ keyId: other.id });
  refused(await caller.post('/v1/users', { userId: 'unique()' }), 401, 'user_unauthorized');
  for (const call of [() => project.deleteKey({ keyId: other.id }), () => project.getKey({ keyId: other.id }), () => project.updateKey({ keyId: other.id, name: 'A', scopes: [] })])
    await assert.rejects(call, sdk_error(404, 'key_not_found'));
});

test('a key makes none that lasts, and none is found from another project', async () => {
  const { project, caller } = await fresh_project();
  const there = await fresh_project();
  await assert.rejects(project.createKey({ keyId: 'unique()', name: 'More', scopes: [] }), sdk_error(403, 'key_creation_denied'));
  for (const wrong of [{ name: '' }, { scopes: ['everything'] }, { scopes: 'users.read' }, { keyId: '.' }, { expire: 'tomorrow' }, { scopes: undefined }])
    refused(await caller.post('/v1/project/keys', { keyId: 'unique()', name: 'More', scopes: [], ...wrong }), 400, 'general_argument_invalid');
  for (const call of [() => project.getKey({ keyId: there.key_id }), () => project.deleteKey({ keyId: there.key_id })])
    await assert.rejects(call, sdk_error(404, 'key_not_found'));
  accepted(await there.caller.get('/v1/project'));
  const { id, key_id } = there;
  assert.equal(accepted(await there.caller.get(`/v1/projects/${id}/keys/${key_id}`)).$id, key_id);
  assert.equal(accepted(await there.caller.get(`/v1/projects/${id}/keys`)).total, 1);
});

test('a key notes when it was used and by which SDK', async () => {
  const { id, project, key_id, caller } = await fresh_project();
  await project.get();
  await until(async () => plain(await project.getKey({ keyId: key_id })).sdks.includes('Node.js') || undefined, 'the SDK to be noted');
  const shown = plain(await project.getKey({ keyId: key_id }));
  assert.ok(Math.abs(Date.parse(shown.accessedAt) - Date.now()) < 60_000);
  accepted(await caller.get('/v1/project', { headers: { 'x-sdk-name': 'not-an-sdk' } }));
  accepted(await caller.get('/v1/project', { headers: { 'x-sdk-name': 'x'.repeat(3000) } }));
  await sleep(200);
  assert.deepEqual(plain(await project.getKey({ keyId: key_id })).sdks, shown.sdks);
  await server.restart();
  assert.deepEqual(plain(await project.getKey({ keyId: key_id })).sdks, shown.sdks);
  assert.ok(id);
});

const claims_of = (secret) => JSON.parse(Buffer.from(secret.split('.')[1], 'base64url').toString());

test('an ephemeral key has its scopes for its time', async () => {
  const { id, project, caller } = await fresh_project();
  const made = plain(await project.createEphemeralKey({ scopes: ['users.read', 'keys.write'], duration: 900 }));
  assert.match(made.secret, /^ephemeral_[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.deepEqual([made.name, made.accessedAt, made.sdks, made.scopes], ['', '', [], ['users.read', 'keys.write']]);
  assert.ok(Math.abs(Date.parse(made.expire) - Date.now() - 900_000) < 10_000);
  const claims = claims_of(made.secret);
  assert.deepEqual([claims.projectId, claims.scopes], [id, ['users.read', 'keys.write']]);

  const held = new Caller(server, { project: id, key: made.secret });
  refused(await held.post('/v1/users', { userId: 'unique()' }), 401, 'general_unauthorized_scope');
  refused(await held.get('/v1/users/nobody'), 404, 'user_not_found');
  refused(await held.post('/v1/project/keys', { keyId: 'unique()', name: 'More', scopes: [] }), 403, 'key_creation_denied');
  refused(await held.as({ key: made.secret.replace('ephemeral_', 'dynamic_') }).get('/v1/users/nobody'), 404, 'user_not_found');
  await server.restart({ hard: true });
  refused(await held.get('/v1/users/nobody'), 404, 'user_not_found');

  const elsewhere = await server.create_project(fresh_id());
  const [head, body, mark] = made.secret.split('.');
  const bent = Buffer.from(JSON.stringify({ ...claims, scopes: ['users.read', 'users.write'] })).toString('base64url');
  const own = (key) => `${head}.${body}.${createHmac('sha256', key).update(`${head.slice('ephemeral_'.length)}.${body}`).digest('base64url')}`;
  const none = `ephemeral_${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${body}.`;
  for (const key of [`${head}.${bent}.${mark}`, own(''), own('secret'), none, 'ephemeral_', 'ephemeral_a.b.c', 'other_key'])
    refused(await held.as({ key }).get('/v1/users/nobody'), 401, 'general_unauthorized_scope');
  refused(await held.as({ project: elsewhere }).get('/v1/users/nobody'), 401, 'general_unauthorized_scope');

  for (const wrong of [{ duration: 0 }, { duration: 3601 }, { duration: undefined }, { duration: 'long' }, { scopes: ['everything'] }, { scopes: undefined }])
    refused(await caller.post('/v1/project/keys/ephemeral', { scopes: [], duration: 10, ...wrong }), 400, 'general_argument_invalid');
  const old_form = accepted(await caller.post(`/v1/projects/${id}/jwts`, { scopes: [], duration: 10 }, { headers: { 'x-appwrite-response-format': '1.9.2' } }), 201);
  assert.deepEqual(Object.keys(old_form).sort(), ['jwt', 'projectId', 'scopes']);
});

test('an ephemeral key ends by itself', async () => {
  const { id, project } = await fresh_project();
  const { secret } = plain(await project.createEphemeralKey({ scopes: ['users.read'], duration: 1 }));
  const held = new Caller(server, { project: id, key: secret });
  await until(async () => (await held.get('/v1/users/nobody')).status === 401 || undefined, 'the key to end');
  refused(await held.get('/v1/users/nobody'), 401, 'general_unauthorized_scope');
});

test('an ephemeral key makes none that outlives it', async () => {
  const { id, project } = await fresh_project();
  const first = plain(await project.createEphemeralKey({ scopes: ['keys.write'], duration: 60 }));
  const held = new Caller(server, { project: id, key: first.secret });
  const second = accepted(await held.post('/v1/project/keys/ephemeral', { scopes: ['users.read'], duration: 3600 }), 201);
  assert.equal(claims_of(second.secret).exp, claims_of(first.secret).exp);
  assert.equal(Math.floor(Date.parse(second.expire) / 1000), claims_of(first.secret).exp);
  const shorter = accepted(await held.post('/v1/project/keys/ephemeral', { scopes: [], duration: 5 }), 201);
  assert.ok(claims_of(shorter.secret).exp < claims_of(first.secret).exp);
});

test('a project has 1000 keys at most, and long lists are whole', async () => {
  const { project, id, caller } = await fresh_project();
  const email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  const guest = new Caller(server, { project: 'console' });
  const text = accepted_session(await guest.post('/v1/account/sessions/email', { email, password: good_password }));
  const on = new Caller(server, { project: id, headers: { cookie: `a_session_console=${encodeURIComponent(text)}`, 'x-appwrite-mode': 'admin' } });
  const make = (i) => on.post('/v1/project/keys', { keyId: `key-${i}`, name: `Key ${i}`, scopes: [] });
  for (let i = 0; i < 999; i += 37) await Promise.all(Array.from({ length: Math.min(37, 999 - i) }, async (_, j) => accepted(await make(i + j), 201)));
  refused(await make(999), 400, 'general_bad_request');
  const all = accepted(await caller.get('/v1/project/keys'));
  assert.deepEqual([all.total, all.keys.length], [1000, 1000]);
  assert.ok(all.keys.every((key) => key.secret.length === 265));
  await project.deleteKey({ keyId: 'key-500' });
  accepted(await make(999), 201);
});

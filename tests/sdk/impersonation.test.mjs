// Acting as another user: the right by a key, its use by the SDKs' own headers, and what the log says of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { ID, node_client, plain, sdk_error, web_client } from './support/sdk.mjs';
import { Server, until } from './support/server.mjs';

let server;
let users;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
});
after(() => server.stop());

let phones = 0;
const somebody = async (more = {}) => plain(await users.create({ userId: ID.unique(), email: fresh_email(), password: good_password, ...more }));
/** A signed-in user with the right, as the node SDK and as plain HTTP. */
async function impersonator() {
  const user = await somebody();
  assert.equal((await users.updateImpersonator({ userId: user.$id, impersonator: true })).impersonator, true);
  const { secret: session } = await users.createSession({ userId: user.$id });
  const sdk = node_client(server, { session });
  return { ...user, ...sdk, session, http: new Caller(server).as({ session }) };
}

test('the right is given and taken by a key', async () => {
  const { $id: userId } = await somebody();
  assert.equal(plain(await users.get({ userId })).impersonator, false);
  assert.equal((await users.updateImpersonator({ userId, impersonator: true })).impersonator, true);
  assert.equal((await users.updateImpersonator({ userId, impersonator: false })).impersonator, false);
  const key = new Caller(server, { key: server.default_key });
  assert.equal((await key.patch(`/v1/users/${userId}/impersonator`, { impersonator: '1' })).json.impersonator, true);
  for (const body of [{}, { impersonator: 'maybe' }, { impersonator: 2 }]) refused(await key.patch(`/v1/users/${userId}/impersonator`, body), 400, 'general_argument_invalid');
  await assert.rejects(users.updateImpersonator({ userId: 'nobody', impersonator: true }), sdk_error(404, 'user_not_found'));
  const reader = node_client(server, { key: (await server.create_key('default', 'users.read')).secret }).users;
  await assert.rejects(reader.updateImpersonator({ userId, impersonator: true }), sdk_error(401, 'general_unauthorized_scope'));
});

test('the SDKs act as a user named by id, e-mail or phone', async () => {
  const target = await somebody({ phone: `+1415555${String(7000 + ++phones)}` });
  for (const [set, value] of [['setImpersonateUserId', target.$id], ['setImpersonateUserEmail', target.email], ['setImpersonateUserPhone', target.phone]]) {
    const actor = await impersonator();
    assert.equal((await actor.account.get()).impersonatorUserId, null);
    actor.client[set](value);
    const shown = plain(await actor.account.get());
    assert.deepEqual([shown.$id, shown.impersonatorUserId, shown.impersonator], [target.$id, actor.$id, false], set);
    assert.equal((await actor.account.updateName({ name: 'Me' })).$id, actor.$id);
  }
  const browser = web_client(server);
  const actor = await impersonator();
  await browser.account.createEmailPasswordSession({ email: actor.email, password: good_password });
  browser.client.setImpersonateUserId(target.$id);
  assert.equal((await browser.account.get()).$id, target.$id);
});

test('the query names users too, the header first', async () => {
  const [target, other, actor] = [await somebody(), await somebody(), await impersonator()];
  for (const name of ['impersonateUserId', 'impersonateuserid']) assert.equal((await actor.http.get(`/v1/account?${name}=${target.$id}`)).json.$id, target.$id);
  const headers = { 'x-appwrite-impersonate-user-id': target.$id };
  assert.equal((await actor.http.get(`/v1/account?impersonateUserId=${other.$id}`, { headers })).json.$id, target.$id);
  refused(await actor.http.get(`/v1/account?impersonateUserId=${fresh_id()}`), 404, 'user_not_found');
});

test('without the right nothing is acted on and no user is read', async () => {
  const [target, user] = [await somebody(), await somebody()];
  const { secret: session } = await users.createSession({ userId: user.$id });
  const me = node_client(server, { session });
  me.client.setImpersonateUserId(target.$id);
  const shown = plain(await me.account.get());
  assert.deepEqual([shown.$id, shown.impersonatorUserId], [user.$id, null]);
  await assert.rejects(me.users.list(), sdk_error(401, 'general_unauthorized_scope'));
});

test('an impersonator lists and reads users, with or without acting as one, and changes none', async () => {
  const [target, actor] = [await somebody(), await impersonator()];
  assert.ok((await actor.users.list()).total > 0);
  actor.client.setImpersonateUserId(target.$id);
  const listed = plain(await actor.users.list({ search: target.$id }));
  assert.deepEqual(listed.users.map((user) => user.$id), [target.$id]);
  for (const shown of [listed.users[0], plain(await actor.users.get({ userId: target.$id }))])
    for (const field of ['password', 'hash', 'hashOptions']) assert.ok(!(field in shown), field);
  await users.createSession({ userId: target.$id });
  assert.equal((await actor.users.listSessions({ userId: target.$id })).sessions[0].secret, '');
  for (const change of [
    () => actor.users.updateName({ userId: target.$id, name: 'x' }),
    () => actor.users.createSession({ userId: target.$id }),
    () => actor.users.createToken({ userId: target.$id }),
    () => actor.users.delete({ userId: target.$id }),
  ])
    await assert.rejects(change(), sdk_error(401, 'general_unauthorized_scope'));
});

test('the right ends with the answer that takes it', async () => {
  const [target, actor] = [await somebody(), await impersonator()];
  actor.client.setImpersonateUserId(target.$id);
  assert.equal((await actor.account.get()).$id, target.$id);
  await users.updateImpersonator({ userId: actor.$id, impersonator: false });
  assert.equal((await actor.account.get()).$id, actor.$id);
  await assert.rejects(actor.account.updateName({ name: 'x' }), sdk_error(401, 'user_unauthorized'));
  await assert.rejects(actor.users.list(), sdk_error(401, 'general_unauthorized_scope'));
});

test('a user of another project cannot be acted as', async () => {
  const actor = await impersonator();
  await server.create_project('beside');
  const beside = node_client(server, { project: 'beside', key: (await server.create_key('beside')).secret }).users;
  const { $id, email } = plain(await beside.create({ userId: ID.unique(), email: fresh_email() }));
  for (const [name, value] of [['id', $id], ['email', email]]) {
    const headers = { [`x-appwrite-impersonate-user-${name}`]: value };
    refused(await actor.http.get('/v1/account', { headers }), 404, 'user_not_found');
  }
});

test('the log names both, for reading and for deleting', async () => {
  const [target, actor] = [await somebody(), await impersonator()];
  const headers = { 'x-appwrite-impersonate-user-id': target.$id };
  assert.equal((await actor.http.get('/v1/account', { headers })).status, 200);
  assert.equal((await actor.http.delete('/v1/account', undefined, { headers })).status, 204);
  await assert.rejects(users.get({ userId: target.$id }), sdk_error(404, 'user_not_found'));
  for (const event of ['impersonation', 'user_delete']) {
    const line = await until(() => server.log_lines.find((each) => each.event === event && each.user === target.$id), `a line of ${event}`);
    assert.deepEqual([line.security, line.outcome, line.actor], [true, 'ok', actor.$id]);
  }
  assert.ok(!server.log_lines.some((line) => line.event !== 'impersonation' && line.event !== 'user_delete' && line.actor));
});

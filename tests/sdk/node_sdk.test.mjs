import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted } from './support/http.mjs';
import { fresh_email, good_password, is_session, is_user, sign_up, somebody } from './support/people.mjs';
import { ID, node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

test('a server makes a session for its user and acts with it', async () => {
  const admin = node_client(server, { key: server.default_key });
  const email = fresh_email('node');
  const user = plain(await admin.account.create({ userId: ID.unique(), email, password: good_password, name: 'Node' }));
  is_user(user);
  const session = plain(await admin.account.createEmailPasswordSession({ email, password: good_password }));
  is_session(session);
  assert.notEqual(session.secret, '');
  const me = node_client(server, { session: session.secret });
  assert.equal((await me.account.get()).$id, user.$id);
  assert.deepEqual(plain(await me.account.updatePrefs({ prefs: { a: 1 } })).prefs, { a: 1 });
  assert.deepEqual(plain(await me.account.getPrefs()), { a: 1 });
  assert.equal((await me.account.updateName({ name: 'Renamed' })).name, 'Renamed');
  const next = fresh_email('node-next');
  assert.equal((await me.account.updateEmail({ email: next, password: good_password })).email, next);
  assert.equal((await me.account.updatePhone({ phone: '+14155550188', password: good_password })).phone, '+14155550188');
  await me.account.updatePassword({ password: 'a new password', oldPassword: good_password });
  const listed = plain(await me.account.listSessions());
  assert.deepEqual([listed.total, listed.sessions[0].current, listed.sessions[0].secret], [1, true, '']);
  assert.equal((await me.account.getSession({ sessionId: 'current' })).$id, session.$id);
  assert.ok((await me.account.updateSession({ sessionId: session.$id })).expire >= session.expire);
  await me.account.deleteSession({ sessionId: 'current' });
  await assert.rejects(me.account.get(), sdk_error(401, 'general_unauthorized_scope'));
});

test('an anonymous session made by a key works', async () => {
  const session = await node_client(server, { key: server.default_key }).account.createAnonymousSession();
  assert.equal((await node_client(server, { session: session.secret }).account.get()).$id, session.userId);
});

test('the forwarded user agent names the client', async () => {
  const { client, account } = node_client(server, { key: server.default_key });
  client.setForwardedUserAgent('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.77 Safari/537.36');
  const person = await sign_up(new Caller(server));
  const session = await account.createEmailPasswordSession({ email: person.email, password: person.password });
  assert.deepEqual([session.clientCode, session.clientVersion, session.osCode, session.deviceName], ['CH', '70.0', 'WIN', 'desktop']);
});

test('a server checks its caller by JWT', async () => {
  const person = await somebody(server);
  const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
  const by_jwt = node_client(server, { jwt });
  assert.equal((await by_jwt.account.get()).$id, person.id);
  await assert.rejects(by_jwt.account.createJWT(), sdk_error(403, 'user_jwt_creation_denied'));
  await assert.rejects(node_client(server, { jwt: 'garbage' }).account.get(), sdk_error(401, 'user_jwt_invalid'));
  assert.equal((await node_client(server, { session: person.text }).account.createJWT({ duration: 60 })).jwt.split('.').length, 3);
});

test('blocking and deleting all sessions work by session secret', async () => {
  const admin = node_client(server, { key: server.default_key });
  const person = await sign_up(new Caller(server));
  const session = () => admin.account.createEmailPasswordSession({ email: person.email, password: person.password });
  const [first, second] = [await session(), await session()];
  await node_client(server, { session: first.secret }).account.deleteSessions();
  for (const { secret } of [first, second]) await assert.rejects(node_client(server, { session: secret }).account.get(), sdk_error(401, 'general_unauthorized_scope'));
  const { secret } = await session();
  assert.equal((await node_client(server, { session: secret }).account.updateStatus()).status, false);
  await assert.rejects(node_client(server, { session: secret }).account.get(), sdk_error(403, 'user_blocked'));
  await assert.rejects(session(), sdk_error(403, 'user_blocked'));
});

test('a key is no user and a wrong key is nobody', async () => {
  await assert.rejects(node_client(server, { key: server.default_key }).account.get(), sdk_error(401, 'general_unauthorized_scope'));
  await assert.rejects(node_client(server, { key: 'standard_wrong' }).account.createAnonymousSession(), sdk_error(401, 'user_unauthorized'));
});

test('the node SDK pings and is not warned', async () => {
  const { client } = node_client(server, { key: server.default_key });
  assert.equal((await client.ping()).message, 'Pong!');
});

// Tokens: made by a key, given to a person, and exchanged for a session by both SDKs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, is_date, is_session } from './support/people.mjs';
import { ID, node_client, plain, sdk_error, web_client } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
let users;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
});
after(() => server.stop());

const somebody = async (more = {}) => plain(await users.create({ userId: ID.unique(), email: fresh_email(), password: good_password, ...more }));
const invalid_token = sdk_error(401, 'user_invalid_token');
const redeem = (userId, secret) => new Caller(server).post('/v1/account/sessions/token', { userId, secret });

test('a token is made, exchanged for a session by the web SDK, and good for nothing afterwards', async () => {
  const { $id: userId } = await somebody();
  const token = plain(await users.createToken({ userId }));
  assert.deepEqual(Object.keys(token), ['$id', '$createdAt', 'userId', 'secret', 'expire', 'phrase']);
  assert.deepEqual([token.userId, token.phrase], [userId, '']);
  assert.match(token.secret, /^[0-9a-f]{6}$/);
  is_date(token.$createdAt);
  assert.equal(Date.parse(token.expire) - Date.parse(token.$createdAt), 900_000);
  const { account } = web_client(server);
  const session = plain(await account.createSession({ userId, secret: token.secret }));
  is_session(session);
  assert.deepEqual([session.provider, session.providerUid, session.factors, session.current, session.secret], ['token', '', ['token'], true, '']);
  assert.equal((await account.get()).$id, userId);
  await assert.rejects(web_client(server).account.createSession({ userId, secret: token.secret }), invalid_token);
  await assert.rejects(account.createSession({ userId, secret: 'any' }), sdk_error(401, 'user_session_already_exists'));
});

test('a session made through a key has its secret, and cookies are set either way', async () => {
  const { $id: userId } = await somebody();
  const keyed = node_client(server, { key: server.default_key }).account;
  const session = await keyed.createSession({ userId, secret: (await users.createToken({ userId })).secret });
  assert.equal((await node_client(server, { session: session.secret }).account.get()).$id, userId);
  const opened = await redeem(userId, (await users.createToken({ userId })).secret);
  accepted(opened, 201);
  assert.ok(opened.session_text('default'));
  assert.ok(opened.header('x-fallback-cookies').includes('a_session_default'));
});

test('length and lifetime are as asked for, also as texts', async () => {
  const { $id: userId } = await somebody();
  const key = new Caller(server, { key: server.default_key });
  const make = (params) => key.post(`/v1/users/${userId}/tokens`, params);
  for (const length of [4, 15, 128, '64']) {
    const { secret } = accepted(await make({ length }), 201);
    assert.match(secret, /^[0-9a-f]+$/);
    assert.equal(secret.length, Number(length));
  }
  const year = accepted(await make({ expire: 31_536_000 }), 201);
  assert.equal(Date.parse(year.expire) - Date.parse(year.$createdAt), 31_536_000_000);
  for (const params of [{ length: 1 }, { length: 3 }, { length: 129 }, { length: 'x' }, { length: 5.5 }, { expire: 1 }, { expire: 59 }, { expire: 999999999999999 }, { expire: '' }]) {
    const answer = await make(params);
    refused(answer, 400, 'general_argument_invalid');
    for (const field of ['userId', 'secret']) assert.ok(!(field in answer.json), field);
  }
});

test('an unknown user, a wrong secret and a used one are refused alike', async () => {
  const { $id: userId } = await somebody();
  const { secret } = await users.createToken({ userId });
  accepted(await redeem(userId, secret), 201);
  await users.createToken({ userId });
  const answers = [];
  for (const [id, text] of [[userId, 'wrong!'], ['nobody', 'wrong!'], ['unique()', 'wrong!'], [userId, secret], [(await somebody()).$id, secret]])
    answers.push(await redeem(id, text));
  for (const answer of answers) {
    refused(answer, 401, 'user_invalid_token');
    assert.equal(answer.text, answers[0].text);
  }
  for (const [id, text] of [['_x', 'x'], [userId, ''], [userId, 'x'.repeat(257)], [userId, 7], [undefined, 'x'], [userId, undefined]])
    refused(await redeem(id, text), 400, 'general_argument_invalid');
  await assert.rejects(users.createToken({ userId: 'nobody' }), sdk_error(404, 'user_not_found'));
});

test('of many who bring one token at the same time one gets in', async () => {
  const { $id: userId } = await somebody();
  const { secret } = await users.createToken({ userId });
  const answers = await Promise.all(Array.from({ length: 40 }, () => redeem(userId, secret)));
  const opened = answers.filter(({ status }) => status === 201);
  assert.equal(opened.length, 1);
  for (const answer of answers) if (answer !== opened[0]) refused(answer, 401, 'user_invalid_token');
  assert.equal((await users.listSessions({ userId })).total, 1);
});

test('tokens stand side by side, survive a kill and go with their user', async () => {
  const { $id: userId } = await somebody();
  const first = await users.createToken({ userId });
  const second = await users.createToken({ userId });
  await server.restart({ hard: true });
  users = node_client(server, { key: server.default_key }).users;
  accepted(await redeem(userId, first.secret), 201);
  assert.equal((await server.command('check', '--json')).ok, true);
  await users.delete({ userId });
  await users.create({ userId });
  refused(await redeem(userId, second.secret), 401, 'user_invalid_token');
});

test('the session limit evicts the oldest, and a blocked user gets a session that is refused', async () => {
  await server.set('default', { maxSessions: 2 });
  const { $id: userId } = await somebody();
  const texts = [];
  for (let i = 0; i < 3; ++i) texts.push((await redeem(userId, (await users.createToken({ userId })).secret)).session_text('default'));
  const status = async (session) => (await new Caller(server).as({ session }).get('/v1/account')).status;
  assert.deepEqual(await Promise.all(texts.map(status)), [401, 200, 200]);
  const { secret } = await users.createToken({ userId });
  await users.updateStatus({ userId, status: false });
  const opened = await redeem(userId, secret);
  accepted(opened, 201);
  refused(await new Caller(server).as({ session: opened.session_text('default') }).get('/v1/account'), 403, 'user_blocked');
  await server.set('default', { maxSessions: 10 });
});

test('a token is no good in another project, and making one needs the scope', async () => {
  const { $id: userId } = await somebody();
  const { secret } = await users.createToken({ userId });
  await server.create_project('beside');
  const beside = node_client(server, { project: 'beside', key: (await server.create_key('beside')).secret }).users;
  await beside.create({ userId });
  refused(await new Caller(server, { project: 'beside' }).post('/v1/account/sessions/token', { userId, secret }), 401, 'user_invalid_token');
  const reader = node_client(server, { key: (await server.create_key('default', 'users.read,sessions.write')).secret }).users;
  await assert.rejects(reader.createToken({ userId }), sdk_error(401, 'general_unauthorized_scope'));
  refused(await new Caller(server).post(`/v1/users/${userId}/tokens`), 401, 'general_unauthorized_scope');
  accepted(await redeem(userId, secret), 201);
});

// The users service by the node SDK: users made, changed and ended by an API key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, is_date, is_session } from './support/people.mjs';
import { ID, node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server, until } from './support/server.mjs';

let server;
let users;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
});
after(() => server.stop());

const fields = [
  '$id', '$createdAt', '$updatedAt', 'name', 'password', 'hash', 'hashOptions', 'registration', 'status', 'labels', 'passwordUpdate',
  'email', 'phone', 'emailVerification', 'emailCanonical', 'emailIsFree', 'emailIsDisposable', 'emailIsCorporate', 'emailIsCanonical',
  'phoneVerification', 'mfa', 'prefs', 'targets', 'accessedAt', 'impersonator', 'impersonatorUserId',
];
/** Both spellings of Argon2's members, and null for what typed SDKs know other kinds by. */
const argon2_options = (memory, passes, threads) => ({
  type: 'argon2', memory_cost: memory, time_cost: passes, threads, memoryCost: memory, timeCost: passes, costCpu: null, salt: null,
});
let phones = 0;
const fresh_phone = () => `+1415555${String(2000 + ++phones)}`;
const sign_in = (email, password) => new Caller(server).post('/v1/account/sessions/email', { email, password });
const somebody = async (more = {}) =>
  plain(await users.create({ userId: ID.unique(), email: fresh_email(), password: good_password, ...more }));

test('a user is made whole, shown whole and found again after a restart', async () => {
  const made = await somebody({ phone: fresh_phone(), name: 'Ada' });
  assert.deepEqual(Object.keys(made), fields);
  for (const field of ['$createdAt', '$updatedAt', 'registration', 'passwordUpdate']) is_date(made[field]);
  assert.equal(made.hash, 'argon2');
  assert.match(made.password, /^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
  assert.deepEqual(made.hashOptions, argon2_options(8, 1, 1));
  assert.deepEqual([made.name, made.status, made.labels, made.prefs, made.accessedAt], ['Ada', true, [], {}, '']);
  assert.deepEqual(made.targets.map((t) => [t.providerType, t.identifier]).sort(), [['email', made.email], ['sms', made.phone]]);
  assert.deepEqual(plain(await users.get({ userId: made.$id })), made);
  assert.equal((await sign_in(made.email, good_password)).status, 201);
  await server.restart({ hard: true });
  const later = plain(await users.get({ userId: made.$id }));
  assert.deepEqual([later.$id, later.password, later.targets], [made.$id, made.password, made.targets]);
});

test('address, password and name are each optional', async () => {
  for (const params of [{}, { phone: fresh_phone() }, { password: good_password }, { email: fresh_email() }]) {
    const made = plain(await users.create({ userId: ID.unique(), ...params }));
    assert.deepEqual([made.email, made.phone, made.name], [params.email ?? '', params.phone ?? '', '']);
    assert.equal(made.password === null, params.password === undefined);
    assert.equal(made.passwordUpdate === '', params.password === undefined);
    const options = params.password === undefined ? argon2_options(65536, 4, 3) : argon2_options(8, 1, 1);
    assert.deepEqual([made.hash, made.hashOptions], ['argon2', options]);
  }
});

test('wrong parameters are refused, and taken ids and addresses', async () => {
  const made = await somebody({ phone: fresh_phone() });
  const create = (params) => users.create({ userId: ID.unique(), ...params });
  for (const params of [{ email: 'nobody' }, { phone: '123' }, { password: 'short' }, { name: 'x'.repeat(129) }, { userId: '_x' }, { password: '' }, { name: '' }])
    await assert.rejects(create(params), sdk_error(400, 'general_argument_invalid'), JSON.stringify(params));
  for (const params of [{ userId: made.$id }, { email: made.email }, { email: made.email.toUpperCase() }, { phone: made.phone }])
    await assert.rejects(create(params), sdk_error(409, 'user_already_exists'), JSON.stringify(params));
  await assert.rejects(users.get({ userId: 'nobody' }), sdk_error(404, 'user_not_found'));
});

test('only keys with the scope may call', async () => {
  const { secret } = await server.create_key('default', 'users.read');
  const reader = node_client(server, { key: secret }).users;
  const made = await somebody();
  assert.equal((await reader.get({ userId: made.$id })).$id, made.$id);
  await assert.rejects(reader.updateName({ userId: made.$id, name: 'x' }), sdk_error(401, 'general_unauthorized_scope'));
  const session = (await sign_in(made.email, good_password)).session_text('default');
  for (const who of [{}, { session }]) {
    const caller = new Caller(server).as(who);
    refused(await caller.get(`/v1/users/${made.$id}`), 401, 'general_unauthorized_scope');
    refused(await caller.get(`/v1/users/${made.$id}/sessions`), 401, 'general_unauthorized_scope');
    refused(await caller.post(`/v1/users/${made.$id}/sessions`), 401, 'general_unauthorized_scope'); // guests hold sessions.write
    refused(await caller.delete(`/v1/users/${made.$id}/sessions`), 401, 'general_unauthorized_scope');
  }
  const sessions_only = new Caller(server, { key: (await server.create_key('default', 'sessions.write')).secret });
  assert.equal((await sessions_only.post(`/v1/users/${made.$id}/sessions`)).status, 201);
  refused(await sessions_only.post('/v1/users', { userId: 'unique()' }), 401, 'general_unauthorized_scope');
});

const imports = [
  ['createArgon2User', 'argon2', '$argon2i$v=19$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI', {}],
  ['createBcryptUser', 'bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.z1CA6uI.yLc6hTzYfJ/97/otgLaQsIK', {}],
  ['createMD5User', 'md5', '144fa7eaa4904e8ee120651997f70dcc', {}],
  ['createSHAUser', 'sha', '4243da0a694e8a2f727c8060fe0507c8fa01ca68146c76d2c190805b638c20c6bf6ba04e21f11ae138785d0bff63c416e6f87badbffad37f6dee50094cc38c70', { passwordVersion: 'sha512' }],
  ['createPHPassUser', 'phpass', '$P$Br387rwferoKN7uwHZqNMu98q3U8RO.', {}],
  ['createScryptUser', 'scrypt', '3fdef49701bc4cfaacd551fe017283513284b4731e6945c263246ef948d3cf63b5d269c31fd697246085111a428245e24a4ddc6b64c687bc60a8910dbafc1d5b', { passwordSalt: 'appwrite', passwordCpu: 16384, passwordMemory: 13, passwordParallel: 2, passwordLength: 64 }],
  ['createScryptModifiedUser', 'scryptMod', 'UlM7JiXRcQhzAGlaonpSqNSLIz475WMddOgLjej5De9vxTy48K6WtqlEzrRFeK4t0COfMhWCb8wuMHgxOFCHFQ==', { passwordSalt: 'UxLMreBr6tYyjQ==', passwordSaltSeparator: 'Bw==', passwordSignerKey: 'XyEKE9RcTDeLEsL/RjwPDBv/RqDl8fb3gpYEOQaPihbxf1ZAtSOHCjuAAa7Q3oHpCYhXSN9tizHgVOwn6krflQ==' }],
];

const password = 'appwrite';
for (const [method, algorithm, hash, more] of imports) {
  test(`a user imported with ${algorithm} signs in and is hashed anew`, async () => {
    const email = fresh_email(algorithm.toLowerCase());
    const made = plain(await users[method]({ userId: ID.unique(), email, password: hash, name: 'Imported', ...more }));
    assert.deepEqual([made.hash, made.password, made.name], [algorithm, hash, 'Imported']);
    assert.equal((await sign_in(email, `${password}!`)).status, 401);
    assert.equal(plain(await users.get({ userId: made.$id })).password, hash);
    assert.equal((await sign_in(email, password)).status, 201);
    const now = plain(await users.get({ userId: made.$id }));  // in the commit that opened the session
    assert.equal(now.hash, 'argon2');
    assert.match(now.password, /^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
    assert.equal(now.passwordUpdate, made.passwordUpdate);
    assert.equal((await sign_in(email, password)).status, 201);
    assert.equal((await sign_in(email, `${password}!`)).status, 401);
  });
}

test('digests are taken as other products spell them', async () => {
  const bytes = (hex) => Buffer.from(hex, 'hex');
  const [, , [, , md5], [, , sha, of_sha], , [, , scrypt, of_scrypt], [, , modified, of_modified]] = imports;
  const url = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const spelt = [
    ...[md5.toUpperCase(), bytes(md5).toString('base64'), bytes(md5).toString('base64url')].map((text) => ['createMD5User', text, {}]),
    ...[sha.toUpperCase(), bytes(sha).toString('base64')].map((text) => ['createSHAUser', text, of_sha]),
    ...[scrypt.toUpperCase(), bytes(scrypt).toString('base64')].map((text) => ['createScryptUser', text, of_scrypt]),
    ['createScryptModifiedUser', url(modified), Object.fromEntries(Object.entries(of_modified).map(([name, text]) => [name, url(text)]))],
    ['createBcryptUser', '$wp$2y$05$CCCCCCCCCCCCCCCCCCCCC.c4zvSkUHDXCyqGHghUH4ZCqy7r.Hir.', {}],
    ['createPHPassUser', '$wp$2y$05$CCCCCCCCCCCCCCCCCCCCC.c4zvSkUHDXCyqGHghUH4ZCqy7r.Hir.', {}],
  ];
  for (const [method, text, more] of spelt) {
    const email = fresh_email('spelt');
    const made = plain(await users[method]({ userId: ID.unique(), email, password: text, ...more }));
    assert.equal(made.password, text);
    assert.equal((await sign_in(email, `${password}!`)).status, 401, text);
    assert.equal((await sign_in(email, password)).status, 201, text);
  }
});

test('a password that bcrypt does not see to its end stays with bcrypt, and the real one signs in', async () => {
  // 72 bytes and `chars after 72 are ignored`. Source: the test vectors of crypt_blowfish 1.3.
  const seen = `0123456789${[...Array(26).keys()].map((n) => String.fromCharCode(97 + n)).join('')}ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789`;
  const hash = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui';
  const email = fresh_email('long');
  const { $id: userId } = await users.createBcryptUser({ userId: ID.unique(), email, password: hash });
  for (const tail of ['a wrong tail', '', 'the real one'])
    assert.equal((await sign_in(email, `${seen}${tail}`)).status, 201, tail);
  assert.equal(plain(await users.get({ userId })).password, hash);
});

test('a hash that would hang a thread, or can never be verified, is refused', async () => {
  const email = fresh_email();
  const attempt = (method, password, more = {}) => users[method]({ userId: ID.unique(), email, password, ...more });
  const scrypt = { passwordSalt: 's', passwordCpu: 16384, passwordMemory: 8, passwordParallel: 1, passwordLength: 64 };
  const invalid = sdk_error(400, 'general_argument_invalid');
  await assert.rejects(attempt('createBcryptUser', '$2y$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'), invalid);
  await assert.rejects(attempt('createBcryptUser', 'not a bcrypt hash'), invalid);
  await assert.rejects(attempt('createArgon2User', '$argon2id$v=19$m=16777216,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'), invalid);
  await assert.rejects(attempt('createSHAUser', 'x'.repeat(40), { passwordVersion: 'sha0' }), invalid);
  for (const change of [{ passwordCpu: 1000 }, { passwordCpu: 1073741824 }, { passwordMemory: 0 }, { passwordLength: 8 }])
    await assert.rejects(attempt('createScryptUser', 'x'.repeat(40), { ...scrypt, ...change }), invalid, JSON.stringify(change));
  await assert.rejects(attempt('createScryptModifiedUser', 'x'.repeat(40), { passwordSalt: '?', passwordSaltSeparator: 'Bw==', passwordSignerKey: 'Bw==' }), invalid);
  for (const text of ['short', 'hunter2hunter2', '144fa7eaa4904e8ee120651997f70dc', `${'0'.repeat(31)}g`])
    await assert.rejects(attempt('createMD5User', text), invalid, text);
  await assert.rejects(attempt('createSHAUser', '0'.repeat(40), { passwordVersion: 'sha256' }), invalid);
  await assert.rejects(attempt('createScryptUser', '0'.repeat(126), scrypt), invalid);
  await assert.rejects(attempt('createPHPassUser', '$P$Br387rwferoKN7uwHZqNMu98q3U8RO!'), invalid);
  await assert.rejects(attempt('createBcryptUser', `$2y$10$${'='.repeat(53)}`), invalid);
  const said = (attempted) => attempted.then(() => 'accepted', (error) => error.message);
  assert.equal(await said(attempt('createBcryptUser', `$2y$17$${'C'.repeat(53)}`)), 'Invalid `password` parameter: it has a bcrypt cost outside 4 to 16.');
  assert.equal(await said(attempt('createArgon2User', 'not an Argon2 hash')), 'Invalid `password` parameter: it is no Argon2 hash ($argon2i$ or $argon2id$).');
  assert.equal(await said(attempt('createScryptUser', 'x'.repeat(40), { ...scrypt, passwordCpu: 1 << 23, passwordMemory: 1 })), 'Invalid `password` parameter: it needs more memory than --foreign-hash-memory.');
});

test('names, labels, flags and preferences', async () => {
  const { $id: userId, email } = await somebody();
  assert.equal((await users.updateName({ userId, name: 'New' })).name, 'New');
  assert.equal((await users.updateName({ userId, name: '' })).name, '');
  assert.deepEqual((await users.updateLabels({ userId, labels: ['vip', 'beta', 'vip'] })).labels, ['vip', 'beta']);
  assert.deepEqual((await users.updateLabels({ userId, labels: [] })).labels, []);
  for (const labels of [['a-b'], ['x'.repeat(37)], [''], [['a']]])
    await assert.rejects(users.updateLabels({ userId, labels }), sdk_error(400, 'general_argument_invalid'));
  assert.equal((await users.updateEmailVerification({ userId, emailVerification: true })).emailVerification, true);
  assert.equal((await users.updatePhoneVerification({ userId, phoneVerification: true })).phoneVerification, true);
  assert.deepEqual(plain(await users.updatePrefs({ userId, prefs: { theme: 'dark' } })), { theme: 'dark' });
  assert.deepEqual(plain(await users.getPrefs({ userId })), { theme: 'dark' });
  const key = new Caller(server, { key: server.default_key });
  refused(await key.patch(`/v1/users/${userId}/prefs`, { prefs: 'text' }), 400, 'general_argument_invalid');
  refused(await key.patch(`/v1/users/${userId}/verification`, { emailVerification: 'true' }), 400, 'general_argument_invalid');

  const { session_text } = { session_text: (await sign_in(email, good_password)).session_text('default') };
  const me = new Caller(server).as({ session: session_text });
  assert.equal((await users.updateStatus({ userId, status: false })).status, false);
  refused(await me.get('/v1/account'), 403, 'user_blocked');
  assert.equal((await key.patch(`/v1/users/${userId}/status`, { status: '1' })).json.status, true);
  assert.equal((await me.get('/v1/account')).status, 200);
});

test('e-mail and phone move with their targets, and can be cleared', async () => {
  const { $id: userId, email } = await somebody();
  const next = fresh_email('next');
  const other = await somebody({ phone: fresh_phone() });
  let user = plain(await users.updateEmail({ userId, email: next }));
  assert.deepEqual([user.email, user.emailVerification, user.targets.map((t) => t.identifier)], [next, false, [next]]);
  assert.equal((await sign_in(email, good_password)).status, 401);
  assert.equal((await sign_in(next, good_password)).status, 201);
  await assert.rejects(users.updateEmail({ userId, email: next }), sdk_error(409, 'user_target_already_exists'));
  await assert.rejects(users.updateEmail({ userId, email: other.email }), sdk_error(409, 'user_target_already_exists'));
  await assert.rejects(users.updatePhone({ userId, number: other.phone }), sdk_error(409, 'user_target_already_exists'));
  const phone = fresh_phone();
  user = plain(await users.updatePhone({ userId, number: phone }));
  assert.deepEqual([user.phone, user.targets.map((t) => [t.providerType, t.identifier]).sort()], [phone, [['email', next], ['sms', phone]]]);
  user = plain(await users.updateEmail({ userId, email: '' }));
  user = plain(await users.updatePhone({ userId, number: '' }));
  assert.deepEqual([user.email, user.phone, user.targets], ['', '', []]);
  for (const value of [next, phone]) // free again
    await users.create({ userId: ID.unique(), ...(value === phone ? { phone } : { email: next }) });
});

test('a password set by a key follows the policies, ends sessions and can be taken away', async () => {
  await server.set('default', { passwordHistory: 2, personalDataCheck: true });
  const { $id: userId, email } = await somebody();
  const session = (await sign_in(email, good_password)).session_text('default');
  await assert.rejects(users.updatePassword({ userId, password: 'short' }), sdk_error(400, 'general_argument_invalid'));
  await assert.rejects(users.updatePassword({ userId, password: good_password }), sdk_error(400, 'password_recently_used'));
  await assert.rejects(users.updatePassword({ userId, password: `x${email}x` }), sdk_error(400, 'password_personal_data'));
  const before_it = plain(await users.get({ userId }));
  const after_it = plain(await users.updatePassword({ userId, password: 'another good one' }));
  assert.notEqual(after_it.password, before_it.password);
  assert.ok(after_it.passwordUpdate > before_it.passwordUpdate);
  refused(await new Caller(server).as({ session }).get('/v1/account'), 401, 'general_unauthorized_scope');
  assert.equal((await sign_in(email, 'another good one')).status, 201);

  const cleared = plain(await users.updatePassword({ userId, password: '' }));
  assert.deepEqual([cleared.password, cleared.hash, cleared.hashOptions.memory_cost], ['', 'argon2', 65536]);
  assert.equal((await sign_in(email, 'another good one')).status, 401);
  await server.set('default', { passwordHistory: 0, personalDataCheck: false });
});

test('sessions made, listed and ended by a key', async () => {
  const { $id: userId } = await somebody();
  const other = await somebody();
  const first = plain(await users.createSession({ userId }));
  is_session(first);
  assert.deepEqual([first.provider, first.factors, first.current], ['server', ['server'], false]);
  const me = node_client(server, { session: first.secret });
  assert.equal((await me.account.get()).$id, userId);
  const second = plain(await users.createSession({ userId }));
  const listed = plain(await users.listSessions({ userId }));
  assert.deepEqual([listed.total, listed.sessions.map((s) => s.$id)], [2, [first.$id, second.$id]]);
  const uncounted = plain(await users.listSessions({ userId, total: false }));
  assert.deepEqual([uncounted.total, uncounted.sessions.length], [0, 2]);
  await assert.rejects(users.deleteSession({ userId: other.$id, sessionId: first.$id }), sdk_error(404, 'user_session_not_found'));
  await users.deleteSession({ userId, sessionId: first.$id });
  await assert.rejects(me.account.get(), sdk_error(401, 'general_unauthorized_scope'));
  await users.deleteSessions({ userId });
  await users.deleteSessions({ userId });
  assert.equal((await users.listSessions({ userId })).total, 0);
  for (const nobody of ['nobody', ID.unique(), 'unique()']) await assert.rejects(users.createSession({ userId: nobody }), sdk_error(404, 'user_not_found'));
  await assert.rejects(users.createSession({ userId: '_no id' }), sdk_error(400, 'general_argument_invalid'));
  await users.updateStatus({ userId, status: false });
  assert.ok((await users.createSession({ userId })).secret);
});

test('JWTs by a key are bound to a session or to none', async () => {
  const { $id: userId } = await somebody();
  const as = (jwt) => node_client(server, { jwt }).account.get();
  const unbound = (await users.createJWT({ userId })).jwt;
  const session = await users.createSession({ userId });
  const bound = (await users.createJWT({ userId })).jwt;
  const named = (await users.createJWT({ userId, sessionId: session.$id, duration: 60 })).jwt;
  const foreign = (await users.createJWT({ userId, sessionId: fresh_id() })).jwt;
  for (const jwt of [unbound, bound, named, foreign]) assert.equal((await as(jwt)).$id, userId);
  await users.deleteSessions({ userId });
  for (const jwt of [unbound, foreign]) assert.equal((await as(jwt)).$id, userId);
  for (const jwt of [bound, named]) await assert.rejects(as(jwt), sdk_error(401, 'general_unauthorized_scope'));
  await assert.rejects(users.createJWT({ userId, duration: 3601 }), sdk_error(400, 'general_argument_invalid'));
});

test('a deleted user is gone, and everything about them is free', async () => {
  const made = await somebody({ phone: fresh_phone() });
  const session = await users.createSession({ userId: made.$id });
  await users.delete({ userId: made.$id });
  const gone = await users.get({ userId: made.$id }).catch((error) => error);
  assert.deepEqual([gone.code, gone.type, gone.message], [404, 'user_not_found', 'User with the requested ID could not be found.']);
  await assert.rejects(users.delete({ userId: made.$id }), sdk_error(404, 'user_not_found'));
  await assert.rejects(node_client(server, { session: session.secret }).account.get(), sdk_error(401, 'general_unauthorized_scope'));
  const again = plain(await users.create({ userId: made.$id, email: made.email, phone: made.phone }));
  assert.equal(again.$id, made.$id);
});

test('right sign-ins of one imported user at the same time all succeed', async () => {
  const email = fresh_email('md5');
  const { $id: userId } = plain(await users.createMD5User({ userId: ID.unique(), email, password: '144fa7eaa4904e8ee120651997f70dcc' }));
  const answers = await Promise.all(Array.from({ length: 40 }, () => sign_in(email, 'appwrite')));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
  assert.equal((await users.get({ userId })).hash, 'argon2');
});

test('a cleared password is still remembered, and the log says who cleared it', async () => {
  const project = await server.create_project(fresh_id(), { passwordHistory: 3 });
  const { secret } = await server.create_key(project);
  const key = new Caller(server, { project, key: secret });
  const { $id: id } = accepted(await key.post('/v1/users', { userId: 'unique()', email: fresh_email(), password: good_password }), 201);
  accepted(await key.patch(`/v1/users/${id}/password`, { password: '' }));
  refused(await key.patch(`/v1/users/${id}/password`, { password: good_password }), 400, 'password_recently_used');
  accepted(await key.patch(`/v1/users/${id}/password`, { password: 'quite another 43' }));
  await until(() => server.log_lines.some((line) => line.event === 'password_change' && line.user === id && line.reason === 'cleared by a key'), 'the line');
});

test('sessions that keys open are 1000 at most, and all of them end at once', async () => {
  const { $id: id } = plain(await users.create({ userId: ID.unique(), email: fresh_email() }));
  const key = new Caller(server, { key: server.default_key });
  const open = async () => accepted(await key.post(`/v1/users/${id}/sessions`), 201).secret;
  const first = await open();
  for (let i = 0; i < 1000; i += 40) await Promise.all(Array.from({ length: 40 }, open));
  const last = await open();
  assert.equal(accepted(await key.get(`/v1/users/${id}/sessions`)).total, 1000);
  const account = (session) => new Caller(server, { session }).get('/v1/account');
  refused(await account(first), 401, 'general_unauthorized_scope');
  accepted(await account(last));
  accepted(await key.delete(`/v1/users/${id}/sessions`), 204);
  assert.equal(accepted(await key.get(`/v1/users/${id}/sessions`)).total, 0);
  refused(await account(last), 401, 'general_unauthorized_scope');
});

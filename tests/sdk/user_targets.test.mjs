// Targets through the users service, by the node SDK: made, listed, shown, changed and taken away by an API key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MessagingProviderType, Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, is_date } from './support/people.mjs';
import { ID, node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server, sleep } from './support/server.mjs';

let server;
let users;
let key;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
  key = new Caller(server, { key: server.default_key });
});
after(() => server.stop());

const { Email, Sms, Push } = MessagingProviderType;
const fields = ['$id', '$createdAt', '$updatedAt', 'name', 'userId', 'providerId', 'providerType', 'identifier', 'expired'];
let phones = 0;
const fresh_phone = () => `+1415555${String(4000 + ++phones)}`;
const somebody = async (more = {}) => plain(await users.create({ userId: ID.unique(), email: fresh_email(), ...more }));
const nobody = async () => plain(await users.create({ userId: ID.unique() }));
const invalid = sdk_error(400, 'general_argument_invalid');
const taken = sdk_error(409, 'user_target_already_exists');

test('a target of each type is made, shown, shown with its user, and there after a kill', async () => {
  const { $id: userId } = await nobody();
  const made = [];
  for (const [providerType, identifier] of [[Email, fresh_email()], [Sms, fresh_phone()], [Push, `token of ${userId}`]]) {
    const target = plain(await users.createTarget({ userId, targetId: ID.unique(), providerType, identifier, name: 'Mine' }));
    assert.deepEqual(Object.keys(target), fields);
    assert.deepEqual([target.userId, target.providerType, target.identifier, target.name], [userId, providerType, identifier, 'Mine']);
    assert.deepEqual([target.providerId, target.expired], [null, false]);
    is_date(target.$createdAt);
    made.push(target);
  }
  await server.restart({ hard: true });
  for (const target of made) assert.deepEqual(plain(await users.getTarget({ userId, targetId: target.$id })), target);
  const by_id = (a, b) => (a.$id < b.$id ? -1 : 1);
  assert.deepEqual(plain(await users.get({ userId })).targets.sort(by_id), [...made].sort(by_id));
});

test('the id is the one given, or a new one', async () => {
  const { $id: userId } = await nobody();
  const targetId = fresh_id('target');
  const make = (id) => users.createTarget({ userId, targetId: id, providerType: Push, identifier: fresh_id('token') });
  assert.equal((await make(targetId)).$id, targetId);
  assert.match((await make('unique()')).$id, /^[0-9a-f]{20}$/);
});

test('an e-mail target is kept in lower case', async () => {
  const { $id: userId } = await nobody();
  const address = fresh_email();
  const make = (identifier) => users.createTarget({ userId, targetId: ID.unique(), providerType: Email, identifier });
  assert.equal((await make(address.toUpperCase())).identifier, address);
  await assert.rejects(make(address), taken);
});

test('bad parameters are refused, the identifier before the user is looked for', async () => {
  const { $id: userId } = await nobody();
  const make = (params) => users.createTarget({ userId, targetId: ID.unique(), providerType: Email, identifier: fresh_email(), ...params });
  for (const params of [{ targetId: '_x' }, { providerType: 'fax' }, { identifier: '' }, { identifier: 'x'.repeat(256), providerType: Push }, { name: '' }, { name: 'x'.repeat(129) }, { providerId: '' }, { userId: '_x' }])
    await assert.rejects(make(params), invalid, JSON.stringify(params));
  for (const who of [{}, { userId: 'nobody' }]) {
    await assert.rejects(make({ ...who, identifier: 'no address' }), sdk_error(400, 'general_invalid_email'));
    await assert.rejects(make({ ...who, identifier: '12345', providerType: Sms }), sdk_error(400, 'general_invalid_phone'));
    await assert.rejects(make({ ...who, providerType: 'EMAIL' }), sdk_error(400, 'provider_incorrect_type'));
  }
  await assert.rejects(make({ userId: 'nobody' }), sdk_error(404, 'user_not_found'));
  assert.equal((await users.listTargets({ userId })).total, 0);
});

test('a provider that is not there is forgotten when a target is made', async () => {
  const { $id: userId } = await nobody();
  const made = await users.createTarget({ userId, targetId: ID.unique(), providerType: Push, identifier: fresh_id('token'), providerId: 'fcm' });
  assert.equal(made.providerId, null);
});

test('ids and identifiers are taken in the whole project, by automatic targets too, and free again afterwards', async () => {
  const other = await somebody();
  const [automatic] = other.targets;
  const { $id: userId } = await nobody();
  const make = (params) => users.createTarget({ userId, targetId: ID.unique(), providerType: Push, identifier: fresh_id('token'), ...params });
  const mine = plain(await make({}));
  await assert.rejects(make({ targetId: mine.$id }), taken);
  await assert.rejects(make({ targetId: automatic.$id }), taken);
  await assert.rejects(make({ identifier: mine.identifier }), taken);
  await assert.rejects(make({ providerType: Email, identifier: other.email }), taken);
  await users.delete({ userId: other.$id });
  await make({ targetId: automatic.$id, providerType: Email, identifier: other.email });
  await users.deleteTarget({ userId, targetId: mine.$id });
  await make({ targetId: mine.$id, identifier: mine.identifier });

  await server.create_project('beside');
  const beside = node_client(server, { project: 'beside', key: (await server.create_key('beside')).secret }).users;
  const { $id: stranger } = await beside.create({ userId: ID.unique() });
  await beside.createTarget({ userId: stranger, targetId: mine.$id, providerType: Push, identifier: mine.identifier });
});

test('an address that a target has is taken for users as well', async () => {
  const { $id: userId } = await nobody();
  const address = fresh_email();
  await users.createTarget({ userId, targetId: ID.unique(), providerType: Email, identifier: address });
  const other = await somebody();
  await assert.rejects(users.updateEmail({ userId: other.$id, email: address }), taken);
  const made = plain(await users.create({ userId: ID.unique(), email: address })); // attached instead of failing
  assert.deepEqual([made.email, made.targets], [address, []]);
});

test('a list is of one user, oldest first, 25 at most, counted when asked to', async () => {
  const { $id: userId, targets: [automatic] } = await somebody();
  await somebody();
  const ids = [automatic.$id];
  for (let i = 0; i < 26; ++i) {
    await sleep(2); // the order is by milliseconds
    const { $id } = await users.createTarget({ userId, targetId: `${i % 2 ? 'a' : 'z'}-${fresh_id('t')}`, providerType: Push, identifier: fresh_id('token') });
    ids.push($id);
  }
  const listed = plain(await users.listTargets({ userId }));
  assert.deepEqual([listed.total, listed.targets.map((target) => target.$id)], [27, ids.slice(0, 25)]);
  assert.equal((await users.listTargets({ userId, total: false })).total, 0);
  assert.equal((await users.listTargets({ userId, total: false })).targets.length, 25);
  assert.equal((await users.listTargets({ userId, queries: [] })).total, 27);
  const ask = async (...queries) => plain(await users.listTargets({ userId, queries })).targets.map((target) => target.$id);
  assert.deepEqual(await ask(Query.cursorAfter(ids[24])), ids.slice(25));
  assert.deepEqual(await ask(Query.cursorBefore(ids[3]), Query.limit(2)), ids.slice(1, 3));
  assert.deepEqual(await ask(Query.limit(3), Query.offset(24)), ids.slice(24));
  assert.deepEqual(await ask(Query.equal('providerType', ['email'])), ids.slice(0, 1));
  assert.deepEqual(await ask(Query.orderDesc('$createdAt'), Query.limit(2)), ids.slice(-2).reverse());
  assert.deepEqual(await ask(Query.equal('identifier', 'nothing')), []);
  assert.equal((await users.listTargets({ userId, queries: [Query.equal('providerType', 'push'), Query.limit(1)] })).total, 26);
  await assert.rejects(users.listTargets({ userId, queries: [Query.cursorAfter('x')] }), sdk_error(400, 'general_cursor_not_found'));
  await assert.rejects(users.listTargets({ userId, queries: [Query.equal('name', 'x')] }), invalid);
  await assert.rejects(users.listTargets({ userId: 'nobody' }), sdk_error(404, 'user_not_found'));
});

test('an identifier and a name are changed, and the user keeps its own address', async () => {
  const { $id: userId, email, targets: [{ $id: targetId, $updatedAt }] } = await somebody();
  const next = fresh_email('next');
  let changed = plain(await users.updateTarget({ userId, targetId, identifier: next }));
  assert.deepEqual([changed.$id, changed.identifier, changed.providerType, changed.expired], [targetId, next, 'email', false]);
  assert.ok(changed.$updatedAt > $updatedAt);
  assert.equal((await users.get({ userId })).email, email);
  changed = plain(await users.updateTarget({ userId, targetId, name: 'Work' }));
  assert.deepEqual([changed.identifier, changed.name], [next, 'Work']);
  assert.equal(plain(await users.updateTarget({ userId, targetId, identifier: next })).name, 'Work');
  assert.deepEqual(plain(await users.getTarget({ userId, targetId })).identifier, next);
  await users.createTarget({ userId, targetId: ID.unique(), providerType: Email, identifier: email }); // free now
});

test('changes that cannot be are refused and change nothing', async () => {
  const { $id: userId, targets: [target] } = await somebody();
  const other = await somebody();
  const update = (params) => users.updateTarget({ userId, targetId: target.$id, ...params });
  await assert.rejects(update({ userId: 'nobody', identifier: 'x' }), sdk_error(404, 'user_not_found'));
  await assert.rejects(update({ targetId: 'none', identifier: 'x' }), sdk_error(404, 'user_target_not_found'));
  await assert.rejects(update({ userId: other.$id, name: 'x' }), sdk_error(404, 'user_target_not_found'));
  await assert.rejects(update({ identifier: 'no address' }), sdk_error(400, 'general_invalid_email'));
  await assert.rejects(update({ identifier: fresh_phone() }), sdk_error(400, 'general_invalid_email'));
  await assert.rejects(update({ identifier: other.email }), taken);
  await assert.rejects(update({ providerId: 'fcm' }), sdk_error(404, 'provider_not_found'));
  for (const params of [{ identifier: '' }, { name: '' }, { providerId: '' }]) await assert.rejects(update(params), invalid, JSON.stringify(params));
  assert.deepEqual(plain(await users.getTarget({ userId, targetId: target.$id })), target);
  const { $id: phone } = await users.createTarget({ userId, targetId: ID.unique(), providerType: Sms, identifier: fresh_phone() });
  await assert.rejects(update({ targetId: phone, identifier: fresh_email() }), sdk_error(400, 'general_invalid_phone'));
});

test('a target is shown and taken away through its own user only', async () => {
  const { $id: userId, targets: [{ $id: targetId }] } = await somebody();
  const other = await somebody();
  const gone = sdk_error(404, 'user_target_not_found');
  await assert.rejects(users.getTarget({ userId: other.$id, targetId }), gone);
  await assert.rejects(users.deleteTarget({ userId: other.$id, targetId }), gone);
  await assert.rejects(users.getTarget({ userId: 'nobody', targetId }), sdk_error(404, 'user_not_found'));
  await assert.rejects(users.deleteTarget({ userId: 'nobody', targetId }), sdk_error(404, 'user_not_found'));
  accepted(await key.delete(`/v1/users/${userId}/targets/${targetId}`), 204);
  await assert.rejects(users.deleteTarget({ userId, targetId }), gone);
  await assert.rejects(users.getTarget({ userId, targetId }), gone);
});

test('an address changed after its target went gets a new target, and one cleared takes its target along', async () => {
  const { $id: userId, targets: [{ $id: targetId }] } = await somebody();
  await users.deleteTarget({ userId, targetId });
  const next = fresh_email('next');
  const [made] = plain(await users.updateEmail({ userId, email: next })).targets;
  assert.equal(made.identifier, next);
  await users.updateEmail({ userId, email: '' });
  const again = await users.createTarget({ userId, targetId: made.$id, providerType: Email, identifier: next });
  assert.equal(again.$id, made.$id);
});

test('a user has 256 targets at most', async () => {
  const { $id: userId } = await nobody();
  const make = () => key.post(`/v1/users/${userId}/targets`, { targetId: 'unique()', providerType: 'push', identifier: fresh_id('token') });
  const answers = await Promise.all(Array.from({ length: 260 }, make));
  assert.equal(answers.filter(({ status }) => status === 201).length, 256);
  refused(await make(), 400, 'general_bad_request');
  assert.equal((await users.listTargets({ userId })).total, 256);
});

test('targets need the scopes of the users service', async () => {
  const { $id: userId, email, targets: [{ $id: targetId }] } = await somebody({ password: good_password });
  const reader = node_client(server, { key: (await server.create_key('default', 'users.read')).secret }).users;
  const scope = sdk_error(401, 'general_unauthorized_scope');
  assert.equal((await reader.getTarget({ userId, targetId })).$id, targetId);
  assert.equal((await reader.listTargets({ userId })).total, 1);
  await assert.rejects(reader.deleteTarget({ userId, targetId }), scope);
  await assert.rejects(reader.updateTarget({ userId, targetId, name: 'x' }), scope);
  await assert.rejects(reader.createTarget({ userId, targetId: ID.unique(), providerType: Push, identifier: 'x' }), scope);
  const opened = await new Caller(server).post('/v1/account/sessions/email', { email, password: good_password });
  const me = new Caller(server).as({ session: opened.session_text('default') }); // users hold targets.read and targets.write
  refused(await me.get(`/v1/users/${userId}/targets`), 401, 'general_unauthorized_scope');
  refused(await me.delete(`/v1/users/${userId}/targets/${targetId}`), 401, 'general_unauthorized_scope');
});

// Identities as far as they are seen without a provider: an empty list, what may be asked of it, and who may ask. Lists and
// deletions of real ones are tested in tests/net/api/users/identities_test.cpp, which can store them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, refused } from './support/http.mjs';
import { fresh_email } from './support/people.mjs';
import { ID, node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
let users;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
});
after(() => server.stop());

const attributes = ['userId', 'provider', 'providerUid', 'providerEmail', '$id'];

test('without identities the list is empty, whatever is asked of it', async () => {
  const { $id: userId } = await users.create({ userId: ID.unique(), email: fresh_email() });
  assert.deepEqual(plain(await users.listIdentities()), { total: 0, identities: [] });
  for (const attribute of attributes) assert.equal((await users.listIdentities({ queries: [Query.equal(attribute, userId)] })).total, 0);
  const dated = Query.lessThan('providerAccessTokenExpiry', '2030-01-01T00:00:00.000+00:00');
  assert.equal((await users.listIdentities({ queries: [dated, Query.orderDesc('$createdAt'), Query.limit(3)], total: false })).total, 0);
});

test('a search is refused, and queries on anything else', async () => {
  await assert.rejects(users.listIdentities({ search: 'ada' }), sdk_error(400, 'general_query_invalid'));
  assert.equal((await users.listIdentities({ search: '' })).total, 0);
  for (const query of [Query.equal('name', 'x'), Query.select(['$id']), 'no json'])
    await assert.rejects(users.listIdentities({ queries: [query] }), sdk_error(400, 'general_argument_invalid'), query);
  await assert.rejects(users.listIdentities({ queries: [Query.cursorAfter('none')] }), sdk_error(400, 'general_cursor_not_found'));
});

test('an identity that is not there cannot be deleted, and an id must be one', async () => {
  await assert.rejects(users.deleteIdentity({ identityId: 'none' }), sdk_error(404, 'user_identity_not_found'));
  await assert.rejects(users.deleteIdentity({ identityId: '_x' }), sdk_error(400, 'general_argument_invalid'));
});

test('identities need the scopes of the users service', async () => {
  const scope = sdk_error(401, 'general_unauthorized_scope');
  const with_scope = async (name) => node_client(server, { key: (await server.create_key('default', name)).secret }).users;
  assert.equal((await (await with_scope('users.read')).listIdentities()).total, 0);
  await assert.rejects((await with_scope('users.read')).deleteIdentity({ identityId: 'none' }), scope);
  await assert.rejects((await with_scope('sessions.write')).listIdentities(), scope);
  refused(await new Caller(server).get('/v1/users/identities'), 401, 'general_unauthorized_scope');
});

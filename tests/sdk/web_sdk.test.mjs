import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accepted, Caller } from './support/http.mjs';
import { fresh_email, good_password, is_session, is_user } from './support/people.mjs';
import { Browser, ID, plain, sdk_error, web_client } from './support/sdk.mjs';
import { Server, sleep } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** Every journey is made once by cookie and once by local storage. */
const browsers = { 'by cookie': { storage: false }, 'by local storage': { cookies: false }, 'by both': {} };

for (const [way, options] of Object.entries(browsers)) {
  describe(`the web SDK, ${way}`, () => {
    test('signs up, in and out', async () => {
      const { account, browser } = web_client(server, options);
      const email = fresh_email('web');
      await assert.rejects(account.get(), sdk_error(401, 'general_unauthorized_scope'));
      const user = plain(await account.create({ userId: ID.unique(), email, password: good_password, name: 'Web' }));
      is_user(user);
      await assert.rejects(account.get(), sdk_error(401, 'general_unauthorized_scope'));
      const session = plain(await account.createEmailPasswordSession({ email, password: good_password }));
      is_session(session);
      assert.equal(session.secret, '');
      assert.equal((await account.get()).$id, user.$id);
      await assert.rejects(account.createEmailPasswordSession({ email, password: good_password }), sdk_error(401, 'user_session_already_exists'));
      await assert.rejects(account.createAnonymousSession(), sdk_error(401, 'user_session_already_exists'));
      await account.deleteSession({ sessionId: 'current' });
      await assert.rejects(account.get(), sdk_error(401, 'general_unauthorized_scope'));
      assert.equal(browser.jar.size, 0);
      if (browser.local_storage) assert.equal(browser.local_storage.getItem('cookieFallback'), '[]');
      await account.createEmailPasswordSession({ email, password: good_password });
      assert.equal((await account.get()).$id, user.$id);
      await account.deleteSessions();
      await assert.rejects(account.get(), sdk_error(401, 'general_unauthorized_scope'));
    });

    test('changes everything about the account', async () => {
      const { account } = web_client(server, options);
      const email = fresh_email('web');
      await account.create({ userId: ID.unique(), email, password: good_password });
      await account.createEmailPasswordSession({ email, password: good_password });
      assert.deepEqual(plain(await account.getPrefs()), {});
      assert.deepEqual(plain((await account.updatePrefs({ prefs: { color: 'blue', deep: { n: 1 } } })).prefs), { color: 'blue', deep: { n: 1 } });
      assert.deepEqual(plain(await account.getPrefs()), { color: 'blue', deep: { n: 1 } });
      assert.equal((await account.updateName({ name: 'Renamed' })).name, 'Renamed');
      const next = fresh_email('web-next');
      assert.equal((await account.updateEmail({ email: next, password: good_password })).email, next);
      assert.equal((await account.updatePhone({ phone: `+1415${Math.floor(Math.random() * 9e6) + 1e6}`, password: good_password })).phoneVerification, false);
      await account.updatePassword({ password: 'a new password', oldPassword: good_password });
      await assert.rejects(account.updatePassword({ password: 'a new password', oldPassword: good_password }), sdk_error(401, 'user_invalid_credentials'));
      const user = plain(await account.get());
      is_user(user);
      assert.equal(user.name, 'Renamed');
    });

    test('manages sessions', async () => {
      const { account } = web_client(server, options);
      const elsewhere = web_client(server, options);
      const email = fresh_email('web');
      await account.create({ userId: ID.unique(), email, password: good_password });
      const first = await account.createEmailPasswordSession({ email, password: good_password });
      const second = await elsewhere.account.createEmailPasswordSession({ email, password: good_password });
      const { total, sessions } = plain(await account.listSessions());
      assert.equal(total, 2);
      assert.deepEqual(sessions.map(({ $id, current }) => [$id, current]), [[first.$id, true], [second.$id, false]]);
      assert.equal((await account.getSession({ sessionId: 'current' })).$id, first.$id);
      assert.equal((await account.getSession({ sessionId: second.$id })).current, false);
      const longer = await account.updateSession({ sessionId: 'current' });
      assert.ok(longer.expire >= first.expire);
      await account.deleteSession({ sessionId: second.$id });
      await assert.rejects(elsewhere.account.get(), sdk_error(401, 'general_unauthorized_scope'));
      await assert.rejects(account.getSession({ sessionId: second.$id }), sdk_error(404, 'user_session_not_found'));
    });

    test('begins anonymously and converts', async () => {
      const { account } = web_client(server, options);
      const session = await account.createAnonymousSession();
      const email = fresh_email('web-converted');
      const user = plain(await account.updateEmail({ email, password: good_password }));
      assert.equal(user.$id, session.userId);
      await account.deleteSession({ sessionId: 'current' });
      assert.equal((await account.createEmailPasswordSession({ email, password: good_password })).userId, session.userId);
    });

    test('blocks itself', async () => {
      const { account, browser } = web_client(server, options);
      const email = fresh_email('web');
      await account.create({ userId: ID.unique(), email, password: good_password });
      await account.createEmailPasswordSession({ email, password: good_password });
      assert.equal((await account.updateStatus()).status, false);
      assert.equal(browser.jar.size, 0);
      await assert.rejects(account.createEmailPasswordSession({ email, password: good_password }), sdk_error(403, 'user_blocked'));
    });
  });
}

test('a browser with neither cookies nor storage stays a guest', async () => {
  const { account } = web_client(server, { cookies: false, storage: false });
  await account.createAnonymousSession();
  await assert.rejects(account.get(), sdk_error(401, 'general_unauthorized_scope'));
});

test('JWTs made by the web SDK act as the user until they end', async () => {
  const { account } = web_client(server);
  const session = await account.createAnonymousSession();
  const { jwt } = await account.createJWT({ duration: 2 });
  const other = web_client(server);
  other.client.setJWT(jwt);
  assert.equal((await other.account.get()).$id, session.userId);
  await sleep(2100);
  await assert.rejects(other.account.get(), sdk_error(401, 'user_jwt_invalid'));
});

test('the web SDK has nothing to warn of', async () => {
  const { account, browser } = web_client(server);
  await account.createAnonymousSession();
  await account.get();
  // It speaks up itself when the endpoint is of another site.
  assert.deepEqual(browser.warnings.filter((text) => !text.includes('localStorage')), []);
});

test('the web SDK pings', async () => {
  const { client } = web_client(server);
  assert.equal((await client.ping()).message, 'Pong!');
});

test('a session survives a restart, a reload and the browser is still signed in', async () => {
  for (const options of Object.values(browsers)) {
    const { account, browser } = web_client(server, options);
    const session = await account.createAnonymousSession();
    await server.restart();
    const again = web_client(server, { browser });
    assert.equal((await again.account.get()).$id, session.userId);
  }
});

test('errors are exceptions with code and type', async () => {
  const { account } = web_client(server);
  await assert.rejects(account.create({ userId: ID.unique(), email: 'nonsense', password: good_password }), sdk_error(400, 'general_argument_invalid'));
  const email = fresh_email();
  await account.create({ userId: ID.unique(), email, password: good_password });
  await assert.rejects(account.create({ userId: ID.unique(), email, password: good_password }), sdk_error(409, 'user_already_exists'));
  await assert.rejects(account.createEmailPasswordSession({ email, password: 'wrong password' }), sdk_error(401, 'user_invalid_credentials'));
  await assert.rejects(web_client(server, { origin: 'https://evil.example' }).account.createAnonymousSession(), sdk_error(403, 'general_unknown_origin'));
  await assert.rejects(web_client(server, { project: 'nowhere' }).account.createAnonymousSession(), sdk_error(404, 'project_not_found'));
});

test('a method without an endpoint yet fails clearly', async () => {
  const { account } = web_client(server);
  await account.createAnonymousSession();
  const lines = await new Caller(server).get('/v1/account/consents');
  assert.equal(lines.status, 404);
  assert.equal(lines.json.type, 'general_route_not_found');
  await assert.rejects(account.listConsents(), sdk_error(404, 'general_route_not_found'));
  accepted(await new Caller(server).post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password }), 201);
});

// Clients of older response formats: what they send is understood, and what they get is what their format had.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, is_session, sign_in, sign_up } from './support/people.mjs';
import { node_client, plain } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** The caller with that response format. */
const in_format = (caller, format) => caller.as({ headers: { ...caller.who.headers, 'x-appwrite-response-format': format } });

/** A project of the test's own and a caller with a key of it. */
async function fresh_project(scopes = 'all') {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id, scopes);
  return { id, secret, caller: new Caller(server, { project: id, key: secret }) };
}

/** A session of an administrator made by the command, as a cookie header. */
async function administrator() {
  const email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  const console = new Caller(server, { project: 'console' });
  const answer = await console.post('/v1/account/sessions/email', { email, password: good_password });
  accepted(answer, 201);
  return { cookie: `a_session_console=${encodeURIComponent(answer.session_text('console'))}` };
}

const policy = async (caller, id) => accepted(await caller.get(`/v1/project/policies/${id}`));

test('before 1.9.2 policies and methods are set by their older names, on both paths', async () => {
  const { id, caller } = await fresh_project();
  const rows = [
    ['password-history', 'auth/password-history', { limit: 5 }, { total: 5 }],
    ['password-history', 'auth/password-history', { limit: 0 }, { total: 0 }],
    ['session-limit', 'auth/max-sessions', { limit: 4 }, { total: 4 }],
    ['user-limit', 'auth/limit', { limit: 9 }, { total: 9 }],
    ['user-limit', 'auth/limit', { limit: 0 }, { total: 0 }],
    ['session-alert', 'auth/session-alerts', { alerts: true }, { enabled: true }],
    ['session-alert', 'auth/session-alerts', { alerts: false }, { enabled: false }],
    ['session-duration', 'auth/duration', { duration: 120 }, { duration: 120 }],
    ['password-dictionary', 'auth/password-dictionary', { enabled: true }, { enabled: true }],
  ];
  for (const [name, old_path, body, stored] of rows) {
    for (const path of [`/v1/project/policies/${name}`, `/v1/projects/${id}/${old_path}`]) {
      for (const format of ['1.9.1', '1.8.0', '0.15.0']) {
        accepted(await in_format(caller, format).patch(path, body));
        assert.deepEqual(await policy(caller, name), { $id: name, ...stored });
      }
      if (body.limit !== undefined || body.alerts !== undefined) {
        for (const format of ['1.9.2', '1.9.5', '1.9.6', '2.3.0', 'latest'])
          refused(await in_format(caller, format).patch(path, body), 400, 'general_argument_invalid');
        refused(await caller.patch(path, body), 400, 'general_argument_invalid');
      }
    }
  }
  refused(await in_format(caller, '1.9.1').patch('/v1/project/policies/session-limit', { limit: 0 }), 400, 'general_argument_invalid', 'total');
  refused(await in_format(caller, '1.9.1').patch('/v1/project/policies/user-limit', { limit: 10001 }), 400, 'general_argument_invalid', 'total');
  refused(await in_format(caller, '1.9.1').patch('/v1/project/policies/user-limit', { limit: '7' }), 400, 'general_argument_invalid', 'total');
  refused(await in_format(caller, '1.9.1').patch('/v1/project/policies/session-alert', {}), 400, 'general_argument_invalid', 'enabled');

  for (const path of ['/v1/project/auth-methods/jwt', `/v1/projects/${id}/auth/jwt`]) {
    for (const status of [false, true]) {
      assert.equal(accepted(await in_format(caller, '1.9.1').patch(path, { status })).authJWT, status);
      refused(await in_format(caller, '1.9.2').patch(path, { status }), 400, 'general_argument_invalid', 'enabled');
    }
  }
});

test('before 1.9.2 members never see ids and phone numbers', async () => {
  const { id, caller } = await fresh_project();
  for (const path of ['/v1/project/policies/membership-privacy', `/v1/projects/${id}/auth/memberships-privacy`]) {
    accepted(await caller.patch(path, { userId: true, userPhone: true, userAccessedAt: true, userMFA: false }));
    accepted(await in_format(caller, '1.9.1').patch(path, { userName: true, userEmail: false, mfa: true, userId: true }));
    assert.deepEqual(await policy(caller, 'membership-privacy'), {
      $id: 'membership-privacy', userId: false, userEmail: false, userPhone: false, userName: true, userMFA: true, userAccessedAt: true,
    });
    accepted(await in_format(caller, '1.9.2').patch(path, { mfa: false, userPhone: true }));
    const { userMFA, userPhone } = await policy(caller, 'membership-privacy');
    assert.deepEqual([userMFA, userPhone], [true, true]);
  }
});

test('before 1.9.1 services and protocols are named in the body', async () => {
  const { id, caller } = await fresh_project();
  const switched = async (kind, name) => accepted(await caller.get('/v1/project'))[kind].find((each) => each.$id === name).enabled;
  const old = in_format(caller, '1.9.0');
  for (const status of [false, true]) {
    accepted(await old.patch(`/v1/projects/${id}/service`, { service: 'teams', status }));
    assert.equal(await switched('services', 'teams'), status);
    accepted(await old.patch(`/v1/projects/${id}/api`, { api: 'realtime', status }));
    assert.equal(await switched('protocols', 'websocket'), status);
    accepted(await old.patch(`/v1/projects/${id}/api`, { api: 'graphql', status }));
    assert.equal(await switched('protocols', 'graphql'), status);
    for (const path of ['/v1/project/services/users', '/v1/project/services/users/status', '/v1/project/protocols/rest/status'])
      accepted(await old.patch(path, { status }));
    assert.deepEqual([await switched('services', 'users'), await switched('protocols', 'rest')], [status, status]);
  }
  const newer = in_format(caller, '1.9.1');
  refused(await newer.patch(`/v1/projects/${id}/service`, { service: 'teams', status: false }), 400, 'general_argument_invalid', 'serviceId');
  refused(await newer.patch(`/v1/projects/${id}/api`, { api: 'rest', status: false }), 400, 'general_argument_invalid', 'protocolId');
  refused(await newer.patch(`/v1/projects/${id}/api`, { protocolId: 'realtime', enabled: false }), 400, 'general_argument_invalid', 'protocolId');
  refused(await newer.patch('/v1/project/services/users', { status: false }), 400, 'general_argument_invalid', 'enabled');
  accepted(await caller.patch(`/v1/projects/${id}/service`, { serviceId: 'teams', enabled: false }));
  accepted(await caller.patch(`/v1/projects/${id}/api`, { protocolId: 'websocket', enabled: false }));
  assert.deepEqual([await switched('services', 'teams'), await switched('protocols', 'websocket')], [false, false]);
});

test('before 1.9.1 a key without scopes may be asked for with null, and without an id', async () => {
  const { id, caller } = await fresh_project();
  const { cookie } = await administrator();
  const admin = new Caller(server, { project: id, headers: { cookie, 'x-appwrite-mode': 'admin' } });
  for (const path of ['/v1/project/keys', `/v1/projects/${id}/keys`]) {
    const made = accepted(await in_format(admin, '1.9.0').post(path, { name: 'Old', scopes: null }), 201);
    assert.deepEqual(made.scopes, []);
    assert.match(made.$id, /^[0-9a-f]{20}$/);
    accepted(await caller.put(`${path}/${made.$id}`, { name: 'Old', scopes: ['users.read'] }));
    refused(await in_format(caller, '1.9.1').put(`${path}/${made.$id}`, { name: 'Old', scopes: null }), 400, 'general_argument_invalid', 'scopes');
    assert.deepEqual(accepted(await in_format(caller, '1.9.0').put(`${path}/${made.$id}`, { name: 'Old', scopes: null })).scopes, []);
    refused(await in_format(caller, '1.9.0').put(`${path}/${made.$id}`, { name: 'Old' }), 400, 'general_argument_invalid', 'scopes');
    refused(await in_format(admin, '1.9.1').post(path, { keyId: 'unique()', name: 'New', scopes: null }), 400, 'general_argument_invalid', 'scopes');
    refused(await in_format(admin, '1.9.1').post(path, { name: 'New', scopes: [] }), 400, 'general_argument_invalid', 'keyId');
  }
});

const nested = ['authMethods', 'services', 'protocols'];
const flat_texts = ['description', 'logo', 'url', 'legalName', 'legalCountry', 'legalState', 'legalCity', 'legalAddress', 'legalTaxId'];
const services = ['Account', 'Avatars', 'Databases', 'Tablesdb', 'Locale', 'Health', 'Project', 'Storage', 'Teams', 'Users', 'Vcs', 'Sites',
  'Functions', 'Proxy', 'Graphql', 'Migrations', 'Messaging', 'Advisor'];
const flat_defaults = {
  ...Object.fromEntries(['EmailPassword', 'UsersAuthMagicURL', 'EmailOtp', 'Anonymous', 'Invites', 'JWT', 'Phone'].map((name) => [`auth${name}`, true])),
  ...Object.fromEntries(services.map((name) => [`serviceStatusFor${name}`, true])),
  ...Object.fromEntries(['Rest', 'Graphql', 'Websocket'].map((name) => [`protocolStatusFor${name}`, true])),
  authLimit: 0, authDuration: 31536000, authSessionsLimit: 10, authPasswordHistory: 0, authPasswordDictionary: false, authPersonalDataCheck: false,
  authDisposableEmails: false, authCanonicalEmails: false, authFreeEmails: false, authCorporateEmails: false, authMockNumbers: [],
  authSessionAlerts: false, authInvalidateSessions: true,
  ...Object.fromEntries(['UserName', 'UserEmail', 'Mfa', 'UserId', 'UserPhone', 'UserAccessedAt'].map((name) => [`authMemberships${name}`, false])),
  ...Object.fromEntries(flat_texts.map((name) => [name, ''])),
  oAuthProviders: [], webhooks: [], platforms: [],
};

test('before 1.9.5 a project is flat', async () => {
  const { id, secret, caller } = await fresh_project();
  const now = accepted(await caller.get('/v1/project'));
  const flat = accepted(await in_format(caller, '1.9.4').get('/v1/project'));
  const { keys, ...rest } = flat;
  const common = Object.fromEntries(Object.entries(now).filter(([name]) => !nested.includes(name)));
  assert.deepEqual(rest, { ...common, ...flat_defaults });
  assert.deepEqual(keys.map((key) => key.secret), [secret]);
  for (const format of ['1.9.5', '1.9.6', '2.3.0', 'none at all']) assert.deepEqual(accepted(await in_format(caller, format).get('/v1/project')), now);
  const sdk = node_client(server, { project: id, key: secret });
  assert.deepEqual(plain(await sdk.project.get()), now); // it asks for 1.9.5

  const old = in_format(caller, '1.9.0');
  const changes = [
    ['service', { service: 'tablesdb', status: false }, 'serviceStatusForTablesdb', false],
    ['api', { api: 'realtime', status: false }, 'protocolStatusForWebsocket', false],
    ['auth/magic-url', { status: false }, 'authUsersAuthMagicURL', false],
    ['auth/limit', { limit: 3 }, 'authLimit', 3],
    ['auth/max-sessions', { limit: 2 }, 'authSessionsLimit', 2],
    ['auth/duration', { duration: 60 }, 'authDuration', 60],
    ['auth/password-history', { limit: 8 }, 'authPasswordHistory', 8],
    ['auth/password-dictionary', { enabled: true }, 'authPasswordDictionary', true],
    ['auth/personal-data', { enabled: true }, 'authPersonalDataCheck', true],
    ['auth/session-alerts', { alerts: true }, 'authSessionAlerts', true],
    ['auth/session-invalidation', { enabled: false }, 'authInvalidateSessions', false],
    ['auth/memberships-privacy', { userName: true, userEmail: true, mfa: true }, 'authMembershipsMfa', true],
  ];
  for (const [path, body, field, value] of changes) {
    assert.notEqual(accepted(await old.get('/v1/project'))[field], value);
    const answer = accepted(await old.patch(`/v1/projects/${id}/${path}`, body));
    assert.equal(answer[field], value, field);
    assert.ok(nested.every((name) => !(name in answer)));
  }
  await server.restart({ hard: true });
  const later = accepted(await old.get('/v1/project'));
  for (const [, , field, value] of changes) assert.equal(later[field], value, field);
});

test('a flat project shows what it has, and secrets to those who may read them', async () => {
  const { id, secret, caller } = await fresh_project();
  const { project } = node_client(server, { project: id, key: secret });
  const web = plain(await project.createWebPlatform({ platformId: 'web', name: 'Web', hostname: 'app.example.com' }));
  const linux = plain(await project.createLinuxPlatform({ platformId: 'linux', name: 'Linux', packageName: 'com.example.app' }));
  const phone = plain(await project.createMockPhone({ number: '+15550100', otp: '123456' }));
  const blind = new Caller(server, { project: id, key: (await server.create_key(id, 'project.read')).secret });

  const shown = async (who, format) => accepted(await in_format(who, format).get('/v1/project'));
  const all = await shown(caller, '1.9.4');
  assert.deepEqual(all.platforms, [web, linux]);
  const alike = (key) => ({ ...key, accessedAt: '', sdks: [] }); // both change with use
  assert.deepEqual(all.keys.map(alike), plain(await project.listKeys()).keys.map(alike));
  assert.equal(all.keys[0].secret, secret);
  const inside = { phone: phone.number, otp: phone.otp, $createdAt: phone.$createdAt, $updatedAt: phone.$updatedAt };
  assert.deepEqual(all.authMockNumbers, [inside]);
  assert.deepEqual((await shown(caller, '1.9.1')).authMockNumbers, [inside]);

  const less = await shown(blind, '1.9.4');
  assert.deepEqual([less.platforms, less.authMockNumbers], [[web, linux], []]);
  assert.deepEqual(less.keys.map((key) => [key.$id, key.secret]), all.keys.map((key) => [key.$id, '']));
  assert.ok(!JSON.stringify(less).includes('standard_') && !JSON.stringify(less).includes('123456'));
  refused(await in_format(new Caller(server, { project: id }), '1.9.4').get('/v1/project'), 401, 'general_unauthorized_scope');
});

test('administrators see flat projects, with secrets only where they act on one', async () => {
  const headers = await administrator();
  const console = new Caller(server, { project: 'console', headers });
  const team = accepted(await console.post('/v1/teams', { teamId: 'unique()', name: 'Old' }), 201);
  const old = in_format(console, '1.9.4');
  const made = accepted(await old.post('/v1/projects', { projectId: 'unique()', name: 'One', teamId: team.$id }), 201);
  assert.deepEqual([made.authLimit, made.keys, made.platforms, 'authMethods' in made], [0, [], [], false]);
  const on = new Caller(server, { project: made.$id, headers: { ...headers, 'x-appwrite-mode': 'admin' } });
  const key = accepted(await on.post('/v1/project/keys', { keyId: 'unique()', name: 'Its key', scopes: [] }), 201);
  const platform = accepted(await on.post('/v1/project/platforms/web', { platformId: 'unique()', name: 'Web', hostname: 'example.com' }), 201);
  accepted(await on.post('/v1/project/mock-phones', { number: '+15550100', otp: '123456' }), 201);

  const own = `queries[0]=${encodeURIComponent(JSON.stringify({ method: 'equal', attribute: 'teamId', values: [team.$id] }))}`;
  const { total, projects: [listed, ...others] } = accepted(await old.get(`/v1/projects?${own}`));
  assert.deepEqual([total, others, listed.platforms, listed.authMockNumbers], [1, [], [platform], []]);
  assert.deepEqual(listed.keys, [{ ...key, secret: '' }]);
  assert.equal(accepted(await old.patch(`/v1/projects/${made.$id}`, { name: 'Two' })).keys[0].secret, '');
  const one = accepted(await old.get(`/v1/projects/${made.$id}`));
  assert.deepEqual([one.name, one.keys[0].secret, one.authMockNumbers.length], ['Two', key.secret, 1]);
  const [current] = accepted(await console.get(`/v1/projects?${own}`)).projects;
  assert.ok(nested.every((name) => name in current) && !('keys' in current));
});

test('ephemeral keys, mock numbers and their lists as older formats had them', async () => {
  const { id, caller } = await fresh_project();
  const made = async (format) => accepted(await in_format(caller, format).post('/v1/project/keys/ephemeral', { scopes: ['users.read'], duration: 60 }), 201);
  const old = await made('1.9.2');
  assert.deepEqual(Object.keys(old).sort(), ['jwt', 'projectId', 'scopes']);
  assert.deepEqual([old.projectId, old.scopes], [id, ['users.read']]);
  accepted(await new Caller(server, { project: id, key: old.jwt }).get('/v1/users'));
  assert.ok('secret' in (await made('1.9.3')));

  assert.deepEqual(accepted(await in_format(caller, '1.9.1').post('/v1/project/mock-phones', { number: '+15550100', otp: '123456' }), 201), { phone: '+15550100', otp: '123456' });
  assert.deepEqual(accepted(await in_format(caller, '1.9.1').get('/v1/project/mock-phones')), { total: 1, mockNumbers: [{ phone: '+15550100', otp: '123456' }] });
  assert.deepEqual(Object.keys(accepted(await in_format(caller, '1.9.2').get('/v1/project/mock-phones')).mockNumbers[0]).sort(), ['$createdAt', '$updatedAt', 'number', 'otp']);
});

test('platforms of any type have the same fields before 1.9.0, also inside a project', async () => {
  const { caller } = await fresh_project();
  const old = in_format(caller, '1.8.0');
  const expected = (made, key, hostname) => ({ $id: made.$id, $createdAt: made.$createdAt, $updatedAt: made.$updatedAt, name: 'N', type: made.type, key, store: '', hostname });
  const web = accepted(await old.post('/v1/project/platforms/web', { platformId: 'web', name: 'N', hostname: 'app.example.com' }), 201);
  const apple = accepted(await old.post('/v1/project/platforms/apple', { platformId: 'apple', name: 'N', bundleIdentifier: 'com.example.app' }), 201);
  const both = [expected(web, '', 'app.example.com'), expected(apple, 'com.example.app', '')];
  assert.deepEqual([web, apple], both);
  assert.deepEqual(accepted(await old.get('/v1/project/platforms/apple')), both[1]);
  assert.deepEqual(accepted(await old.get('/v1/project/platforms')).platforms, both);
  assert.deepEqual(accepted(await old.get('/v1/project')).platforms, both);
  const moved = accepted(await old.put('/v1/project/platforms/web/web', { name: 'N', hostname: 'b.example.com' }));
  assert.deepEqual(moved, expected(moved, '', 'b.example.com'));
  const current = accepted(await in_format(caller, '1.9.0').get('/v1/project/platforms')).platforms;
  assert.deepEqual(current.map((each) => [each.hostname, each.bundleIdentifier, each.store]), [['b.example.com', undefined, undefined], [undefined, 'com.example.app', undefined]]);
});

test('users, sessions and tokens as older formats had them, in either service', async () => {
  const { id, caller } = await fresh_project();
  const guest = new Caller(server, { project: id });
  const person = await sign_up(guest);
  const { caller: user } = await sign_in(guest, person);
  const without = (value, names) => Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
  const path = `/v1/users/${person.id}`;
  const reads = [
    [user, '/v1/account', (body) => body],
    [caller, path, (body) => body],
    [caller, '/v1/users', (body) => body.users[0]],
  ];
  for (const [who, where, one] of reads) {
    const as_of = async (format) => without(one(accepted(await in_format(who, format).get(where))), ['accessedAt']);
    const now = await as_of('1.9.6');
    assert.deepEqual(await as_of('1.9.0'), now);
    assert.deepEqual(await as_of('1.8.0'), without(now, ['impersonator', 'impersonatorUserId']));
    assert.deepEqual(await as_of('1.5.0'), await as_of('1.8.0'));
    assert.deepEqual(await as_of('1.4.0'), without(now, ['impersonator', 'impersonatorUserId', 'targets', 'mfa']));
  }
  const session = accepted(await in_format(caller, '1.4.0').post(`${path}/sessions`), 201);
  assert.ok(!('secret' in session) && !('factors' in session));
  is_session(accepted(await in_format(caller, '1.5.0').post(`${path}/sessions`), 201));
  const { sessions } = accepted(await in_format(user, '1.4.0').get('/v1/account/sessions'));
  assert.ok(sessions.length > 0 && sessions.every((each) => !('factors' in each) && !('secret' in each)));
  assert.ok(!('phrase' in accepted(await in_format(caller, '1.4.0').post(`${path}/tokens`, {}), 201)));
  assert.ok('phrase' in accepted(await in_format(caller, '1.5.0').post(`${path}/tokens`, {}), 201));
});

// The project service by the node SDK: settings, switches and policies set by an API key, and what they do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, sign_in, sign_up } from './support/people.mjs';
import { node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
let project;
let admin;
before(async () => {
  server = await Server.start();
  project = node_client(server, { key: server.default_key }).project;
  admin = new Caller(server, { key: server.default_key });
});
after(() => server.stop());

const enabled = (list, id) => list.find((each) => each.$id === id).enabled;
const policy = async (id) => accepted(await admin.get(`/v1/project/policies/${id}`));

test('the project is shown, and what is set stays after a restart', async () => {
  const shown = plain(await project.get());
  assert.deepEqual([shown.$id, shown.name, shown.status, shown.labels], ['default', 'Default', 'active', []]);
  assert.equal(shown.authMethods.length, 7);
  assert.equal(shown.services.length, 18);
  assert.deepEqual(shown.protocols, ['rest', 'graphql', 'websocket'].map(($id) => ({ $id, enabled: true })));
  assert.ok([...shown.authMethods, ...shown.services].every((each) => each.enabled));

  await project.updateLabels({ labels: ['blue', 'green', 'blue'] });
  await project.updateAuthMethod({ methodId: 'magic-url', enabled: false });
  await project.updateService({ serviceId: 'teams', enabled: false });
  await project.updateMembershipPrivacyPolicy({ userEmail: true });
  await server.restart({ hard: true });
  const later = plain(await project.get());
  assert.deepEqual(later.labels, ['blue', 'green']);
  assert.equal(enabled(later.authMethods, 'magic-url'), false);
  assert.equal(enabled(later.services, 'teams'), false);
  assert.equal((await policy('membership-privacy')).userEmail, true);
  assert.ok(later.$updatedAt > shown.$updatedAt);
});

test('policies are listed in their order with their values', async () => {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id, 'policies.read');
  const { total, policies } = plain(await node_client(server, { project: id, key: secret }).project.listPolicies());
  assert.equal(total, 11);
  const off = (names) => Object.fromEntries(names.map((name) => [name, false]));
  assert.deepEqual(policies, [
    { $id: 'password-dictionary', enabled: false },
    { $id: 'password-history', total: 0 },
    { $id: 'password-strength', min: 8, ...off(['uppercase', 'lowercase', 'number', 'symbols']) },
    { $id: 'password-personal-data', enabled: false },
    { $id: 'session-alert', enabled: false },
    { $id: 'session-duration', duration: 31536000 },
    { $id: 'session-invalidation', enabled: true },
    { $id: 'session-limit', total: 10 },
    { $id: 'user-limit', total: 0 },
    { $id: 'membership-privacy', ...off(['userId', 'userEmail', 'userPhone', 'userName', 'userMFA', 'userAccessedAt']) },
    { $id: 'mfa-factors', totp: true, email: true, phone: true, custom: false },
  ]);
  const caller = new Caller(server, { project: id, key: secret });
  assert.equal(accepted(await caller.get('/v1/project/policies?total=false')).total, 0);
  const page = accepted(await caller.get(`/v1/project/policies?queries[0]=${encodeURIComponent('{"method":"limit","values":[2]}')}&queries[1]=${encodeURIComponent('{"method":"offset","values":[9]}')}`));
  assert.deepEqual([page.total, page.policies.map((each) => each.$id)], [11, ['membership-privacy', 'mfa-factors']]);
  refused(await caller.get(`/v1/project/policies?queries[0]=${encodeURIComponent('{"method":"equal","attribute":"$id","values":["x"]}')}`), 400, 'general_argument_invalid');
  for (const each of policies) assert.deepEqual(accepted(await caller.get(`/v1/project/policies/${each.$id}`)), each);
  refused(await caller.get('/v1/project/policies/unknown'), 400, 'general_argument_invalid');
  refused(await caller.patch('/v1/project/policies/user-limit', { total: 1 }), 401, 'general_unauthorized_scope');
});

test('each policy is set within its bounds, and null turns off', async () => {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id, 'project.policies.read,project.policies.write');
  const caller = new Caller(server, { project: id, key: secret });
  const set = (name, body) => caller.patch(`/v1/project/policies/${name}`, body);
  const shown = async (name) => accepted(await caller.get(`/v1/project/policies/${name}`));
  const rows = [
    ['password-dictionary', 'enabled', [true, false], ['true', 1, null]],
    ['password-history', 'total', [1, 20, null], [0, 21, '5', -1, 1.5, true]],
    ['password-personal-data', 'enabled', [true, false], ['false', 0]],
    ['session-alert', 'enabled', [true, false], ['yes']],
    ['session-duration', 'duration', [60, 31536000], [59, 31536001, '60', null]],
    ['session-invalidation', 'enabled', [false, true], ['no', null]],
    ['session-limit', 'total', [1, 100], [0, 101, '5', null]],
    ['user-limit', 'total', [1, 10000, 0, null], [-1, 10001, '5']],
  ];
  for (const [name, param, good, bad] of rows) {
    for (const value of good) {
      const answer = accepted(await set(name, { [param]: value }));
      assert.equal(answer.$id, id, name);
      assert.deepEqual(await shown(name), { $id: name, [param]: value ?? 0 });
    }
    const before = await shown(name);
    for (const value of bad) refused(await set(name, { [param]: value }), 400, 'general_argument_invalid');
    refused(await set(name, {}), 400, 'general_argument_invalid');
    assert.deepEqual(await shown(name), before);
  }
});

test('the SDK sets policies and reads them one by one', async () => {
  const id = await server.create_project(fresh_id());
  const { project: here } = node_client(server, { project: id, key: (await server.create_key(id)).secret });
  const shown = async (policyId) => plain(await here.getPolicy({ policyId }));
  const rows = [
    ['password-history', 'updatePasswordHistoryPolicy', [{ total: 20 }, { total: 5 }], [{ total: 21 }, { total: 0 }]],
    ['password-personal-data', 'updatePasswordPersonalDataPolicy', [{ enabled: true }, { enabled: false }], []],
    ['session-alert', 'updateSessionAlertPolicy', [{ enabled: true }, { enabled: false }], []],
    ['session-invalidation', 'updateSessionInvalidationPolicy', [{ enabled: false }, { enabled: true }], []],
  ];
  for (const [policyId, method, good, bad] of rows) {
    for (const value of good) {
      assert.equal((await here[method](value)).$id, id, method);
      assert.deepEqual(await shown(policyId), { $id: policyId, ...value });
    }
    for (const value of bad) await assert.rejects(here[method](value), sdk_error(400, 'general_argument_invalid'));
  }
  assert.deepEqual(await shown('password-history'), { $id: 'password-history', total: 5 });
});

test('policies of several parts keep what is not named', async () => {
  const id = await server.create_project(fresh_id());
  const caller = new Caller(server, { project: id, key: (await server.create_key(id)).secret });
  const set = (name, body) => caller.patch(`/v1/project/policies/${name}`, body);
  const strength = accepted(await set('password-strength', { min: 12, number: true }));
  assert.deepEqual(strength, { $id: 'password-strength', min: 12, uppercase: false, lowercase: false, number: true, symbols: false });
  assert.equal(accepted(await set('password-strength', { uppercase: true })).min, 12);
  for (const body of [{ min: 7 }, { min: 257 }, { min: '9' }, { number: 'true' }])
    refused(await set('password-strength', body), 400, 'general_argument_invalid');
  assert.equal(accepted(await set('membership-privacy', { userName: true })).$id, id);
  accepted(await set('membership-privacy', { userMFA: true, userName: false }));
  const privacy = accepted(await caller.get('/v1/project/policies/membership-privacy'));
  assert.deepEqual([privacy.userName, privacy.userMFA, privacy.userId], [false, true, false]);
  accepted(await set('mfa-factors', { custom: true, phone: false }));
  const factors = accepted(await caller.get('/v1/project/policies/mfa-factors'));
  assert.deepEqual(factors, { $id: 'mfa-factors', totp: true, email: true, phone: false, custom: true });
});

test('what is set holds from the next request on', async () => {
  const id = await server.create_project(fresh_id());
  const { project: here } = node_client(server, { project: id, key: (await server.create_key(id)).secret });
  const guest = new Caller(server, { project: id });
  const create = (password) => guest.post('/v1/account', { userId: fresh_id(), email: fresh_email(), password });

  await here.updatePasswordStrengthPolicy({ min: 10, symbols: true });
  refused(await create('longenough1'), 400, 'general_argument_invalid');
  accepted(await create('long-enough1'), 201);
  await here.updatePasswordDictionaryPolicy({ enabled: true });
  await here.updatePasswordStrengthPolicy({ min: 8, symbols: false });
  refused(await create('football1'), 400, 'general_argument_invalid');

  await here.updateSessionLimitPolicy({ total: 2 });
  await here.updateSessionDurationPolicy({ duration: 120 });
  const person = await sign_up(guest);
  for (let i = 0; i < 3; ++i) await sign_in(guest, person);
  const { caller } = await sign_in(guest, person);
  const { total, sessions } = accepted(await caller.get('/v1/account/sessions'));
  assert.equal(total, 2);
  assert.ok(Date.parse(sessions[1].expire) - Date.now() < 121_000);

  await here.updateUserLimitPolicy({ total: 1 });
  refused(await create(good_password), 400, 'user_count_exceeded');
  await here.updateUserLimitPolicy({ total: 0 });
  accepted(await create(good_password), 201);
});

test('switches turn methods, services and the API off for callers without a key', async () => {
  const id = await server.create_project(fresh_id());
  const key = (await server.create_key(id)).secret;
  const { project: here, users } = node_client(server, { project: id, key });
  const guest = new Caller(server, { project: id });
  const create = () => guest.post('/v1/account', { userId: fresh_id(), email: fresh_email(), password: good_password });
  accepted(await create(), 201);

  const off = plain(await here.updateAuthMethod({ methodId: 'email-password', enabled: false }));
  assert.equal(enabled(off.authMethods, 'email-password'), false);
  refused(await create(), 501, 'user_auth_method_unsupported');
  await here.updateAuthMethod({ methodId: 'email-password', enabled: true });
  await here.updateService({ serviceId: 'account', enabled: false });
  refused(await create(), 403, 'general_service_disabled');
  await users.create({ userId: fresh_id() });
  await here.updateService({ serviceId: 'account', enabled: true });
  await here.updateProtocol({ protocolId: 'rest', enabled: false });
  refused(await create(), 403, 'general_api_disabled');
  assert.equal(enabled(plain(await here.get()).protocols, 'rest'), false);
  await here.updateProtocol({ protocolId: 'rest', enabled: true });
  accepted(await create(), 201);

  await assert.rejects(here.updateAuthMethod({ methodId: 'telepathy', enabled: true }), sdk_error(400, 'general_argument_invalid'));
  await assert.rejects(here.updateService({ serviceId: 'magic', enabled: true }), sdk_error(400, 'general_argument_invalid'));
  await assert.rejects(here.updateProtocol({ protocolId: 'smtp', enabled: true }), sdk_error(400, 'general_argument_invalid'));
  const caller = new Caller(server, { project: id, key });
  refused(await caller.patch('/v1/project/auth-methods/jwt', {}), 400, 'general_argument_invalid');
  refused(await caller.patch('/v1/project/auth-methods/jwt', { enabled: 'true' }), 400, 'general_argument_invalid');
  refused(await caller.patch('/v1/project/auth-methods//', { enabled: true }), 404, 'general_route_not_found');
});

test('labels are letters and digits', async () => {
  for (const labels of [['with space'], ['x'.repeat(37)], [''], 'text', [['nested']]])
    refused(await admin.put('/v1/project/labels', { labels }), 400, 'general_argument_invalid');
  assert.deepEqual(accepted(await admin.put('/v1/project/labels', { labels: [] })).labels, []);
});

test('old paths name the project themselves', async () => {
  const id = await server.create_project(fresh_id());
  const key = (await server.create_key(id)).secret;
  const caller = new Caller(server, { project: id, key });
  assert.equal(accepted(await caller.get(`/v1/projects/${id}`)).$id, id);
  accepted(await caller.patch(`/v1/projects/${id}/auth/max-sessions`, { total: 3 }));
  assert.equal(accepted(await caller.get('/v1/project/policies/session-limit')).total, 3);
  accepted(await caller.patch(`/v1/projects/${id}/auth/jwt`, { enabled: false }));
  assert.equal(enabled(accepted(await caller.get('/v1/project')).authMethods, 'jwt'), false);
  refused(await caller.get('/v1/projects/default'), 401, 'user_unauthorized');
  refused(await caller.get('/v1/projects/nothing-here'), 401, 'user_unauthorized');
  refused(await new Caller(server, { project: '' }).get('/v1/projects/nothing-here'), 404, 'project_not_found');
});

test('nobody but a key with the scope sets a project, and none the built-in one', async () => {
  const id = await server.create_project(fresh_id());
  const guest = new Caller(server, { project: id });
  const person = await sign_up(guest);
  const { caller: user } = await sign_in(guest, person);
  const blind = new Caller(server, { project: id, key: (await server.create_key(id, 'users.read')).secret });
  for (const caller of [guest, user, blind]) {
    refused(await caller.get('/v1/project'), 401, 'general_unauthorized_scope');
    refused(await caller.patch('/v1/project/policies/session-limit', { total: 1 }), 401, 'general_unauthorized_scope');
    refused(await caller.patch('/v1/project/services/users', { enabled: false }), 401, 'general_unauthorized_scope');
  }
  refused(await new Caller(server, { project: 'console' }).get('/v1/project'), 401, 'general_access_forbidden');
  refused(await new Caller(server, { project: id, key: server.default_key }).get('/v1/project'), 403, 'project_id_missing');
});

test('the command line and the service set the same things', async () => {
  const id = await server.create_project(fresh_id(), { 'mfaFactors.totp': false, membershipsMfa: true, 'service.users': false, labels: 'red,Blue2' });
  const caller = new Caller(server, { project: id, key: (await server.create_key(id)).secret });
  const shown = accepted(await caller.get('/v1/project'));
  assert.deepEqual([shown.labels, enabled(shown.services, 'users')], [['red', 'Blue2'], false]);
  assert.equal(accepted(await caller.get('/v1/project/policies/mfa-factors')).totp, false);
  assert.equal(accepted(await caller.get('/v1/project/policies/membership-privacy')).userMFA, true);
});

test('each change is a line of the log', async () => {
  accepted(await admin.patch('/v1/project/policies/session-limit', { total: 9 }));
  await server.restart();
  const line = server.log_lines.findLast((each) => each.event === 'project_change' && each.reason === 'session-limit by a key');
  assert.deepEqual([line?.security, line?.outcome, line?.project], [true, 'ok', 'default']);
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, sign_in, sign_up, somebody } from './support/people.mjs';
import { Server, until } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
});
after(() => server.stop());

const details = () => ({ userId: 'unique()', email: fresh_email(), password: good_password });
const unauthorized = (response) => refused(response, 401, 'general_unauthorized_scope');

test('the first start makes a key of the default project, in a file only its owner reads', async () => {
  const file = path.join(server.data, 'default-key');
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const key = server.default_key;
  assert.match(key, /^standard_[0-9a-f]{256}$/);
  await until(() => (server.log + server.stdout).includes(file), 'the file to be named');
  assert.ok(!(server.log + server.stdout).includes(key));
  accepted(await guest.as({ key }).get('/v1/health'));
});

describe('a key', () => {
  test('sees the secret of the session it makes, which works as the session header', async () => {
    const caller = guest.as({ key: server.default_key });
    const person = await sign_up(caller);
    for (const [path, body] of [['email', { email: person.email, password: person.password }], ['anonymous', undefined]]) {
      const response = await caller.post(`/v1/account/sessions/${path}`, body);
      const session = accepted(response, 201);
      assert.equal(session.secret, response.session_text('default'));
      assert.equal(accepted(await guest.as({ session: session.secret }).get('/v1/account')).$id, session.userId);
      assert.equal(accepted(await guest.as({ session: session.secret }).get('/v1/account/sessions/current')).secret, '');
    }
  });

  test('is no user', async () => {
    const person = await somebody(server);
    for (const caller of [guest.as({ key: server.default_key }), guest.as({ key: server.default_key, session: person.text })]) {
      for (const path of ['/v1/account', '/v1/account/prefs', '/v1/account/sessions']) unauthorized(await caller.get(path));
      unauthorized(await caller.post('/v1/account/jwts'));
    }
  });

  test('may do what its scopes say', async () => {
    const { secret: reader } = await server.create_key('default', 'users.read,teams.read');
    unauthorized(await guest.as({ key: reader }).post('/v1/account', details()));
    unauthorized(await guest.as({ key: reader }).post('/v1/account/sessions/anonymous'));
    accepted(await guest.as({ key: reader }).get('/v1/health'));
    const { secret: writer } = await server.create_key('default', 'sessions.write');
    accepted(await guest.as({ key: writer }).post('/v1/account', details()), 201);
  });

  test('that is unknown, expired, revoked or elsewhere is refused', async () => {
    refused(await guest.as({ key: `standard_${'0'.repeat(256)}` }).post('/v1/account', details()), 401, 'user_unauthorized');
    refused(await guest.as({ key: 'f'.repeat(256) }).post('/v1/account', details()), 401, 'user_unauthorized');
    const { secret: expired } = await server.create_key('default', 'all', '--expire', '2020-01-01T00:00:00.000+00:00');
    refused(await guest.as({ key: expired }).post('/v1/account', details()), 401, 'project_key_expired');
    const { id, secret } = await server.create_key('default', 'all');
    accepted(await guest.as({ key: secret }).post('/v1/account', details()), 201);
    await server.command('key', 'revoke', id, '--project', 'default');
    refused(await guest.as({ key: secret }).post('/v1/account', details()), 401, 'user_unauthorized');
    refused(await guest.as({ key: server.default_key, project: null }).post('/v1/account', details()), 403, 'project_id_missing');
    const project = await server.create_project('foreign');
    refused(await guest.as({ key: server.default_key, project }).post('/v1/account', details()), 403, 'project_id_missing');
    refused(await guest.as({ key: secret, project }).post('/v1/account', details()), 401, 'user_unauthorized'); // revoked everywhere
    accepted(await guest.as({ key: `strange_${'0'.repeat(64)}` }).post('/v1/account', details()), 201);
    unauthorized(await guest.as({ key: `strange_${'0'.repeat(64)}` }).get('/v1/account'));
  });

  test('of an organization or an account needs its header, and is unknown with it', async () => {
    for (const [type, header, missing] of [['organization', 'x-appwrite-organization', 'organization_id_missing'], ['account', 'x-appwrite-user', 'user_id_missing']])
      for (const project of ['default', 'console']) {
        const key = `${type}_${'0'.repeat(256)}`;
        refused(await guest.as({ key, project }).get('/v1/account'), 403, missing);
        refused(await guest.as({ key, project, headers: { [header]: 'somebody' } }).get('/v1/account'), 401, 'user_unauthorized');
      }
  });

  test('that expires later works until then', async () => {
    const { secret } = await server.create_key('default', 'all', '--expire', '2099-01-01T00:00:00.000+00:00');
    accepted(await guest.as({ key: secret }).post('/v1/account', details()), 201);
  });

  test('needs no allowed origin', async () => {
    const origin = 'https://evil.example';
    refused(await guest.as({ origin }).post('/v1/account', details()), 403, 'general_unknown_origin');
    accepted(await guest.as({ origin, key: server.default_key }).post('/v1/account', details()), 201);
  });

  test('learns how long its request took, others do not', async () => {
    const speed = async (caller) => (await caller.get('/v1/ping')).header('x-debug-speed');
    assert.equal(await speed(guest), '0');
    assert.ok(Number(await speed(guest.as({ key: server.default_key }))) > 0);
  });
});

describe('a project', () => {
  test('that does not exist answers 404, before anything else', async () => {
    const nowhere = guest.as({ project: 'nowhere' });
    refused(await nowhere.get('/v1/account'), 404, 'project_not_found');
    refused(await nowhere.post('/v1/account', {}), 404, 'project_not_found');
    refused(await nowhere.get('/v1/ping'), 404, 'project_not_found');
    refused(await nowhere.get('/v1/no/such/route'), 404, 'project_not_found');
  });

  test('can be named by parameter or query too, and the parameter wins', async () => {
    const project = await server.create_project('named');
    const none = guest.as({ project: null });
    accepted(await none.post('/v1/account', { ...details(), project }), 201);
    accepted(await none.post(`/v1/account?project=${project}`, details()), 201);
    assert.equal((await none.get(`/v1/ping?project=${project}`)).status, 200);
    refused(await guest.post('/v1/account', { ...details(), project: 'nowhere' }), 404, 'project_not_found');
    refused(await guest.get('/v1/ping?project=nowhere'), 404, 'project_not_found');
    accepted(await guest.post('/v1/account?project=nowhere', details()), 201);
  });

  test('can switch off its account service and its API, except for keys', async () => {
    const project = await server.create_project('switched');
    const { secret: key } = await server.create_key(project);
    const person = await somebody(guest.as({ project }));
    await server.set(project, { 'service.account': false });
    refused(await person.caller.get('/v1/account'), 403, 'general_service_disabled');
    refused(await guest.as({ project }).get('/v1/account'), 403, 'general_service_disabled');
    refused(await guest.as({ project }).post('/v1/account', {}), 403, 'general_service_disabled');
    assert.equal((await guest.as({ project }).get('/v1/ping')).status, 200);
    accepted(await guest.as({ project, key }).post('/v1/account', details()), 201);
    await server.set(project, { 'protocol.rest': false });
    refused(await person.caller.get('/v1/account'), 403, 'general_service_disabled');
    await server.set(project, { 'service.account': true });
    refused(await person.caller.get('/v1/account'), 403, 'general_api_disabled');
    refused(await guest.as({ project }).get('/v1/account'), 403, 'general_api_disabled');
    accepted(await guest.as({ project, key }).post('/v1/account', details()), 201);
    await server.set(project, { 'protocol.rest': true });
    accepted(await person.caller.get('/v1/account'));
  });

  test('in admin mode needs an administrator', async () => {
    const headers = { 'x-appwrite-mode': 'admin' };
    refused(await guest.as({ project: 'console', headers }).get('/v1/account'), 400, 'general_bad_request');
    refused(await guest.as({ headers }).get('/v1/account'), 401, 'user_unauthorized');
  });
});

describe('the order of checks', () => {
  test('puts credentials before the origin, the origin before the scope', async () => {
    const origin = 'https://evil.example';
    refused(await guest.as({ jwt: 'garbage', origin }).get('/v1/account'), 401, 'user_jwt_invalid');
    refused(await guest.as({ origin }).get('/v1/account'), 403, 'general_unknown_origin');
    refused(await guest.as({ origin, project: 'nowhere' }).get('/v1/no/such/route'), 404, 'project_not_found');
    refused(await guest.as({ origin }).get('/v1/no/such/route'), 403, 'general_unknown_origin');
  });

  test('puts the scope before parameters and the session check before parameters', async () => {
    unauthorized(await guest.patch('/v1/account/name', {}));
    const { caller } = await somebody(server);
    refused(await caller.post('/v1/account/sessions/email', {}), 401, 'user_session_already_exists');
  });

  test('puts the switched-off method before the session check', async () => {
    const project = await server.create_project('order-of-checks');
    const person = await somebody(guest.as({ project }));
    await server.set(project, { emailPassword: false });
    refused(await person.caller.post('/v1/account/sessions/email', {}), 501, 'user_auth_method_unsupported');
    await server.set(project, { emailPassword: true });
    await sign_in(person.guest, person);
  });
});

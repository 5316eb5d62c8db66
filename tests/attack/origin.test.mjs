// Pages of strangers and what they may put into a request: keys that are none, origins that hide, proxies that were not
// there, users who are not there.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from '../sdk/support/http.mjs';
import { fresh_email, good_password, sign_in, sign_up } from '../sdk/support/people.mjs';
import { Server } from '../sdk/support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

const asking = () => ({ userId: 'unique()', email: fresh_email(), password: good_password });
const jwt = (claims) => ['{"alg":"HS256","typ":"JWT"}', JSON.stringify(claims), 'mark'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const forged_keys = () => [
  'x_y', '_', 'x', '0', 'other_key', 'standard_', `standard_${'0'.repeat(256)}`, 'f'.repeat(256), 'ephemeral_', 'dynamic_x',
  `ephemeral_${jwt({ projectId: 'default', scopes: ['users.read'], exp: 9999999999 })}`, `ephemeral_${jwt({ projectId: 'console', scopes: [], exp: 9999999999 })}`,
  'organization_x', 'account_x', `${server.default_key}0`, server.default_key.slice(0, -1),
];
const foreign_origins = ['https://evil.example', 'null', 'NULL', 'http://localhost.evil.example', 'file://', 'https://127.0.0.1.evil.example'];

/** Refused, with nothing that a browser would keep or show the page. */
function turned_away(answer, what) {
  assert.ok([401, 403].includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
  assert.deepEqual(answer.set_cookies, [], what);
  assert.equal(answer.header('x-fallback-cookies'), undefined, what);
  assert.equal(answer.header('access-control-allow-origin'), undefined, what);
}

describe('a key that is none', () => {
  test('lets no page sign the first administrator up', async () => {
    const code = await server.printed_code();
    for (const origin of foreign_origins)
      for (const key of forged_keys()) {
        const page = new Caller(server, { project: 'console', origin, key });
        turned_away(await page.post('/v1/account', asking()), key);
        turned_away(await page.post('/v1/account', asking(), { headers: { 'x-portcullis-signup-code': code } }), key);
      }
    const guest = new Caller(server, { project: 'console' });
    for (const key of [...forged_keys(), '']) assert.notEqual((await guest.as({ key }).post('/v1/account', asking())).status, 201, key);
  });

  test('lets no page log its visitor in', async () => {
    const person = await sign_up(new Caller(server));
    const login = { email: person.email, password: person.password };
    for (const origin of foreign_origins)
      for (const key of [undefined, ...forged_keys()]) {
        const page = new Caller(server, { origin, key });
        turned_away(await page.post('/v1/account/sessions/email', login), key);
        turned_away(await page.post('/v1/account/sessions/anonymous'), key);
        turned_away(await page.send('POST', '/v1/account/sessions/email?project=default', { form: login }), key);
      }
    accepted(await new Caller(server, { origin: 'https://evil.example', key: server.default_key }).post('/v1/account/sessions/email', login), 201);
  });

  test('opens nothing and says nothing of its visitor', async () => {
    const guest = new Caller(server);
    const { caller } = await sign_in(guest, await sign_up(guest));
    for (const key of forged_keys()) {
      for (const path of ['/v1/users', '/v1/project', '/v1/project/keys', '/v1/health']) assert.ok([401, 403].includes((await guest.as({ key }).get(path)).status), `${key} ${path}`);
      turned_away(await caller.as({ key, origin: 'https://evil.example' }).get('/v1/account'), key);
    }
  });
});

describe('a proxy on this machine', () => {
  const marks = {
    forwarded: 'for=203.0.113.9', via: '1.1 proxy', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'localhost', 'x-forwarded-port': '443',
    'x-forwarded-server': 'proxy', 'x-forwarded-ssl': 'on', 'x-forwarded-prefix': '/', 'x-real-ip': '203.0.113.9', 'x-client-ip': '203.0.113.9', 'x-cluster-client-ip': '203.0.113.9',
    'true-client-ip': '203.0.113.9', 'cf-connecting-ip': '203.0.113.9', 'cf-ray': '1', 'cf-visitor': '{}', 'cdn-loop': 'x', 'fly-client-ip': '203.0.113.9', 'fly-request-id': '1',
    'fastly-client-ip': '203.0.113.9', 'x-amzn-trace-id': '1', 'x-azure-clientip': '203.0.113.9', 'x-envoy-external-address': '203.0.113.9', 'x-appengine-user-ip': '203.0.113.9',
    'x-vercel-forwarded-for': '203.0.113.9', 'x-nf-client-connection-ip': '203.0.113.9', 'x-original-forwarded-for': '203.0.113.9', 'x-request-start': '1', host: 'api.example.com',
    'x-realip': '203.0.113.9', 'x-clientip': '203.0.113.9', 'x-trueclient-ip': '203.0.113.9', 'x-source-ip': '203.0.113.9', 'x-user-ip': '203.0.113.9', 'x-served-by': 'cache', 'x-cache': 'MISS',
    'surrogate-capability': 'x="ESI/1.0"', 'x-squid-error': '0', 'x-kong-request-id': '1', 'gclb-country': 'DE', 'x-appgw-trace-id': '1', 'x-cdn': 'x', 'x-ms-forwarded-client-cert': 'x',
    'x-geo-country': 'DE', traceparent: '00-0-0-00', 'x-b3-traceid': '1', 'x-datadog-trace-id': '1', 'x-correlation-id': '1', 'x-amz-cf-id': '1', 'x-envoy-attempt-count': '1',
  };
  const locals = ['http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:8080', 'capacitor://localhost'];

  test('makes no page of a developer out of that of a visitor', async () => {
    for (const project of ['default', 'console'])
      for (const origin of locals) {
        const page = new Caller(server, { project, origin });
        assert.notEqual((await page.get('/v1/account')).json.type, 'general_unknown_origin'); // straight from this machine
        for (const [name, value] of Object.entries(marks)) {
          const answer = await page.get('/v1/account', { headers: { [name]: value } });
          refused(answer, 403, 'general_unknown_origin');
          assert.equal(answer.header('access-control-allow-origin'), undefined);
        }
      }
  });

  test('that speaks HTTP/1.0 and adds nothing, as nginx does, makes no developer either', async () => {
    const answer_to = (version) =>
      new Promise((resolve, reject) => {
        let text = '';
        const lines = `GET /v1/account HTTP/${version}\r\nHost: localhost:${server.port}\r\nConnection: close\r\nOrigin: ${locals[0]}\r\nX-Appwrite-Project: default\r\n\r\n`;
        const socket = net.connect(server.port, '127.0.0.1', () => socket.write(lines));
        socket.on('data', (part) => (text += part)).on('error', reject).on('close', () => resolve(text));
      });
    assert.match(await answer_to('1.1'), /general_unauthorized_scope/);
    const answer = await answer_to('1.0');
    assert.match(answer, /general_unknown_origin/);
    assert.doesNotMatch(answer, /access-control-allow-origin/i);
  });

  test('makes no administrator, whatever it adds and leaves out', async () => {
    const guest = new Caller(server, { project: 'console' });
    for (const [name, value] of [['x-nothing', ''], ...Object.entries(marks)]) refused(await guest.post('/v1/account', asking(), { headers: { [name]: value } }), 501, 'user_console_count_exceeded');
  });

  test('that is trusted is no developer either', async () => {
    const own = await Server.start({ args: ['--trusted-proxies', '127.0.0.1/32'] });
    try {
      for (const ip of ['203.0.113.9', '127.0.0.1']) refused(await new Caller(own, { origin: 'http://localhost:3000', ip }).get('/v1/account'), 403, 'general_unknown_origin');
      await own.restart({ args: ['--trusted-proxies', '127.0.0.1/32', '--allow-localhost-origin', 'on'] });
      refused(await new Caller(own, { origin: 'http://localhost:3000', ip: '203.0.113.9' }).get('/v1/account'), 401, 'general_unauthorized_scope');
    } finally {
      await own.stop();
    }
  });
});

describe('a host that a trusted proxy forwards', () => {
  test('becomes the Domain of a cookie only when it is a name', async () => {
    const own = await Server.start({ args: ['--trusted-proxies', '127.0.0.1/32'] });
    try {
      const guest = new Caller(own, { ip: '203.0.113.9' });
      const { email, password } = await sign_up(guest);
      const by = (host) => guest.post('/v1/account/sessions/email', { email, password }, { headers: { 'x-forwarded-host': host } });
      for (const host of ['.', '..', '..com', '.com', 'a..com', 'a.com..', '-', '-a.com', 'a-.com', 'a.com-', 'a.-', '.:80']) {
        const answer = await by(host);
        refused(answer, 400, 'general_bad_request');
        assert.deepEqual(answer.set_cookies, [], host);
      }
      for (const [host, domain] of [['A.EXAMPLE.COM.', '.a.example.com'], ['a.example.com.:443', '.a.example.com'], ['localhost.', undefined], ['127.0.0.1.', undefined]]) {
        const answer = await by(host);
        accepted(answer, 201);
        const { set_cookies } = answer;
        assert.ok(set_cookies.length > 0);
        for (const cookie of set_cookies) assert.equal(cookie.attributes.domain, domain, host);
      }
    } finally {
      await own.stop();
    }
  });
});

describe('who is not there', () => {
  test('is deleted by nobody, least of all in the place of the one who asks', async () => {
    const key = new Caller(server, { key: server.default_key });
    const guest = new Caller(server);
    const [actor, target] = [await sign_up(guest), await sign_up(guest)];
    const { caller } = await sign_in(guest, actor);
    const right = async (impersonator) => accepted(await key.patch(`/v1/users/${actor.id}/impersonator`, { impersonator }));
    const remove = (name, value, path = '/v1/account') => caller.delete(path, undefined, { headers: name ? { [name]: value } : {} });
    const both_stay = async () => {
      for (const { id } of [actor, target]) accepted(await key.get(`/v1/users/${id}`));
    };

    refused(await remove('x-appwrite-impersonate-user-id', target.id), 401, 'user_unauthorized');
    await right(true);
    for (const [name, value] of [['id', 'nosuchuser'], ['id', '../x'], ['email', 'nobody@example.test'], ['email', 'x'], ['phone', '+14155550000']])
      refused(await remove(`x-appwrite-impersonate-user-${name}`, value), 404, 'user_not_found');
    for (const query of ['impersonateUserId=nosuchuser', 'impersonateuserid=nosuchuser', 'impersonateUserId[]=x', 'impersonateEmail=x', 'impersonatephone=1'])
      refused(await remove(null, null, `/v1/account?${query}`), 404, 'user_not_found');
    for (const value of ['', ' ', '\t', ['', target.id], [target.id, '']])
      for (const name of ['id', 'email', 'phone']) refused(await remove(`x-appwrite-impersonate-user-${name}`, value), 404, 'user_not_found');
    for (const query of ['impersonateUserId=', 'impersonateUserId', 'impersonateEmail=%20', 'IMPERSONATEUSERID=nosuch', `ImpersonateUserId=${target.id}`, `impersonateUserEmail=${target.email}`])
      refused(await remove(null, null, `/v1/account?${query}`), 404, 'user_not_found');
    for (const json of [{ impersonateUserId: target.id }, { impersonateUserId: '' }, { impersonateemail: null }]) refused(await caller.delete('/v1/account', json), 404, 'user_not_found');
    refused(await caller.send('DELETE', '/v1/account', { form: { impersonateUserId: target.id } }), 404, 'user_not_found');
    await right(false);
    refused(await remove('x-appwrite-impersonate-user-id', target.id), 401, 'user_unauthorized');
    await both_stay();
    await right(true);
    accepted(await remove('x-appwrite-impersonate-user-id', target.id), 204);
    refused(await remove('x-appwrite-impersonate-user-id', target.id), 404, 'user_not_found');
    accepted(await key.get(`/v1/users/${actor.id}`));
  });
});

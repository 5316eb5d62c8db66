import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, allow_headers, carries_common_headers, refused, send } from './support/http.mjs';
import { fresh_email, good_password, somebody } from './support/people.mjs';
import { Server, patience, sleep } from './support/server.mjs';

let server;
let guest;
let dripping;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
  dripping = drip();
});
after(() => server.stop());

/** Sends bytes on a fresh connection and gives everything that comes back until it closes. */
function exchange(bytes, { timeout = 5000 * patience } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setTimeout(timeout, () => socket.destroy(new Error(`the server kept the connection; it said ${JSON.stringify(text.slice(0, 300))}`)));
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(text) : reject(error)));
    socket.on('close', () => resolve(text));
  });
}

/** A client that never finishes its header, one byte a second; resolves to the milliseconds it was tolerated. */
function drip() {
  return new Promise((resolve) => {
    const began = Date.now();
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write('GET /v1/ping HTTP/1.1\r\nHost: x\r\nX-Slow: '));
    const drops = setInterval(() => socket.write('a'), 1000);
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(drops);
      resolve(Date.now() - began);
    });
    setTimeout(() => socket.destroy(), 20_000).unref();
  });
}

describe('ping, health and probes', () => {
  test('ping answers in plain text', async () => {
    for (const caller of [guest, guest.as({ key: server.default_key })]) {
      const response = await caller.get('/v1/ping');
      assert.equal(response.status, 200);
      assert.equal(response.text, 'Pong!');
      assert.equal(response.header('content-type'), 'text/plain; charset=UTF-8');
      carries_common_headers(response);
    }
    for (const project of [null, 'console', 'nowhere']) refused(await guest.as({ project }).get('/v1/ping'), 404, 'project_not_found');
    refused(await guest.as({ origin: 'https://evil.example' }).get('/v1/ping'), 403, 'general_unknown_origin');
  });

  test('health is for keys', async () => {
    const key = guest.as({ key: server.default_key });
    const health = accepted(await key.get('/v1/health'));
    assert.deepEqual(Object.keys(health).sort(), ['name', 'ping', 'status']);
    assert.equal(health.name, 'http');
    assert.equal(health.status, 'pass');
    assert.ok(Number.isInteger(health.ping) && health.ping >= 0 && health.ping < 100);
    const db = accepted(await key.get('/v1/health/db'));
    assert.equal(db.total, db.statuses.length);
    assert.ok(db.total >= 1);
    for (const status of db.statuses) {
      assert.deepEqual(Object.keys(status).sort(), ['name', 'ping', 'status']);
      assert.equal(status.status, 'pass');
    }
    const { caller } = await somebody(server);
    for (const path of ['/v1/health', '/v1/health/db']) {
      refused(await guest.get(path), 401, 'general_unauthorized_scope');
      refused(await caller.get(path), 401, 'general_unauthorized_scope');
    }
  });

  test('the version is public, which keys are not', async () => {
    assert.deepEqual(accepted(await guest.get('/v1/health/version')), { version: '1.9.6' });
    assert.deepEqual(accepted(await guest.as({ project: null }).get('/v1/health/version')), { version: '1.9.6' });
    const { caller } = await somebody(server);
    assert.deepEqual(accepted(await caller.get('/v1/health/version')), { version: '1.9.6' });
    refused(await guest.as({ key: server.default_key }).get('/v1/health/version'), 401, 'general_unauthorized_scope');
  });

  test('probes need nothing at all', async () => {
    for (const path of ['/live', '/ready']) {
      assert.equal((await send('GET', server.url.replace(/\/$/, '') + path)).status, 200, path);
      assert.equal((await guest.as({ project: 'nowhere', origin: 'https://evil.example', key: 'x' }).get(path)).status, 200, path);
    }
  });
});

describe('routes', () => {
  test('that do not exist answer in the shape of every error', async () => {
    for (const path of ['/v1/nothing', '/v1', '/v1/', '/', '/v1/account/nothing', '/v1/account/sessions/a/b', '/v2/account', '/v1/accounts', '/V1/account', '/v1/account/logs']) {
      refused(await guest.get(path), 404, 'general_route_not_found');
    }
  });

  test('with another method do not exist either', async () => {
    for (const [method, path] of [['PUT', '/v1/account'], ['POST', '/v1/account/name'], ['GET', '/v1/account/jwts'], ['DELETE', '/v1/ping'], ['GET', '/v1/account/sessions/email/x'], ['PATCH', '/v1/account/sessions']]) {
      refused(await guest.send(method, path), 404, 'general_route_not_found');
    }
  });
});

describe('CORS', () => {
  test('a preflight answers 204 with the exact lists for any origin', async () => {
    for (const path of ['/v1/account', '/v1/account/sessions/email', '/v1/no/such/route']) {
      const headers = { origin: 'https://Somewhere.Example', 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'x-appwrite-project' };
      const response = await send('OPTIONS', server.url.replace(/\/$/, '') + path, { headers });
      assert.equal(response.status, 204);
      assert.equal(response.bytes.length, 0);
      carries_common_headers(response);
      assert.equal(response.header('access-control-allow-headers'), allow_headers);
      assert.equal(response.header('access-control-allow-origin'), 'https://somewhere.example');
    }
  });

  const allowed = async (caller, origin) => {
    const response = await caller.as({ origin }).get('/v1/ping');
    if (response.status === 200) {
      assert.equal(response.header('access-control-allow-origin'), origin.toLowerCase());
      return true;
    }
    refused(response, 403, 'general_unknown_origin');
    assert.equal(response.header('access-control-allow-origin'), undefined);
    return false;
  };

  test('pages of this machine may call while listening on loopback', async () => {
    for (const origin of ['http://localhost', 'http://localhost:3000', 'https://localhost:8443', 'http://LOCALHOST:3000', 'http://127.0.0.1:5000', 'http://[::1]:5000']) assert.ok(await allowed(guest, origin), origin);
    for (const origin of ['http://127.0.0.2', 'http://localhost.evil.example', 'http://evil-localhost', 'http://127.0.0.1.evil.example', 'http://[0:0:0:0:0:0:0:1]', 'null', 'https://evil.example', 'localhost', 'http://', 'http://user@localhost.evil.example', 'nonsense']) {
      assert.ok(!(await allowed(guest, origin)), origin);
    }
  });

  test('pages of this machine may not call a server that listens to everybody, unless it is told so', async () => {
    const origin = 'http://localhost:3000';
    const ask = async (options, page) => {
      const open = await Server.start({ host: '0.0.0.0', ...options });
      const { status } = await new Caller(open).as({ origin: page }).get('/v1/ping');
      await open.stop();
      return status;
    };
    assert.equal(await ask({}, origin), 403);
    assert.equal(await ask({ args: ['--allow-localhost-origin', 'on'] }, origin), 200);
    assert.equal(await ask({ args: ['--public-host', 'auth.example.com'] }, 'https://auth.example.com'), 200);
    assert.equal(await ask({ args: ['--public-host', 'auth.example.com'] }, 'https://other.example.com'), 403);
  });

  test('pages of the project may call, with wildcards for what is below', async () => {
    const project = await server.create_project('cors', { webHosts: 'app.example.com,*.wild.example' });
    const caller = guest.as({ project });
    for (const origin of ['https://app.example.com', 'http://app.example.com:8080', 'https://APP.example.com', 'https://a.wild.example', 'https://a.b.wild.example']) assert.ok(await allowed(caller, origin), origin);
    for (const origin of ['https://example.com', 'https://wild.example', 'https://evilwild.example', 'https://app.example.com.evil.example', 'https://xapp.example.com']) assert.ok(!(await allowed(caller, origin)), origin);
    assert.ok(!(await allowed(guest, 'https://app.example.com')), 'in another project');
    await server.set(project, { webHosts: '*' });
    assert.ok(await allowed(caller, 'https://anything.example'));
  });

  test('apps call by their schemes', async () => {
    for (const origin of ['exp://192.0.2.1:8081', 'appwrite-callback-default://']) assert.ok(await allowed(guest, origin), origin);
    for (const origin of ['appwrite-callback-other://', 'appwrite-android://com.example', 'ftp://localhost', 'file://', 'javascript://localhost']) assert.ok(!(await allowed(guest, origin)), origin);
    assert.ok(await allowed(guest, 'chrome-extension://localhost'));
    assert.ok(!(await allowed(guest, 'chrome-extension://abcdef')));
  });

  test('errors and answers carry the headers alike', async () => {
    const origin = 'http://localhost:3000';
    const error = await guest.as({ origin }).get('/v1/account');
    refused(error, 401, 'general_unauthorized_scope');
    assert.equal(error.header('access-control-allow-origin'), origin);
    assert.deepEqual(error.all('access-control-allow-credentials'), ['true']);
  });
});

describe('headers of every answer', () => {
  test('say whether a session came by cookie or header', async () => {
    const person = await somebody(server);
    const debug = async (caller) => (await caller.get('/v1/account')).all('x-debug-fallback');
    assert.deepEqual(await debug(person.caller), ['false']);
    assert.deepEqual(await debug(guest.as({ session: person.text })), ['false']);
    assert.deepEqual(await debug(guest.as({ fallback: person.text })), ['false', 'true']);
    assert.deepEqual(await debug(guest), ['false', 'true']);
    assert.equal((await guest.get('/v1/account')).header('x-debug-speed'), '0');
  });

  test('warn a client that asks for a newer format', async () => {
    const warning = async (format) => (await guest.get('/v1/ping', { headers: { 'x-appwrite-response-format': format } })).header('x-appwrite-warning');
    for (const newer of ['2.3.1', '2.4.0', '3.0.0', '2.2.0']) assert.ok(await warning(newer), newer);
    for (const checked of ['2.3.0', '2.5.0']) assert.equal(await warning(checked), undefined, checked);
    assert.ok(await warning('1.9.7'));
    assert.equal(await warning('1.9.6'), undefined);
    assert.equal(await warning('1.9.5'), undefined);
    assert.equal(await warning('1.8.0'), undefined);
  });

  test('say nothing of TLS on plain HTTP and nothing of limits where there are none', async () => {
    const response = await guest.get('/v1/ping');
    assert.equal(response.header('strict-transport-security'), undefined);
    for (const name of ['limit', 'remaining', 'reset']) assert.equal(response.header(`x-ratelimit-${name}`), undefined);
    assert.equal(response.header('x-powered-by'), undefined);
  });
});

describe('the protocol', () => {
  const request = (path, lines = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\n${lines}\r\n`;
  const count = (text, part) => text.split(part).length - 1;

  test('answers pipelined requests in order', async () => {
    const paths = Array.from({ length: 15 }, (_, i) => (i % 2 ? '/v1/ping' : '/v1/account'));
    const text = await exchange(paths.map((path) => request(path)).join('') + request('/v1/ping', 'Connection: close\r\n'));
    const codes = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => code);
    assert.deepEqual(codes, [...paths.map((path) => (path === '/v1/ping' ? '200' : '401')), '200']);
  });

  test('keeps a connection, and closes it when asked to', async () => {
    assert.equal(count(await exchange(request('/v1/ping') + request('/v1/ping', 'Connection: close\r\n')), 'Pong!'), 2);
    assert.equal(count(await exchange('GET /v1/ping HTTP/1.0\r\nX-Appwrite-Project: default\r\n\r\n'), 'Pong!'), 1);
  });

  test('reads chunked bodies', async () => {
    const body = JSON.stringify({ userId: 'unique()', email: fresh_email(), password: good_password });
    const half = body.length >> 1;
    const chunks = [body.slice(0, half), body.slice(half), ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
    const text = await exchange(`POST /v1/account HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks}`);
    assert.match(text, /^HTTP\/1\.1 201 /);
  });

  test('serves a client that expects 100-continue', async () => {
    const body = JSON.stringify({ userId: 'unique()', email: fresh_email(), password: good_password });
    const text = await exchange(`POST /v1/account HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n${body}`);
    assert.match(text, /HTTP\/1\.1 201 /);
  });

  const refusal = (text, status) => {
    assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 200));
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    assert.equal(body.code, status);
    assert.ok(body.message && body.type);
  };

  test('refuses a header over 16 KiB', async () => {
    refusal(await exchange(request('/v1/ping', `X-Big: ${'a'.repeat(20_000)}\r\n`)), 431);
    const fits = await guest.get('/v1/ping', { headers: { 'x-big': 'a'.repeat(12_000) } });
    assert.equal(fits.status, 200);
  });

  test('refuses a body over 2 MiB', async () => {
    const head = 'POST /v1/account HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\n';
    refusal(await exchange(`${head}Content-Length: ${(2 << 20) + 1}\r\n\r\n`), 413);
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    refusal(await exchange(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(33)}0\r\n\r\n`), 413);
    const fits = JSON.stringify({ userId: 'unique()', email: fresh_email(), password: good_password, padding: 'x'.repeat((2 << 20) - 1000) });
    accepted(await guest.post('/v1/account', fits), 201);
  });

  test('refuses what is no HTTP', async () => {
    for (const bytes of ['nonsense\r\n\r\n', 'GET\r\n\r\n', 'GET /v1/ping HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 'GET /v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n', 'GET /v1/ping HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n']) {
      const text = await exchange(bytes);
      assert.ok(text === '' || /^HTTP\/1\.1 4\d\d /.test(text), text.slice(0, 100));
    }
    const smuggled = await exchange('POST /v1/account HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/ping HTTP/1.1\r\nHost: x\r\nX-Appwrite-Project: default\r\n\r\n');
    assert.ok(!smuggled.includes('Pong!'), 'a body of two lengths is no body');
    assert.equal((await guest.get('/v1/ping')).status, 200);
  });

  test('refuses JSON that is too deep and bodies of too many parameters', async () => {
    const { caller } = await somebody(server);
    const nest = (depth) => (depth === 0 ? 1 : { a: nest(depth - 1) });
    accepted(await caller.patch('/v1/account/prefs', { prefs: nest(60) }));
    assert.equal((await caller.patch('/v1/account/prefs', { prefs: nest(70) })).status, 400);
    assert.equal((await caller.send('PATCH', '/v1/account/prefs', { body: `{"prefs":${'['.repeat(100_000)}`, headers: { 'content-type': 'application/json' } })).status, 400);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, 1]));
    assert.equal((await caller.patch('/v1/account/name', { name: 'Fine', ...many })).status, 400);
    assert.equal((await guest.get(`/v1/ping?${Object.keys(many).map((name) => `${name}=1`).join('&')}`)).status, 400);
  });

  test('does not wait for a client that drips its header', async () => {
    const tolerated = await dripping;
    assert.ok(tolerated > 8000 && tolerated < 13_000, `closed after ${tolerated} ms`);
  });

  test('forgets a client that leaves early', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('POST /v1/account/sessions/email HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{"email":"somebody@example.test","password":"wrong password"}');
      await sleep(2);
      socket.destroy();
    }
    assert.equal((await guest.get('/v1/ping')).status, 200);
  });
});

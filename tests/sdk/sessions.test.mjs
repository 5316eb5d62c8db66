import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, is_session, is_user, sign_in, sign_up, somebody, somebody_anonymous } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start({ args: ['--trusted-proxies', '127.0.0.1/32,192.0.2.0/24'] });
  guest = new Caller(server);
});
after(() => server.stop());

const unauthorized = (response) => refused(response, 401, 'general_unauthorized_scope');
const list = async (caller) => accepted(await caller.get('/v1/account/sessions'));

describe('signing in with e-mail and password', () => {
  test('answers the session', async () => {
    const person = await sign_up(guest);
    const before_it = Date.now();
    const { session, response } = await sign_in(guest, person);
    is_session(session);
    assert.equal(session.userId, person.id);
    assert.equal(session.provider, 'email');
    assert.equal(session.providerUid, person.email);
    assert.deepEqual(session.factors, ['password']);
    assert.equal(session.current, true);
    assert.equal(session.secret, '');
    assert.equal(session.ip, '127.0.0.1');
    assert.equal(session.countryCode, '--');
    assert.equal(session.countryName, 'Unknown');
    assert.equal(session.mfaUpdatedAt, '');
    assert.deepEqual([session.providerAccessToken, session.providerRefreshToken, session.providerAccessTokenExpiry], ['', '', '']);
    assert.ok(Math.abs(Date.parse(session.expire) - before_it - 31_536_000_000) < 60_000);
    assert.ok(response.text.includes('"secret":""'));
  });

  test('sets both cookies and the fallback header', async () => {
    const person = await sign_up(guest);
    const { session, response } = await sign_in(guest, person);
    const [main, legacy] = [response.cookie('a_session_default'), response.cookie('a_session_default_legacy')];
    assert.equal(response.set_cookies.length, 2);
    assert.equal(main.value, legacy.value);
    assert.ok(!/[=+/ ]/.test(main.value), 'the value is URL-encoded');
    const text = decodeURIComponent(main.value);
    const { id, secret, ...rest } = JSON.parse(Buffer.from(text, 'base64').toString());
    assert.equal(text, Buffer.from(JSON.stringify({ id, secret })).toString('base64'));
    assert.deepEqual(rest, {});
    assert.equal(id, person.id);
    assert.match(secret, /^[0-9a-f]{256}$/);
    for (const cookie of [main, legacy]) {
      assert.equal(cookie.attributes.path, '/');
      assert.equal(cookie.attributes.httponly, true);
      assert.ok(Math.abs(Date.parse(cookie.attributes.expires) - Date.parse(session.expire)) < 1000);
      assert.ok(!('secure' in cookie.attributes) && !('domain' in cookie.attributes));
    }
    assert.equal(main.attributes.samesite, 'None');
    assert.ok(!('samesite' in legacy.attributes));
    assert.deepEqual(response.fallback, { a_session_default: text });
  });

  test('names the cookie domain unless the host is localhost or an address', async () => {
    const person = await sign_up(guest);
    const domain = async (host) => (await sign_in(guest, person, { headers: { host } })).response.cookie('a_session_default').attributes.domain;
    assert.equal(await domain('auth.example.com'), '.auth.example.com');
    assert.equal(await domain('auth.example.com:8080'), '.auth.example.com');
    assert.equal(await domain('localhost:8080'), undefined);
    assert.equal(await domain('127.0.0.1:8080'), undefined);
    assert.equal(await domain('[::1]:8080'), undefined);
  });

  test('sends the fallback header only where the page belongs to another site', async () => {
    const project = await server.create_project('pages', { webHosts: 'app.example.com,app.elsewhere.com,*.shop.co.uk' });
    const caller = guest.as({ project });
    const person = await sign_up(caller);
    const fallback = async (host, lines) => (await sign_in(caller, person, { headers: { host, ...lines } })).response.fallback;
    assert.equal(await fallback('auth.example.com', { origin: 'https://app.example.com' }), undefined);
    assert.equal(await fallback('auth.example.com', { referer: 'https://app.example.com/page' }), undefined);
    assert.ok(await fallback('auth.example.com', { origin: 'https://app.elsewhere.com' }));
    assert.ok(await fallback('auth.example.com', {}));
    assert.ok(await fallback('other.co.uk', { origin: 'https://my.shop.co.uk' }));
    assert.ok(await fallback('localhost', { origin: 'http://localhost:3000' }));
  });

  test('behind a TLS proxy marks cookies secure and the site strict', async () => {
    const person = await sign_up(guest);
    const { response } = await sign_in(guest, person, { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.1' } });
    assert.equal(response.cookie('a_session_default').attributes.secure, true);
    assert.equal(response.cookie('a_session_default_legacy').attributes.secure, true);
    assert.equal(response.header('strict-transport-security'), 'max-age=10886400');
  });

  test('has an older path too', async () => {
    const person = await sign_up(guest);
    const session = accepted(await guest.post('/v1/account/sessions', { email: person.email, password: person.password }), 201);
    assert.match(session.expire, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d$/);
    assert.equal(session.userId, person.id);
  });

  test('takes the e-mail in any case, and form bodies', async () => {
    const person = await sign_up(guest);
    accepted(await guest.post('/v1/account/sessions/email', { email: person.email.toUpperCase(), password: person.password }), 201);
    accepted(await guest.send('POST', '/v1/account/sessions/email', { form: { email: person.email, password: person.password } }), 201);
  });

  test('answers a wrong password and an unknown user alike', async () => {
    const person = await sign_up(guest);
    const answers = [];
    for (const [email, password] of [[person.email, 'wrong password'], [fresh_email(), person.password], [person.email, person.password.toUpperCase()]]) {
      const response = await guest.post('/v1/account/sessions/email', { email, password });
      refused(response, 401, 'user_invalid_credentials');
      assert.deepEqual(response.set_cookies, []);
      answers.push(response.text);
    }
    assert.equal(new Set(answers).size, 1);
  });

  test('validates its parameters', async () => {
    const email = fresh_email();
    refused(await guest.post('/v1/account/sessions/email', {}), 400, 'general_argument_invalid', 'email');
    refused(await guest.post('/v1/account/sessions/email', { email: '', password: '' }), 400, 'general_argument_invalid', 'email');
    refused(await guest.post('/v1/account/sessions/email', { email }), 400, 'general_argument_invalid', 'password');
    refused(await guest.post('/v1/account/sessions/email', { email: 'nonsense', password: good_password }), 400, 'general_argument_invalid', 'email');
    refused(await guest.post('/v1/account/sessions/email', { email, password: '1234567' }), 400, 'general_argument_invalid', 'password');
    refused(await guest.post('/v1/account/sessions/email', { email, password: 'p'.repeat(257) }), 400, 'general_argument_invalid', 'password');
  });

  test('refuses who is signed in already, before looking at parameters', async () => {
    const person = await somebody(server);
    const key = server.default_key;
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    for (const caller of [person.caller, guest.as({ session: person.text }), guest.as({ fallback: person.text }), guest.as({ session: person.text, key }), guest.as({ jwt })]) {
      for (const path of ['/v1/account/sessions/email', '/v1/account/sessions', '/v1/account/sessions/anonymous']) {
        refused(await caller.post(path, {}), 401, 'user_session_already_exists');
      }
    }
    const dead = guest.as({ cookie: person.text });
    accepted(await dead.delete('/v1/account/sessions/current'), 204);
    accepted(await dead.post('/v1/account/sessions/email', { email: person.email, password: person.password }), 201);
  });
});

describe('the session limit', () => {
  test('drops the oldest when a new one would exceed it', async () => {
    const project = await server.create_project('three', { maxSessions: 3 });
    const caller = guest.as({ project });
    const person = await sign_up(caller);
    const signed_in = [];
    for (let i = 0; i < 5; i++) signed_in.push(await sign_in(caller, person));
    const left = await list(signed_in[4].caller);
    assert.equal(left.total, 3);
    assert.deepEqual(left.sessions.map((session) => session.$id), signed_in.slice(2).map(({ session }) => session.$id));
    for (const gone of signed_in.slice(0, 2)) unauthorized(await gone.caller.get('/v1/account'));
    for (const alive of signed_in.slice(2)) accepted(await alive.caller.get('/v1/account'));
  });

  test('is 10 by default and takes JWTs of dropped sessions along', async () => {
    const person = await somebody(server);
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    let last;
    for (let i = 0; i < 10; i++) last = await sign_in(guest, person);
    assert.equal((await list(last.caller)).total, 10);
    unauthorized(await person.caller.get('/v1/account'));
    unauthorized(await guest.as({ jwt }).get('/v1/account'));
  });

  test('applies when it is lowered, at the next sign-in', async () => {
    const project = await server.create_project('lowered', { maxSessions: 5 });
    const person = await somebody(guest.as({ project }));
    for (let i = 0; i < 4; i++) await sign_in(person.guest, person);
    await server.set(project, { maxSessions: 1 });
    const { caller } = await sign_in(person.guest, person);
    const left = await list(caller);
    assert.equal(left.total, 1);
    assert.equal(left.sessions[0].current, true);
  });
});

describe('an anonymous session', () => {
  test('makes a user without e-mail, phone, name, password and targets', async () => {
    const { session, caller, response } = await somebody_anonymous(server);
    is_session(session);
    assert.equal(session.provider, 'anonymous');
    assert.equal(session.providerUid, '');
    assert.deepEqual(session.factors, ['anonymous']);
    assert.equal(session.current, true);
    assert.equal(session.secret, '');
    assert.equal(response.set_cookies.length, 2);
    const user = accepted(await caller.get('/v1/account'));
    is_user(user);
    assert.deepEqual([user.email, user.phone, user.name, user.passwordUpdate], ['', '', '', '']);
    assert.deepEqual([user.emailCanonical, user.emailIsFree, user.emailIsDisposable, user.emailIsCorporate, user.emailIsCanonical], [null, null, null, null, null]);
    assert.deepEqual(user.targets, []);
  });

  test('can be switched off, for clients', async () => {
    const project = await server.create_project('no-anonymous', { anonymous: false });
    const { secret: key } = await server.create_key(project);
    refused(await guest.as({ project }).post('/v1/account/sessions/anonymous'), 501, 'user_auth_method_unsupported');
    accepted(await guest.as({ project, key }).post('/v1/account/sessions/anonymous'), 201);
  });

  test('does not exist on the console', async () => {
    refused(await guest.as({ project: 'console' }).post('/v1/account/sessions/anonymous'), 401, 'user_anonymous_console_prohibited');
    refused(await guest.as({ project: null }).post('/v1/account/sessions/anonymous'), 401, 'user_anonymous_console_prohibited');
  });
});

describe('reading sessions', () => {
  test('lists them oldest first and marks the current one', async () => {
    const person = await somebody(server);
    const second = await sign_in(guest, person);
    const third = await sign_in(guest, person);
    const listed = await list(second.caller);
    assert.equal(listed.total, 3);
    assert.deepEqual(listed.sessions.map(({ $id }) => $id), [person, second, third].map(({ session }) => session.$id));
    assert.deepEqual(listed.sessions.map(({ current }) => current), [false, true, false]);
    for (const session of listed.sessions) {
      is_session(session);
      assert.equal(session.secret, '');
      assert.equal(session.countryName, 'Unknown');
    }
  });

  test('gives one by id or as current', async () => {
    const person = await somebody(server);
    const other = await sign_in(guest, person);
    for (const id of ['current', person.session.$id]) {
      const session = accepted(await person.caller.get(`/v1/account/sessions/${id}`));
      is_session(session);
      assert.deepEqual({ ...session }, { ...person.session });
    }
    const seen = accepted(await person.caller.get(`/v1/account/sessions/${other.session.$id}`));
    assert.equal(seen.current, false);
    assert.deepEqual({ ...seen, current: true }, { ...other.session });
  });

  test('does not show what is not there or not the own', async () => {
    const person = await somebody(server);
    const stranger = await somebody(server);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      refused(await person.caller.send(method, `/v1/account/sessions/${stranger.session.$id}`), 404, 'user_session_not_found');
      refused(await person.caller.send(method, '/v1/account/sessions/made-up'), 404, 'user_session_not_found');
      for (const bad of ['_x', 'a'.repeat(37), 'a$b', '%20']) refused(await person.caller.send(method, `/v1/account/sessions/${bad}`), 400, 'general_argument_invalid', 'sessionId');
    }
    accepted(await stranger.caller.get('/v1/account'));
  });

  test('by JWT knows no current session', async () => {
    const person = await somebody(server);
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    const caller = guest.as({ jwt });
    for (const method of ['GET', 'PATCH', 'DELETE']) refused(await caller.send(method, '/v1/account/sessions/current'), 404, 'user_session_not_found');
    assert.equal((await list(caller)).sessions[0].current, false);
    assert.equal(accepted(await caller.get(`/v1/account/sessions/${person.session.$id}`)).current, false);
  });
});

describe('extending a session', () => {
  test('moves its expiry to now plus the duration', async () => {
    const project = await server.create_project('short', { duration: 3600 });
    const person = await somebody(guest.as({ project }));
    assert.ok(Math.abs(Date.parse(person.session.expire) - Date.now() - 3_600_000) < 60_000);
    await server.set(project, { duration: 7200 });
    for (const id of ['current', person.session.$id]) {
      const response = await person.caller.patch(`/v1/account/sessions/${id}`);
      const session = accepted(response);
      is_session(session);
      assert.ok(Math.abs(Date.parse(session.expire) - Date.now() - 7_200_000) < 60_000);
      assert.equal(session.current, false);
      assert.equal(session.countryName, '');
      assert.equal(session.secret, '');
      assert.deepEqual(response.set_cookies.map(({ name, value }) => [name, decodeURIComponent(value)]), [
        ['a_session_short_legacy', person.text],
        ['a_session_short', person.text],
      ]);
      for (const { attributes } of response.set_cookies) assert.ok(Math.abs(Date.parse(attributes.expires) - Date.parse(session.expire)) < 1000);
      assert.deepEqual(response.fallback, { a_session_short: person.text });
      assert.equal(accepted(await person.caller.get('/v1/account/sessions/current')).expire, session.expire);
    }
  });

  test('of another session sets no cookies', async () => {
    const person = await somebody(server);
    const other = await sign_in(guest, person);
    const response = await person.caller.patch(`/v1/account/sessions/${other.session.$id}`);
    accepted(response);
    assert.deepEqual([response.set_cookies, response.fallback], [[], undefined]);
  });
});

describe('deleting sessions', () => {
  test('one other leaves this one, its cookies and the rest', async () => {
    const person = await somebody(server);
    const [second, third] = [await sign_in(guest, person), await sign_in(guest, person)];
    const response = await person.caller.delete(`/v1/account/sessions/${second.session.$id}`);
    accepted(response, 204);
    assert.deepEqual(response.set_cookies, []);
    unauthorized(await second.caller.get('/v1/account'));
    accepted(await third.caller.get('/v1/account'));
    assert.equal((await list(person.caller)).total, 2);
  });

  test('the current one clears the cookies', async () => {
    for (const name of ['current', 'id']) {
      const person = await somebody(server);
      const response = await person.caller.delete(`/v1/account/sessions/${name === 'id' ? person.session.$id : name}`);
      accepted(response, 204);
      for (const cookie of ['a_session_default', 'a_session_default_legacy']) {
        assert.equal(response.cookie(cookie).value, 'deleted');
        assert.ok(new Date(response.cookie(cookie).attributes.expires) < new Date());
      }
      assert.equal(response.header('x-fallback-cookies'), '[]');
      unauthorized(await person.caller.get('/v1/account'));
    }
  });

  test('all of them includes this one', async () => {
    const person = await somebody(server);
    const other = await sign_in(guest, person);
    const response = await person.caller.delete('/v1/account/sessions');
    accepted(response, 204);
    assert.equal(response.cookie('a_session_default').value, 'deleted');
    assert.equal(response.cookie('a_session_default_legacy').value, 'deleted');
    assert.equal(response.header('x-fallback-cookies'), '[]');
    for (const { caller } of [person, other]) unauthorized(await caller.get('/v1/account'));
    await sign_in(guest, person);
  });

  test('all of them by JWT clears no cookie', async () => {
    const person = await somebody(server);
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    const response = await guest.as({ jwt }).delete('/v1/account/sessions');
    accepted(response, 204);
    assert.deepEqual(response.set_cookies, []);
    unauthorized(await person.caller.get('/v1/account'));
    unauthorized(await guest.as({ jwt }).get('/v1/account'));
  });
});

describe('the client of a session', () => {
  const agents = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.77 Safari/537.36',
      { osCode: 'WIN', osName: 'Windows', osVersion: '10', clientType: 'browser', clientCode: 'CH', clientName: 'Chrome', clientVersion: '70.0', clientEngine: 'Blink', deviceName: 'desktop', deviceBrand: '', deviceModel: '' }],
    ['Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36',
      { osCode: 'AND', osName: 'Android', osVersion: '13', clientType: 'browser', clientCode: 'CM', clientName: 'Chrome Mobile', clientEngine: 'Blink' }],
    ['AppwriteCLI/6.2.1 (Linux; x64)', { clientType: 'desktop', clientCode: 'cli', clientName: 'Appwrite CLI' }],
    ['something nobody knows', { osCode: '', osName: '', clientType: '', clientCode: '', clientName: '', deviceName: '' }],
    ['', { osCode: '', clientType: '', clientCode: '' }],
  ];

  test('is read from the user agent', async () => {
    const person = await sign_up(guest);
    for (const [agent, expected] of agents) {
      const { session } = await sign_in(guest.as({ agent }), person);
      const seen = Object.fromEntries(Object.keys(expected).map((field) => [field, session[field]]));
      assert.deepEqual(seen, expected, agent);
    }
  });

  test('knows current browsers', async () => {
    const person = await sign_up(guest);
    const name = async (agent) => {
      const { session } = await sign_in(guest.as({ agent }), person);
      return [session.clientCode, session.osCode];
    };
    assert.deepEqual(await name('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'), ['FF', 'LIN']);
    assert.deepEqual(await name('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15'), ['SF', 'MAC']);
    assert.deepEqual(await name('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'), ['MF', 'IOS']);
    assert.deepEqual(await name('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0'), ['PS', 'WIN']);
  });

  test('may be forwarded by keys only', async () => {
    const person = await sign_up(guest);
    const headers = { 'x-forwarded-user-agent': agents[0][0], 'user-agent': 'node' };
    assert.equal((await sign_in(guest, person, { headers })).session.clientCode, '');
    assert.equal((await sign_in(guest.as({ key: server.default_key }), person, { headers })).session.clientCode, 'CH');
  });
});

describe('the client address', () => {
  const seen_from = async (lines) => (await sign_in(guest, await sign_up(guest), { headers: lines })).session.ip;

  test('comes from trusted proxies, right to left', async () => {
    assert.equal(await seen_from({ 'x-forwarded-for': '203.0.113.9' }), '203.0.113.9');
    assert.equal(await seen_from({ 'x-forwarded-for': '198.51.100.7, 203.0.113.9' }), '203.0.113.9');
    assert.equal(await seen_from({ 'x-forwarded-for': '198.51.100.7, 203.0.113.9, 192.0.2.55' }), '203.0.113.9');
    assert.equal(await seen_from({ 'x-forwarded-for': '2001:db8::7' }), '2001:db8::7');
    assert.equal(await seen_from({}), '127.0.0.1');
  });

  test('is the socket for everybody else', async () => {
    const plain = await Server.start();
    try {
      const caller = new Caller(plain);
      const person = await sign_up(caller);
      assert.equal((await sign_in(caller, person, { headers: { 'x-forwarded-for': '203.0.113.9' } })).session.ip, '127.0.0.1');
      const { response } = await sign_in(caller, person, { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' } });
      assert.ok(!('secure' in response.cookie('a_session_default').attributes));
      assert.ok(!('domain' in response.cookie('a_session_default').attributes));
    } finally {
      await plain.stop();
    }
  });
});

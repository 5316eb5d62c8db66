import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, is_session, is_user, sign_in, sign_up, somebody, somebody_anonymous } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
});
after(() => server.stop());

const unauthorized = (response) => refused(response, 401, 'general_unauthorized_scope');
const session_count = async (caller) => accepted(await caller.get('/v1/account/sessions')).total;

test('an endpoint of the signed-in user refuses guests', async () => {
  const calls = [
    ['GET', ''], ['DELETE', ''], ['GET', '/prefs'], ['PATCH', '/prefs'], ['PATCH', '/name'], ['PATCH', '/email'], ['PATCH', '/password'],
    ['PATCH', '/phone'], ['PATCH', '/status'], ['GET', '/sessions'], ['DELETE', '/sessions'], ['GET', '/sessions/current'],
    ['PATCH', '/sessions/current'], ['DELETE', '/sessions/current'], ['POST', '/jwts'], ['POST', '/jwt'],
  ];
  for (const [method, path] of calls) unauthorized(await guest.send(method, `/v1/account${path}`));
});

test('a session is read from the cookie, the legacy cookie, the session header and the fallback header', async () => {
  const { text, id } = await somebody(server);
  const ways = [
    guest.as({ cookie: text }),
    guest.as({ headers: { cookie: `a_session_default_legacy=${encodeURIComponent(text)}` } }),
    guest.as({ headers: { cookie: `a_session_default=${text}` } }),
    guest.as({ headers: { cookie: `first=1; a_session_default=${encodeURIComponent(text)}; last=2` } }),
    guest.as({ session: text }),
    guest.as({ fallback: text }),
  ];
  for (const caller of ways) assert.equal(accepted(await caller.get('/v1/account')).$id, id);
});

test('a session that is no session makes a guest, not an error', async () => {
  const { text, id } = await somebody(server);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64');
  const { secret } = JSON.parse(Buffer.from(text, 'base64').toString());
  const bad = [
    `${text}xx`, text.slice(0, -8), 'junk', '%%%', '', encode({ id, secret: 'f'.repeat(256) }), encode({ id: 'nobody', secret }),
    encode({ id, secret: secret.slice(0, 64) }), encode({ id, secret: secret.toUpperCase() }), encode({ id, secret: '' }), encode({ id: '', secret }), encode({ id }),
    encode([]), encode(null), Buffer.from('{').toString('base64'), encode({ id, secret: `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}` }),
    'A'.repeat(4000),
  ];
  for (const session of bad) {
    unauthorized(await guest.as({ session }).get('/v1/account'));
    unauthorized(await guest.as({ cookie: session }).get('/v1/account'));
    unauthorized(await guest.as({ fallback: session }).get('/v1/account'));
  }
  for (const text of ['', '{', '[]', '"x"', '{"a_session_default":7}', '{"a_session_default":null}', '{"a_session_other":"x"}']) {
    unauthorized(await guest.get('/v1/account', { headers: { 'x-fallback-cookies': text } }));
  }
});

test('the first live session of a request counts, wherever it stands', async () => {
  const first = await somebody(server);
  const second = await somebody(server);
  assert.equal(accepted(await guest.as({ cookie: first.text, session: second.text }).get('/v1/account')).$id, first.id);
  assert.equal(accepted(await guest.as({ session: first.text, fallback: second.text }).get('/v1/account')).$id, first.id);
  assert.equal(accepted(await guest.as({ cookie: 'junk', session: second.text }).get('/v1/account')).$id, second.id);
  assert.equal(accepted(await guest.as({ session: 'junk', fallback: second.text }).get('/v1/account')).$id, second.id);
  const dead = Buffer.from(JSON.stringify({ id: first.id, secret: '0'.repeat(256) })).toString('base64');
  assert.equal(accepted(await guest.as({ cookie: dead, session: second.text }).get('/v1/account')).$id, second.id);
  unauthorized(await guest.as({ cookie: dead }).get('/v1/account'));
});

test('the account is the user, without anything of the password', async () => {
  const { caller, id, email } = await somebody(server, { name: 'Grace' });
  const response = await caller.get('/v1/account');
  const user = accepted(response);
  is_user(user);
  assert.equal(user.$id, id);
  assert.equal(user.email, email);
  assert.equal(user.name, 'Grace');
  assert.equal(user.targets[0].identifier, email);
  for (const word of ['argon2', 'hash', '"password"', 'secret']) assert.ok(!response.text.includes(word), word);
});

test('HEAD answers like GET without a body', async () => {
  const { caller } = await somebody(server);
  const get = await caller.get('/v1/account');
  const head = await caller.send('HEAD', '/v1/account');
  assert.equal(head.status, 200);
  assert.equal(head.bytes.length, 0);
  assert.equal(head.header('content-type'), get.header('content-type'));
  assert.equal((await guest.send('HEAD', '/v1/account')).status, 401);
});

describe('deleting the account', () => {
  test('ends its sessions and JWTs and frees the e-mail and the id, and leaves cookies alone', async () => {
    const { caller, email, password, id } = await somebody(server, { userId: `gone-${process.pid}` });
    const { jwt } = accepted(await caller.post('/v1/account/jwts'), 201);
    const response = await caller.delete('/v1/account');
    accepted(response, 204);
    assert.deepEqual(response.set_cookies, []);
    unauthorized(await caller.get('/v1/account'));
    unauthorized(await guest.as({ jwt }).get('/v1/account'));
    refused(await guest.post('/v1/account/sessions/email', { email, password }), 401, 'user_invalid_credentials');
    const again = await sign_up(guest, { email, userId: id });
    await sign_in(guest, again);
    unauthorized(await caller.get('/v1/account'));
  });

  test('works by JWT', async () => {
    const { caller } = await somebody(server);
    const { jwt } = accepted(await caller.post('/v1/account/jwts'), 201);
    accepted(await guest.as({ jwt }).delete('/v1/account'), 204);
    unauthorized(await caller.get('/v1/account'));
  });
});

describe('preferences', () => {
  test('are an empty object at first and replaced as a whole', async () => {
    const { caller } = await somebody(server);
    assert.equal((await caller.get('/v1/account/prefs')).text, '{}');
    const prefs = { theme: 'dark', size: 3, ratio: 1.5, on: true, none: null, list: [1, 'two', { three: 3 }], deep: { er: { text: 'ü/\\"\n\u{1F600}' } } };
    const user = accepted(await caller.patch('/v1/account/prefs', { prefs }));
    is_user(user);
    assert.deepEqual(user.prefs, prefs);
    assert.deepEqual(accepted(await caller.get('/v1/account/prefs')), prefs);
    accepted(await caller.patch('/v1/account/prefs', { prefs: { only: 'this' } }));
    assert.deepEqual(accepted(await caller.get('/v1/account/prefs')), { only: 'this' });
    assert.deepEqual(accepted(await caller.get('/v1/account')).prefs, { only: 'this' });
  });

  test('can be emptied by an empty object or an empty list', async () => {
    const { caller } = await somebody(server);
    for (const prefs of [{}, []]) {
      accepted(await caller.patch('/v1/account/prefs', { prefs: { a: 1 } }));
      accepted(await caller.patch('/v1/account/prefs', { prefs }));
      assert.equal((await caller.get('/v1/account/prefs')).text, '{}');
    }
  });

  test('must be an object of at most 65535 bytes as JSON', async () => {
    const { caller } = await somebody(server);
    const bad = ['{}', '[]', '{"a":1}', '', 'x'.repeat(100_000), 7, true, ['a'], { 0: 'a', 1: 'b' }, { text: 'x'.repeat(65_525) },
      { text: 'ü'.repeat(11_000) }, { text: '/'.repeat(33_000) }];
    for (const prefs of bad) refused(await caller.patch('/v1/account/prefs', { prefs }), 400, 'general_argument_invalid', 'prefs');
    refused(await caller.patch('/v1/account/prefs', {}), 400, 'general_argument_invalid', 'prefs');
    accepted(await caller.patch('/v1/account/prefs', { prefs: { text: 'x'.repeat(65_524) } }));  // {"text":"…"} is 65535 bytes
    assert.equal(accepted(await caller.get('/v1/account/prefs')).text.length, 65_524);
  });

  test('answer with escaped slashes and raw unicode', async () => {
    const { caller } = await somebody(server);
    const response = await caller.patch('/v1/account/prefs', { prefs: { path: 'a/b/ü' } });
    assert.ok(response.text.includes('"path":"a\\/b\\/ü"'), response.text);
  });

  test('refuse a timestamp header that is no date', async () => {
    const { caller } = await somebody(server);
    const bad = { headers: { 'x-appwrite-timestamp': 'yesterday-ish' } };
    const good = { headers: { 'x-appwrite-timestamp': '2026-01-02T03:04:05.678+00:00' } };
    refused(await caller.patch('/v1/account/prefs', { prefs: { a: 1 } }, bad), 400, 'general_argument_invalid');
    refused(await caller.patch('/v1/account/email', { email: fresh_email(), password: good_password }, bad), 400, 'general_argument_invalid');
    refused(await caller.delete('/v1/account/sessions/current', undefined, bad), 400, 'general_argument_invalid');
    accepted(await caller.patch('/v1/account/prefs', { prefs: { a: 1 } }, good));
  });
});

test('the name has 1 to 128 characters', async () => {
  const { caller } = await somebody(server);
  const renamed = accepted(await caller.patch('/v1/account/name', { name: 'Łukasz \u{1F984}' }));
  is_user(renamed);
  assert.equal(renamed.name, 'Łukasz \u{1F984}');
  assert.equal(accepted(await caller.get('/v1/account')).name, 'Łukasz \u{1F984}');
  for (const name of ['', 'n'.repeat(130), 5, null]) refused(await caller.patch('/v1/account/name', { name }), 400, 'general_argument_invalid', 'name');
  refused(await caller.patch('/v1/account/name', {}), 400, 'general_argument_invalid', 'name');
  assert.equal(accepted(await caller.patch('/v1/account/name', { name: 'ü'.repeat(128) })).name.length, 128);
});

describe('changing the e-mail', () => {
  test('moves sign-in and the target to it, keeps sessions and frees the old one', async () => {
    const person = await somebody(server);
    const email = fresh_email('moved');
    const user = accepted(await person.caller.patch('/v1/account/email', { email: email.toUpperCase(), password: person.password }));
    is_user(user);
    assert.equal(user.email, email);
    assert.equal(user.emailVerification, false);
    assert.equal(user.emailCanonical, email);
    assert.equal(user.targets.length, 1);
    assert.equal(user.targets[0].identifier, email);
    assert.equal(user.targets[0].$id, person.user.targets[0].$id);
    assert.equal(await session_count(person.caller), 1);
    await sign_in(guest, { email, password: person.password });
    refused(await guest.post('/v1/account/sessions/email', { email: person.email, password: person.password }), 401, 'user_invalid_credentials');
    await sign_up(guest, { email: person.email });
  });

  test('asks for the password', async () => {
    const { caller, password } = await somebody(server);
    refused(await caller.patch('/v1/account/email', { email: fresh_email(), password: 'wrong password' }), 401, 'user_invalid_credentials');
    refused(await caller.patch('/v1/account/email', { email: fresh_email() }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/email', { email: fresh_email(), password: '' }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/email', { email: fresh_email(), password: 'short' }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/email', { email: 'nonsense', password }), 400, 'general_argument_invalid', 'email');
    refused(await caller.patch('/v1/account/email', { password }), 400, 'general_argument_invalid', 'email');
  });

  test('refuses an e-mail in use, also the own one', async () => {
    const person = await somebody(server);
    const other = await sign_up(guest);
    refused(await person.caller.patch('/v1/account/email', { email: other.email, password: person.password }), 409, 'user_target_already_exists');
    refused(await person.caller.patch('/v1/account/email', { email: person.email, password: person.password }), 409, 'user_target_already_exists');
    refused(await person.caller.patch('/v1/account/email', { email: other.email, password: 'wrong password' }), 401, 'user_invalid_credentials');
  });
});

describe('an anonymous user', () => {
  test('converts by e-mail and password', async () => {
    const { caller, id } = await somebody_anonymous(server);
    const email = fresh_email('converted');
    const user = accepted(await caller.patch('/v1/account/email', { email, password: good_password }));
    is_user(user);
    assert.equal(user.$id, id);
    assert.equal(user.email, email);
    assert.notEqual(user.passwordUpdate, '');
    assert.deepEqual(user.targets, []);
    assert.equal((await sign_in(guest, { email, password: good_password })).session.userId, id);
    assert.equal(accepted(await caller.get('/v1/account')).$id, id);
    refused(await caller.patch('/v1/account/password', { password: 'another password' }), 401, 'user_invalid_credentials');
  });

  test('cannot take an e-mail in use', async () => {
    const taken = await sign_up(guest);
    const { caller } = await somebody_anonymous(server);
    refused(await caller.patch('/v1/account/email', { email: taken.email, password: '' }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/email', { email: taken.email, password: good_password }), 409, 'user_target_already_exists');
    const converted = await somebody_anonymous(server);
    const email = fresh_email('no-target');
    accepted(await converted.caller.patch('/v1/account/email', { email, password: good_password }));
    refused(await caller.patch('/v1/account/email', { email, password: good_password }), 400, 'general_bad_request');
    refused(await guest.post('/v1/account', { userId: 'unique()', email, password: good_password }), 409, 'user_already_exists');
  });

  test('sets a first password without an old one', async () => {
    const { caller } = await somebody_anonymous(server);
    refused(await caller.patch('/v1/account/password', {}), 400, 'general_argument_invalid', 'password');
    const user = accepted(await caller.patch('/v1/account/password', { password: good_password }));
    assert.notEqual(user.passwordUpdate, '');
    refused(await caller.patch('/v1/account/password', { password: 'another password' }), 401, 'user_invalid_credentials');
  });

  test('meets the password policies with the first password, whichever endpoint sets it', async () => {
    const project = await server.create_project('first-passwords', { 'passwordStrength.number': true, passwordDictionary: true, personalDataCheck: true });
    const there = new Caller(server, { project });
    const response = await there.post('/v1/account/sessions/anonymous');
    accepted(response, 201);
    const caller = there.as({ cookie: response.session_text(project) });
    const email = fresh_email('policies');
    for (const password of ['no digits here', 'password1']) {
      refused(await caller.patch('/v1/account/email', { email, password }), 400, 'general_argument_invalid', 'password');
      refused(await caller.patch('/v1/account/phone', { phone: '+14155550100', password }), 400, 'general_argument_invalid', 'password');
    }
    refused(await caller.patch('/v1/account/email', { email, password: `1${email}` }), 400, 'password_personal_data');
    accepted(await caller.patch('/v1/account/email', { email, password: 'good enough 4 us' }));
  });
});

describe('changing the password', () => {
  test('ends all other sessions and keeps this one', async () => {
    const person = await somebody(server);
    const others = [await sign_in(guest, person), await sign_in(guest, person)];
    const { jwt } = accepted(await others[0].caller.post('/v1/account/jwts'), 201);
    const user = accepted(await person.caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: person.password }));
    is_user(user);
    assert.ok(user.passwordUpdate >= person.user.passwordUpdate);
    const left = accepted(await person.caller.get('/v1/account/sessions'));
    assert.equal(left.total, 1);
    assert.equal(left.sessions[0].$id, person.session.$id);
    assert.equal(left.sessions[0].current, true);
    for (const other of others) unauthorized(await other.caller.get('/v1/account'));
    unauthorized(await guest.as({ jwt }).get('/v1/account'));
    refused(await guest.post('/v1/account/sessions/email', { email: person.email, password: person.password }), 401, 'user_invalid_credentials');
    await sign_in(guest, { email: person.email, password: 'new password 1' });
  });

  test('keeps every session where invalidation is off', async () => {
    const project = await server.create_project('keeps-sessions', { invalidateSessions: false });
    const person = await somebody(new Caller(server, { project }));
    const other = await sign_in(person.guest, person);
    accepted(await person.caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: person.password }));
    assert.equal(await session_count(other.caller), 2);
  });

  test('by JWT ends every session', async () => {
    const person = await somebody(server);
    const other = await sign_in(guest, person);
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    accepted(await guest.as({ jwt }).patch('/v1/account/password', { password: 'new password 1', oldPassword: person.password }));
    for (const dead of [person.caller, other.caller, guest.as({ jwt })]) refused(await dead.get('/v1/account'), 401, 'general_unauthorized_scope');
  });

  test('asks for the old password', async () => {
    const { caller, password } = await somebody(server);
    refused(await caller.patch('/v1/account/password', { password: 'new password 1' }), 401, 'user_invalid_credentials');
    refused(await caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: '' }), 401, 'user_invalid_credentials');
    refused(await caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: 'wrong password' }), 401, 'user_invalid_credentials');
    refused(await caller.patch('/v1/account/password', { oldPassword: password }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/password', { password: 'short', oldPassword: password }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/password', { password: 'p'.repeat(257), oldPassword: password }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: 'o'.repeat(257) }), 400, 'general_argument_invalid', 'oldPassword');
  });

  test('to the same one is fine while history is off', async () => {
    const { caller, password } = await somebody(server);
    accepted(await caller.patch('/v1/account/password', { password, oldPassword: password }));
    accepted(await caller.patch('/v1/account/password', { password, oldPassword: password }));
  });

  test('refuses the last passwords where the project keeps a history', async () => {
    const project = await server.create_project('history', { passwordHistory: 2 });
    const { caller, password } = await somebody(new Caller(server, { project }));
    const change = (oldPassword, next) => caller.patch('/v1/account/password', { password: next, oldPassword });
    refused(await change(password, password), 400, 'password_recently_used');
    accepted(await change(password, 'second password'));
    refused(await change('second password', password), 400, 'password_recently_used');
    accepted(await change('second password', 'third password'));
    refused(await change('third password', 'second password'), 400, 'password_recently_used');
    accepted(await change('third password', password));  // two newer ones pushed it out
  });

  test('counts the current password when history is turned on later', async () => {
    const project = await server.create_project('late-history');
    const { caller, password } = await somebody(new Caller(server, { project }));
    await server.set(project, { passwordHistory: 3 });
    refused(await caller.patch('/v1/account/password', { password, oldPassword: password }), 400, 'password_recently_used');
    accepted(await caller.patch('/v1/account/password', { password: 'quite another one', oldPassword: password }));
  });

  test('meets strength, dictionary and personal data', async () => {
    const project = await server.create_project('policies', { passwordDictionary: true, personalDataCheck: true, 'passwordStrength.min': 9 });
    const person = await somebody(new Caller(server, { project }), { name: 'Ada Byron' });
    const change = (password) => person.caller.patch('/v1/account/password', { password, oldPassword: person.password });
    refused(await change('12345678'), 400, 'general_argument_invalid', 'password');
    refused(await change('123456789'), 400, 'general_argument_invalid', 'password');
    for (const part of [person.id, person.email, person.email.split('@')[0], 'ADA BYRON']) refused(await change(`--${part}--`), 400, 'password_personal_data');
    accepted(await person.caller.patch('/v1/account/phone', { phone: '+14155550123', password: person.password }));
    refused(await change('my 14155550123'), 400, 'password_personal_data');
    refused(await change('my +14155550123'), 400, 'password_personal_data');
    accepted(await change('something else'));
  });

  test('checks the old password before the history and the personal data', async () => {
    const project = await server.create_project('order', { passwordHistory: 2, personalDataCheck: true });
    const person = await somebody(new Caller(server, { project }));
    refused(await person.caller.patch('/v1/account/password', { password: person.password, oldPassword: 'wrong password' }), 401, 'user_invalid_credentials');
  });
});

describe('changing the phone number', () => {
  const phone_number = () => `+1415${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;

  test('stores an unverified number and no target', async () => {
    const { caller, password } = await somebody(server);
    const phone = phone_number();
    const user = accepted(await caller.patch('/v1/account/phone', { phone, password }));
    is_user(user);
    assert.equal(user.phone, phone);
    assert.equal(user.phoneVerification, false);
    assert.equal(user.targets.length, 1);
    const next = accepted(await caller.patch('/v1/account/phone', { phone: '+1415555', password }));
    assert.equal(next.phone, '+1415555');
  });

  test('refuses what is no number, and a wrong password', async () => {
    const { caller, password } = await somebody(server);
    for (const phone of ['', '123', '+8020000000', '+141555', '4155550100', '+0155550100', `+1${'5'.repeat(15)}`, '+1415555x100', null, 14155550100]) {
      refused(await caller.patch('/v1/account/phone', { phone, password }), 400, 'general_argument_invalid', 'phone');
    }
    refused(await caller.patch('/v1/account/phone', { phone: phone_number() }), 400, 'general_argument_invalid', 'password');
    refused(await caller.patch('/v1/account/phone', { phone: phone_number(), password: 'wrong password' }), 401, 'user_invalid_credentials');
  });

  test('refuses the number of somebody else', async () => {
    const first = await somebody(server);
    const second = await somebody(server);
    const phone = phone_number();
    accepted(await first.caller.patch('/v1/account/phone', { phone, password: first.password }));
    refused(await second.caller.patch('/v1/account/phone', { phone, password: second.password }), 409, 'user_phone_already_exists');
    accepted(await first.caller.delete('/v1/account'), 204);
    accepted(await second.caller.patch('/v1/account/phone', { phone, password: second.password }));
  });

  test('sets the first password of an anonymous user', async () => {
    const { caller } = await somebody_anonymous(server);
    const user = accepted(await caller.patch('/v1/account/phone', { phone: phone_number(), password: good_password }));
    assert.notEqual(user.passwordUpdate, '');
    refused(await caller.patch('/v1/account/phone', { phone: phone_number(), password: 'wrong password' }), 401, 'user_invalid_credentials');
    accepted(await caller.patch('/v1/account/email', { email: fresh_email(), password: good_password }));
  });
});

describe('blocking the own account', () => {
  test('clears the cookies and refuses everything after', async () => {
    const person = await somebody(server);
    const other = await sign_in(guest, person);
    const { jwt } = accepted(await person.caller.post('/v1/account/jwts'), 201);
    const response = await person.caller.patch('/v1/account/status', { status: true });
    const user = accepted(response);
    is_user(user);
    assert.equal(user.status, false);
    for (const name of ['a_session_default', 'a_session_default_legacy']) {
      const cookie = response.cookie(name);
      assert.equal(cookie.value, 'deleted');
      assert.ok(new Date(cookie.attributes.expires) < new Date());
      assert.equal(cookie.attributes.path, '/');
    }
    assert.equal(response.header('x-fallback-cookies'), '[]');
    for (const caller of [person.caller, other.caller, guest.as({ jwt })]) {
      for (const [method, path] of [['GET', ''], ['GET', '/sessions'], ['PATCH', '/name'], ['DELETE', '/sessions'], ['DELETE', '/sessions/current'], ['DELETE', '']]) {
        refused(await caller.send(method, `/v1/account${path}`), 403, 'user_blocked');
      }
    }
    refused(await guest.post('/v1/account/sessions/email', { email: person.email, password: person.password }), 403, 'user_blocked');
    refused(await guest.post('/v1/account/sessions/email', { email: person.email, password: 'wrong password' }), 401, 'user_invalid_credentials');
  });
});

test('old response formats leave out what they do not know', async () => {
  const { caller } = await somebody(server);
  const as_of = async (path, format) => accepted(await caller.get(path, { headers: { 'x-appwrite-response-format': format } }));
  const now = await as_of('/v1/account', '1.9.6');
  const before_impersonation = await as_of('/v1/account', '1.8.0');
  assert.ok('impersonator' in now && !('impersonator' in before_impersonation) && !('impersonatorUserId' in before_impersonation));
  assert.ok('targets' in before_impersonation && 'mfa' in before_impersonation);
  const oldest = await as_of('/v1/account', '1.4.0');
  assert.ok(!('targets' in oldest) && !('mfa' in oldest) && !('impersonator' in oldest));
  const session = await as_of('/v1/account/sessions/current', '1.4.0');
  assert.ok(!('factors' in session) && !('secret' in session));
  is_session(await as_of('/v1/account/sessions/current', '1.5.0'));
});

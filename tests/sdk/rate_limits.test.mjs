import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, sign_up, somebody } from './support/people.mjs';
import { Server, sleep, until } from './support/server.mjs';

const options = { rate_limits: 'on', args: ['--trusted-proxies', '127.0.0.1/32'] };
let server;
let guest;
let subnet = 0;

/** Every caller its own network, so that tests do not share limits by address. */
const somewhere = () => `10.${Math.floor(++subnet / 200)}.${subnet % 200}.7`;
const stranger = () => guest.as({ ip: somewhere() });

/** Windows begin at whole hours and minutes: a test that would straddle one waits for the next. */
async function clear_of_the_end_of(seconds, needed) {
  const left = seconds - ((Date.now() / 1000) % seconds);
  if (left < needed) await sleep(left * 1000 + 50);
}

before(async () => {
  await clear_of_the_end_of(3600, 60);
  server = await Server.start(options);
  guest = new Caller(server);
});
after(() => server.stop());

const limited = (response) => {
  refused(response, 429, 'general_rate_limit_exceeded');
  return response;
};
const numbers = (response) => ['limit', 'remaining', 'reset'].map((name) => Number(response.header(`x-ratelimit-${name}`)));
const fresh = () => ({ userId: 'unique()', email: fresh_email(), password: good_password });
const privileged = () => guest.as({ key: server.default_key });
/** A user made with the key, so that no limit is touched. */
const someone = (project = 'default', key = server.default_key) => sign_up(guest.as({ project, key }));
const try_sign_in = (caller, person, password = 'wrong password') => caller.post('/v1/account/sessions/email', { email: person.email, password });

test('sign-up allows 10 an hour and address, counting invalid ones', async () => {
  const caller = stranger();
  const end_of_hour = Math.floor(Date.now() / 3_600_000) * 3600 + 3600;
  for (let i = 0; i < 10; i++) {
    const response = i % 2 ? await caller.post('/v1/account', {}) : await caller.post('/v1/account', fresh());
    assert.equal(response.status, i % 2 ? 400 : 201);
    assert.deepEqual(numbers(response), [10, 9 - i, end_of_hour]);
  }
  assert.deepEqual(numbers(limited(await caller.post('/v1/account', fresh()))), [10, 0, end_of_hour]);
  limited(await caller.post('/v1/account', {}));
  accepted(await stranger().post('/v1/account', fresh()), 201);
  accepted(await caller.as({ key: server.default_key }).post('/v1/account', fresh()), 201);
});

test('IPv6 addresses count by their /64', async () => {
  for (let i = 0; i < 10; i++) await guest.as({ ip: `2001:db8:1:2::${i + 1}` }).post('/v1/account', {});
  limited(await guest.as({ ip: '2001:db8:1:2:ffff::9' }).post('/v1/account', {}));
  refused(await guest.as({ ip: '2001:db8:1:3::1' }).post('/v1/account', {}), 400, 'general_argument_invalid');
});

describe('sign-in', () => {
  test('allows 10 failures for an e-mail, from wherever, then not even the right password', async () => {
    const person = await someone();
    for (let i = 0; i < 10; i++) {
      const response = await try_sign_in(stranger(), i % 2 ? person : { email: person.email.toUpperCase() });
      refused(response, 401, 'user_invalid_credentials');
      assert.equal(numbers(response)[1], 9 - i);
    }
    limited(await try_sign_in(stranger(), person));
    limited(await try_sign_in(stranger(), person, person.password));
    limited(await stranger().post('/v1/account/sessions', { email: person.email, password: person.password }));
    accepted(await try_sign_in(stranger(), await someone(), good_password), 201);
    accepted(await try_sign_in(privileged(), person, person.password), 201);
  });

  test('starts anew after a success', async () => {
    const person = await someone();
    for (let i = 0; i < 20; i++) accepted(await try_sign_in(stranger(), person, person.password), 201);
    for (let i = 0; i < 9; i++) refused(await try_sign_in(stranger(), person), 401, 'user_invalid_credentials');
    accepted(await try_sign_in(stranger(), person, person.password), 201);
    for (let i = 0; i < 10; i++) refused(await try_sign_in(stranger(), person), 401, 'user_invalid_credentials');
    limited(await try_sign_in(stranger(), person, person.password));
  });

  test('from one place allows 20 successes in a row, then 10 failures, then nothing', async () => {
    const person = await someone();
    const caller = stranger();
    for (let i = 0; i < 20; i++) accepted(await try_sign_in(caller, person, person.password), 201);
    for (let i = 0; i < 10; i++) refused(await try_sign_in(caller, person), 401, 'user_invalid_credentials');
    limited(await try_sign_in(caller, person));
    limited(await try_sign_in(caller, person, person.password));
  });

  test('keeps a share for a network where the user is signed in, so that strangers lock nobody out', async () => {
    const person = await someone();
    const home = stranger();
    accepted(await try_sign_in(home, person, person.password), 201);
    for (let i = 0; i < 10; i++) refused(await try_sign_in(stranger(), person), 401, 'user_invalid_credentials');
    limited(await try_sign_in(stranger(), person, person.password));
    accepted(await try_sign_in(home, person, person.password), 201);
  });

  test('allows 100 failures an hour and network over all e-mails', async () => {
    const caller = stranger();
    for (let i = 0; i < 100; i++) refused(await try_sign_in(caller, { email: fresh_email() }), 401, 'user_invalid_credentials');
    const person = await someone();
    limited(await try_sign_in(caller, person, person.password));
    accepted(await try_sign_in(stranger(), person, person.password), 201);
  });

  test('counts an e-mail in each project on its own', async () => {
    const person = await someone();
    const project = await server.create_project('counted-apart');
    const { secret } = await server.create_key(project);
    await sign_up(guest.as({ project, key: secret }), { email: person.email });
    for (let i = 0; i < 11; i++) await try_sign_in(stranger(), person);
    limited(await try_sign_in(stranger(), person));
    accepted(await try_sign_in(stranger().as({ project }), person, person.password), 201);
  });
});

test('the secrets of a user\'s tokens allow 100 failures an hour from all networks together', async () => {
  const [victim, other] = [await someone(), await someone()];
  const token_of = async (id) => accepted(await privileged().post(`/v1/users/${id}/tokens`, { length: 4 }), 201).secret;
  const redeem = (userId, secret) => stranger().post('/v1/account/sessions/token', { userId, secret });
  for (let i = 0; i < 100; i++) refused(await redeem(victim.id, 'wrong'), 401, 'user_invalid_token');
  limited(await redeem(victim.id, await token_of(victim.id)));
  accepted(await redeem(other.id, await token_of(other.id)), 201);
});

test('anonymous sign-in allows 50 an hour and address', async () => {
  const caller = stranger();
  for (let i = 0; i < 50; i++) {
    const response = await caller.post('/v1/account/sessions/anonymous');
    accepted(response, 201);
    assert.deepEqual(numbers(response).slice(0, 2), [50, 49 - i]);
  }
  limited(await caller.post('/v1/account/sessions/anonymous'));
});

test('JWTs are limited to 120 a minute and user, by either path', async () => {
  const { caller } = await somebody(stranger(), { email: fresh_email() });
  await clear_of_the_end_of(60, 10);
  for (let i = 0; i < 120; i++) {
    const response = await caller.post(i % 2 ? '/v1/account/jwts' : '/v1/account/jwt');
    accepted(response, 201);
    assert.deepEqual(numbers(response).slice(0, 2), [120, 119 - i]);
  }
  assert.ok(numbers(limited(await caller.post('/v1/account/jwts')))[2] % 60 === 0);
  const other = await somebody(stranger());
  accepted(await other.caller.post('/v1/account/jwts'), 201);
});

test('changing the password allows 10 an hour and address', async () => {
  const person = await somebody(stranger());
  for (let i = 0; i < 10; i++) {
    const response = await person.caller.patch('/v1/account/password', {});
    refused(response, 400, 'general_argument_invalid');
    assert.deepEqual(numbers(response).slice(0, 2), [10, 9 - i]);
  }
  limited(await person.caller.patch('/v1/account/password', { password: 'new password 1', oldPassword: person.password }));
});

test('extending and deleting one session share their counter, not their limit', async () => {
  const person = await somebody(stranger());
  assert.deepEqual(numbers(await person.caller.delete('/v1/account/sessions/made-up')).slice(0, 2), [100, 99]);
  assert.deepEqual(numbers(await person.caller.patch('/v1/account/sessions/made-up')).slice(0, 2), [10, 8]);
  for (let i = 0; i < 8; i++) refused(await person.caller.delete('/v1/account/sessions/made-up'), 404, 'user_session_not_found');
  limited(await person.caller.patch('/v1/account/sessions/current'));
  accepted(await person.caller.delete('/v1/account/sessions/current'), 204);
});

test('deleting all sessions allows 100 an hour', async () => {
  const person = await somebody(stranger());
  assert.deepEqual(numbers(await person.caller.delete('/v1/account/sessions')).slice(0, 2), [100, 99]);
});

test('keys see the numbers and are never refused', async () => {
  const caller = privileged().as({ ip: somewhere() });
  for (let i = 0; i < 15; i++) assert.equal(numbers(await caller.post('/v1/account', fresh()))[0], 10);
  const person = await someone();
  for (let i = 0; i < 15; i++) refused(await try_sign_in(caller, person), 401, 'user_invalid_credentials');
  accepted(await try_sign_in(caller, person, person.password), 201);
});

test('the check of the limit comes before the method switch and the parameters', async () => {
  const project = await server.create_project('limit-order', { emailPassword: false });
  const caller = stranger().as({ project });
  for (let i = 0; i < 10; i++) refused(await caller.post('/v1/account', {}), 501, 'user_auth_method_unsupported');
  limited(await caller.post('/v1/account', {}));
});

test('an address named by nobody trusted changes nothing', async () => {
  const plain = await Server.start({ rate_limits: 'on' });
  try {
    const caller = new Caller(plain);
    for (let i = 0; i < 10; i++) await caller.as({ ip: somewhere() }).post('/v1/account', {});
    limited(await caller.as({ ip: somewhere() }).post('/v1/account', {}));
  } finally {
    await plain.stop();
  }
});

test('limits can be off for load tests, which the log says', async () => {
  const open = await Server.start({ rate_limits: 'off' });
  try {
    const caller = new Caller(open);
    for (let i = 0; i < 12; i++) {
      const response = await caller.post('/v1/account', fresh());
      accepted(response, 201);
      assert.equal(numbers(response)[0], 10);
    }
    await until(() => /rate.limits/i.test(open.log), 'the warning');
  } finally {
    await open.stop();
  }
});

test('what was exhausted stays so over a restart', async () => {
  const [first, second] = [await someone(), await someone()];
  for (let i = 0; i < 10; i++) await try_sign_in(stranger(), first);
  limited(await try_sign_in(stranger(), first));
  await server.restart();
  limited(await try_sign_in(stranger(), first, first.password));
  accepted(await try_sign_in(stranger(), second, second.password), 201);
});

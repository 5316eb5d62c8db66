import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, is_user, sign_in, sign_up, somebody } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
});
after(() => server.stop());

const details = (changes = {}) => ({ userId: 'unique()', email: fresh_email(), password: good_password, ...changes });

test('a new account is a whole user with an e-mail target and no session', async () => {
  const email = fresh_email();
  const response = await guest.post('/v1/account', details({ email, name: 'Ada Lovelace' }));
  const user = accepted(response, 201);
  is_user(user);
  assert.match(user.$id, /^[0-9a-f]{20}$/);
  assert.equal(user.email, email);
  assert.equal(user.name, 'Ada Lovelace');
  assert.equal(user.status, true);
  assert.equal(user.emailVerification, false);
  assert.equal(user.phoneVerification, false);
  assert.equal(user.phone, '');
  assert.equal(user.mfa, false);
  assert.deepEqual(user.labels, []);
  assert.deepEqual(user.prefs, {});
  assert.equal(user.emailCanonical, email);
  assert.deepEqual([user.emailIsFree, user.emailIsDisposable, user.emailIsCorporate, user.emailIsCanonical], [false, false, true, true]);
  assert.equal(user.registration, user.passwordUpdate);
  assert.equal(user.registration, user.accessedAt);
  assert.ok(Math.abs(Date.parse(user.registration) - Date.now()) < 60_000);
  assert.equal(user.targets.length, 1);
  const [target] = user.targets;
  assert.equal(target.identifier, email);
  assert.equal(target.providerType, 'email');
  assert.equal(target.expired, false);
  assert.equal(target.providerId, null);
  assert.deepEqual(response.set_cookies, []);
  assert.equal(response.header('x-fallback-cookies'), undefined);
});

test('the name may be left out, and a custom id is kept', async () => {
  const userId = fresh_id('Custom.Id_');
  const user = accepted(await guest.post('/v1/account', details({ userId })), 201);
  assert.equal(user.$id, userId);
  assert.equal(user.name, '');
});

test('an e-mail is stored in lower case and trimmed', async () => {
  const email = fresh_email('MiXed');
  const user = accepted(await guest.post('/v1/account', details({ email: ` ${email.toUpperCase()} ` })), 201);
  assert.equal(user.email, email.toLowerCase());
  assert.equal(user.targets[0].identifier, email.toLowerCase());
});

test('e-mails are classified', async () => {
  const local = fresh_id('first.last');
  const gmail = accepted(await guest.post('/v1/account', details({ email: `${local}+news@googlemail.com` })), 201);
  assert.equal(gmail.emailCanonical, `${local.replaceAll('.', '')}@gmail.com`);
  assert.equal(gmail.emailIsCanonical, false);
  assert.equal(gmail.emailIsFree, true);
  assert.equal(gmail.emailIsCorporate, false);
  const outlook = accepted(await guest.post('/v1/account', details({ email: `${local}+x@hotmail.com` })), 201);
  assert.equal(outlook.emailCanonical, `${local}@outlook.com`);
  const thrown_away = accepted(await guest.post('/v1/account', details({ email: `${local}@mailinator.com` })), 201);
  assert.equal(thrown_away.emailIsDisposable, true);
  assert.equal(thrown_away.emailIsFree, false);
  assert.equal(thrown_away.emailIsCorporate, false);
});

test('form bodies are read like JSON bodies', async () => {
  const email = fresh_email('form');
  const form = accepted(await guest.send('POST', '/v1/account', { form: details({ email, name: 'A & B + C' }) }), 201);
  assert.equal(form.email, email);
  assert.equal(form.name, 'A & B + C');
  const parts = details({ email: fresh_email('multipart') });
  const body = Object.entries(parts).map(([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('') + '--frontier--\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=frontier' };
  const multipart = accepted(await guest.send('POST', '/v1/account', { body, headers }), 201);
  assert.equal(multipart.email, parts.email);
});

test('a JSON content type may carry parameters and any case of characters', async () => {
  const email = fresh_email();
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const user = accepted(await guest.send('POST', '/v1/account', { body: JSON.stringify(details({ email, name: 'Zoë \u{1F512}' })), headers }), 201);
  assert.equal(user.name, 'Zoë \u{1F512}');
});

test('the query of a POST is not read', async () => {
  const query = new URLSearchParams(details()).toString();
  refused(await guest.post(`/v1/account?${query}`, {}), 400, 'general_argument_invalid', 'userId');
});

test('a body that is no JSON object counts as empty', async () => {
  for (const body of ['', '{', '"text"', '12', 'null', '[]', '{"userId":"unique()"', '\u0000', '[1,2]']) {
    const response = await guest.send('POST', '/v1/account', { body, headers: { 'content-type': 'application/json' } });
    refused(response, 400, 'general_argument_invalid', 'userId');
  }
});

test('unknown parameters are ignored', async () => {
  accepted(await guest.post('/v1/account', details({ admin: true, labels: ['admin'], status: false })), 201);
});

test('required parameters are named when they are missing, in the declared order', async () => {
  refused(await guest.post('/v1/account', {}), 400, 'general_argument_invalid', 'userId');
  refused(await guest.post('/v1/account'), 400, 'general_argument_invalid', 'userId');
  refused(await guest.post('/v1/account', { userId: 'unique()' }), 400, 'general_argument_invalid', 'email');
  refused(await guest.post('/v1/account', { userId: 'unique()', email: fresh_email() }), 400, 'general_argument_invalid', 'password');
  refused(await guest.post('/v1/account', { userId: '$', email: 'no', password: 'short', name: '' }), 400, 'general_argument_invalid', 'userId');
  refused(await guest.post('/v1/account', { userId: 'unique()', email: 'no', password: 'short', name: '' }), 400, 'general_argument_invalid', 'email');
  refused(await guest.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: 'short', name: '' }), 400, 'general_argument_invalid', 'password');
});

test('an id is 1 to 36 plain characters', async () => {
  for (const userId of ['', ' ', '_a', '.a', '-a', 'a$b', 'a b', 'ü', 'a'.repeat(37), 'a/b', null, 12, ['a'], {}]) {
    refused(await guest.post('/v1/account', details({ userId })), 400, 'general_argument_invalid', 'userId');
  }
  accepted(await guest.post('/v1/account', details({ userId: 'x'.repeat(36) })), 201);
});

test('an e-mail must be one', async () => {
  const bad = ['', 'plain', 'a@b@c.test', '@example.test', 'user@', 'user@localhost', 'user@-bad.test', 'user name@example.test',
    `${'l'.repeat(65)}@example.test`, 'ü@example.test', 'a..b@example.test', '.a@example.test', null, 7, ['a@example.test']];
  for (const email of bad) refused(await guest.post('/v1/account', details({ email })), 400, 'general_argument_invalid', 'email');
  accepted(await guest.post('/v1/account', details({ email: `${fresh_id('u')}@localhost.test` })), 201);
  accepted(await guest.post('/v1/account', details({ email: `${'l'.repeat(58)}${Math.random().toString(36).slice(2, 8)}@example.test` })), 201);
});

test('a password has 8 to 256 bytes', async () => {
  for (const password of ['', 'short', '1234567', 'p'.repeat(257), 'ü'.repeat(129), null, 12345678, ['12345678']]) {
    refused(await guest.post('/v1/account', details({ password })), 400, 'general_argument_invalid', 'password');
  }
  for (const password of ['12345678', 'p'.repeat(256), 'üüüü', '        ']) {
    const person = await sign_up(guest, { password });
    await sign_in(guest, person);
  }
});

test('a name has 1 to 128 characters', async () => {
  for (const name of ['', 'n'.repeat(129), 7, ['n']]) refused(await guest.post('/v1/account', details({ name })), 400, 'general_argument_invalid', 'name');
  accepted(await guest.post('/v1/account', details({ name: '\u{1F600}'.repeat(128) })), 201);
  accepted(await guest.post('/v1/account', details({ name: null })), 201);
});

test('an id or e-mail that is taken answers 409', async () => {
  const person = await sign_up(guest);
  refused(await guest.post('/v1/account', details({ email: person.email })), 409, 'user_already_exists');
  refused(await guest.post('/v1/account', details({ email: person.email.toUpperCase() })), 409, 'user_already_exists');
  refused(await guest.post('/v1/account', details({ userId: person.id })), 409, 'user_already_exists');
});

test('signing up while signed in makes another user and leaves the session alone', async () => {
  const { caller, id } = await somebody(server);
  const response = await caller.post('/v1/account', details());
  const other = accepted(response, 201);
  assert.notEqual(other.$id, id);
  assert.deepEqual(response.set_cookies, []);
  assert.equal(accepted(await caller.get('/v1/account')).$id, id);
});

test('a user limit refuses the next account', async () => {
  const project = await server.create_project('limited', { limit: 2 });
  const caller = guest.as({ project });
  accepted(await caller.post('/v1/account', details()), 201);
  accepted(await caller.post('/v1/account', details()), 201);
  refused(await caller.post('/v1/account', details()), 400, 'user_count_exceeded');
  refused(await caller.post('/v1/account/sessions/anonymous'), 400, 'user_count_exceeded');
  await server.set(project, { limit: 0 });
  accepted(await caller.post('/v1/account', details()), 201);
});

test('deleting a user makes room under the limit', async () => {
  const project = await server.create_project('limited-again', { limit: 1 });
  const { caller } = await somebody(guest.as({ project }));
  refused(await guest.as({ project }).post('/v1/account', details()), 400, 'user_count_exceeded');
  accepted(await caller.delete('/v1/account'), 204);
  accepted(await guest.as({ project }).post('/v1/account', details()), 201);
});

test('password strength is a project setting', async () => {
  const project = await server.create_project('strong', {
    'passwordStrength.min': 10, 'passwordStrength.uppercase': true, 'passwordStrength.lowercase': true,
    'passwordStrength.number': true, 'passwordStrength.symbols': true,
  });
  const caller = guest.as({ project });
  for (const password of ['Aa1€', 'aaaaaaaa1€', 'AAAAAAAA1€', 'Aaaaaaaaaa€', 'Aaaaaaaaa1', 'Aa1 aaaaaa']) {
    refused(await caller.post('/v1/account', details({ password })), 400, 'general_argument_invalid', 'password');
  }
  accepted(await caller.post('/v1/account', details({ password: 'Aaaaaa1€' })), 201);  // 10 bytes
});

test('common passwords are refused where the project says so, exactly as written', async () => {
  const project = await server.create_project('dictionary', { passwordDictionary: true });
  const caller = guest.as({ project });
  refused(await caller.post('/v1/account', details({ password: 'password' })), 400, 'general_argument_invalid', 'password');
  accepted(await caller.post('/v1/account', details({ password: 'Password' })), 201);
  accepted(await guest.post('/v1/account', details({ password: 'password' })), 201);
});

test('personal data in a password is refused where the project says so', async () => {
  const project = await server.create_project('personal', { personalDataCheck: true });
  const caller = guest.as({ project });
  const email = fresh_email('someone');
  const person = details({ userId: fresh_id('MyId'), email, name: 'Ada Byron' });
  for (const part of [person.userId, email, email.split('@')[0], 'ada byron', 'ADA BYRON']) {
    refused(await caller.post('/v1/account', { ...person, password: `12${part}34` }), 400, 'password_personal_data');
  }
  accepted(await caller.post('/v1/account', { ...person, password: 'Ada and Byron' }), 201);
});

test('a switched-off method answers 501 to clients and not to keys', async () => {
  const project = await server.create_project('no-passwords', { emailPassword: false });
  const { secret: key } = await server.create_key(project);
  const caller = guest.as({ project });
  refused(await caller.post('/v1/account', {}), 501, 'user_auth_method_unsupported');
  refused(await caller.post('/v1/account/sessions/email', {}), 501, 'user_auth_method_unsupported');
  const person = await sign_up(caller.as({ key }));
  await sign_in(caller.as({ key }), person);
});

test('projects do not share users', async () => {
  const project = await server.create_project('elsewhere');
  const person = await sign_up(guest);
  refused(await guest.as({ project }).post('/v1/account/sessions/email', { email: person.email, password: person.password }), 401, 'user_invalid_credentials');
  await sign_up(guest.as({ project }), { email: person.email, userId: person.id });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, sign_in, sign_up, somebody } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let guest;
before(async () => {
  // The usual cost of hashing, so that the requests meet.
  server = await Server.start({ cheap: false });
  guest = new Caller(server);
});
after(() => server.stop());

const all = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

test('30 sign-ins at once leave exactly the limit', async () => {
  const person = await sign_up(guest);
  const opened = await all(30, () => sign_in(guest, person));
  const alive = [];
  for (const each of opened) if ((await each.caller.get('/v1/account')).status === 200) alive.push(each);
  assert.equal(alive.length, 10);
  const listed = accepted(await alive[0].caller.get('/v1/account/sessions'));
  assert.equal(listed.total, 10);
  assert.deepEqual(listed.sessions.map(({ $id }) => $id).sort(), alive.map(({ session }) => session.$id).sort());
});

test('40 sign-ups of one e-mail leave one user', async () => {
  const email = fresh_email('contested');
  const answers = await all(40, (i) => guest.post('/v1/account', { userId: 'unique()', email: i % 2 ? email : email.toUpperCase(), password: `${good_password} ${i}` }));
  const winners = answers.flatMap((answer, i) => (answer.status === 201 ? [i] : []));
  assert.equal(winners.length, 1);
  for (const [i, answer] of answers.entries()) if (i !== winners[0]) refused(answer, 409, 'user_already_exists');
  const { session } = await sign_in(guest, { email, password: `${good_password} ${winners[0]}` });
  assert.equal(session.userId, answers[winners[0]].json.$id);
});

test('40 sign-ups of one id leave one user', async () => {
  const userId = fresh_id('contested');
  const answers = await all(40, () => guest.post('/v1/account', { userId, email: fresh_email(), password: good_password }));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 409).length, 39);
});

test('the user limit holds under a rush', async () => {
  const project = await server.create_project('rush', { limit: 7 });
  const caller = guest.as({ project });
  const answers = await all(30, (i) => (i % 3 ? caller.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password }) : caller.post('/v1/account/sessions/anonymous')));
  assert.equal(answers.filter(({ status }) => status === 201).length, 7);
  for (const answer of answers) if (answer.status !== 201) refused(answer, 400, 'user_count_exceeded');
});

test('two users who want one e-mail or phone number do not both get it', async () => {
  const people = await all(8, () => somebody(server));
  const email = fresh_email('wanted');
  const emails = await Promise.all(people.map(({ caller, password }) => caller.patch('/v1/account/email', { email, password })));
  assert.equal(emails.filter(({ status }) => status === 200).length, 1);
  for (const answer of emails) if (answer.status !== 200) refused(answer, 409, 'user_target_already_exists');
  const phones = await Promise.all(people.map(({ caller, password }) => caller.patch('/v1/account/phone', { phone: '+14155559999', password })));
  assert.equal(phones.filter(({ status }) => status === 200).length, 1);
  for (const answer of phones) if (answer.status !== 200) refused(answer, 409, 'user_phone_already_exists');
});

test('of many password changes from one old password one wins', async () => {
  const project = await server.create_project('password-race', { invalidateSessions: false });
  const person = await somebody(guest.as({ project }));
  const answers = await all(8, (i) => person.caller.patch('/v1/account/password', { password: `next password ${i}`, oldPassword: person.password }));
  const winners = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
  assert.equal(winners.length, 1, answers.map(({ status }) => status).join());
  for (const [i, answer] of answers.entries()) if (i !== winners[0]) refused(answer, 401, 'user_invalid_credentials');
  await sign_in(person.guest, { email: person.email, password: `next password ${winners[0]}` });
});

test('changes of one user at the same time do not undo each other', async () => {
  const { caller, password } = await somebody(server);
  const phone = '+14155551234';
  await Promise.all([
    caller.patch('/v1/account/name', { name: 'Both' }), caller.patch('/v1/account/prefs', { prefs: { both: true } }), caller.patch('/v1/account/phone', { phone, password }),
  ]).then((answers) => answers.forEach((answer) => accepted(answer)));
  const user = accepted(await caller.get('/v1/account'));
  assert.deepEqual([user.name, user.prefs, user.phone], ['Both', { both: true }, phone]);
});

test('sessions deleted and opened at once end in a whole state', async () => {
  const person = await somebody(server);
  await Promise.all([...Array(10)].flatMap(() => [sign_in(guest, person), person.caller.delete('/v1/account/sessions')]));
  const { caller } = await sign_in(guest, person);
  const listed = accepted(await caller.get('/v1/account/sessions'));
  assert.equal(listed.total, listed.sessions.length);
  assert.ok(listed.total <= 10);
  const report = await server.command('check', '--json');
  assert.equal(report.ok, true, JSON.stringify(report));
});

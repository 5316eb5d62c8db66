// Sign-ins against password changes: an old hash never comes back, a right password never fails for a race, and there
// are never more sessions than the limit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, sign_up } from './support/people.mjs';
import { Server, until } from './support/server.mjs';

let server;
let guest;
let key;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
  key = guest.as({ key: server.default_key });
});
after(() => server.stop());

const md5 = '144fa7eaa4904e8ee120651997f70dcc'; // of `appwrite`
const sessions_of = async (id) => accepted(await key.get(`/v1/users/${id}/sessions`)).total;

async function imported() {
  const email = fresh_email();
  const user = accepted(await key.post('/v1/users/md5', { userId: 'unique()', email, password: md5 }), 201);
  return { email, id: user.$id };
}

test('100 right sign-ins at once on an imported user all succeed, and its hash is new', async () => {
  const { email, id } = await imported();
  const answers = await Promise.all(Array.from({ length: 100 }, () => key.post('/v1/account/sessions/email', { email, password: 'appwrite' })));
  for (const answer of answers) accepted(answer, 201);
  const user = accepted(await key.get(`/v1/users/${id}`));
  assert.equal(user.hash, 'argon2');
  assert.match(user.password, /^\$argon2id\$/);
  assert.equal(await sessions_of(id), 10);
  accepted(await key.post('/v1/account/sessions/email', { email, password: 'appwrite' }), 201);
});

test('1000 sign-ins against password changes', async () => {
  for (const person of [await imported(), await (async () => { const made = await sign_up(key); return { email: made.email, id: made.id, first: made.password }; })()]) {
    const passwords = [person.first ?? 'appwrite'];
    let signing_in = true;
    const outcomes = new Map();
    const right = () => outcomes.get(201) ?? 0;
    const sign_ins = (async () => {
      for (let i = 0; i < 25; i++) {
        const answers = await Promise.all(Array.from({ length: 20 }, (_, j) => key.post('/v1/account/sessions/email', { email: person.email, password: passwords[Math.max(0, passwords.length - 1 - (j % 3))] })));
        for (const answer of answers) {
          outcomes.set(answer.status, (outcomes.get(answer.status) ?? 0) + 1);
          if (answer.status !== 201) refused(answer, 401, 'user_invalid_credentials');
        }
      }
      signing_in = false;
    })();
    for (let i = 0; signing_in && i < 40; i++) {
      const password = `password number ${i}`;
      const changed = await key.patch(`/v1/users/${person.id}/password`, { password });
      accepted(changed);
      passwords.push(password);
      if (i % 4 !== 3) continue;
      const before = right();  // changes alone could outrun every sign-in
      await until(() => right() > before || !signing_in, 'a sign-in to be right');
    }
    await sign_ins;
    assert.ok(right() > 0, 'some sign-in was right');
    assert.ok((await sessions_of(person.id)) <= 10);
    const last = passwords.at(-1);
    for (const old of passwords.slice(0, -1)) refused(await attempt_as_key(person.email, old), 401, 'user_invalid_credentials');
    accepted(await attempt_as_key(person.email, last), 201);
    assert.match(accepted(await key.get(`/v1/users/${person.id}`)).password, /^\$argon2id\$/);
  }
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

/** As a key: without rate limits. */
function attempt_as_key(email, password) {
  return key.post('/v1/account/sessions/email', { email, password });
}

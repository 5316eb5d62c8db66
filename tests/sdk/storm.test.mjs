// Hashing at its usual cost: what a rush does to those who are refused, to those who only show a session, and whether
// time tells an unknown user from a wrong password.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, sign_up, somebody } from './support/people.mjs';
import { Server, patience } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start({ cheap: false, args: ['--hash-threads', '1', '--hash-deadline', String(1000 * patience)] });
  guest = new Caller(server);
});
after(() => server.stop());

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function timed(send) {
  const began = performance.now();
  const answer = await send();
  return [performance.now() - began, answer];
}

test('an unknown user and a wrong password take the same time', async () => {
  const person = await sign_up(guest);
  const spent = { known: [], unknown: [] };
  for (let i = 0; i < 24; i++) {
    for (const kind of i % 2 ? ['known', 'unknown'] : ['unknown', 'known']) {
      const email = kind === 'known' ? person.email : fresh_email();
      const [ms, answer] = await timed(() => guest.post('/v1/account/sessions/email', { email, password: 'wrong password' }));
      refused(answer, 401, 'user_invalid_credentials');
      spent[kind].push(ms);
    }
  }
  const ratio = median(spent.known) / median(spent.unknown);
  assert.ok(ratio > 0.7 && ratio < 1.4, `medians ${median(spent.known).toFixed(1)} and ${median(spent.unknown).toFixed(1)} ms`);
});

test('a rush of sign-ins is served or refused in time, and a session check does not notice', async () => {
  const person = await somebody(server);
  const storm = Array.from({ length: 150 }, () => timed(() => guest.post('/v1/account/sessions/email', { email: person.email, password: person.password })));
  const checks = [];
  for (let i = 0; i < 30; i++) {
    const [ms, answer] = await timed(() => person.caller.get('/v1/ping'));
    assert.equal(answer.status, 200);
    checks.push(ms);
  }
  const answers = await Promise.all(storm);
  const served = answers.filter(([, { status }]) => status === 201);
  assert.ok(served.length > 0);
  for (const [ms, answer] of answers) {
    assert.ok(ms < 5000 * patience, `${ms} ms`);
    if (answer.status === 201) continue;
    refused(answer, 503, 'server_busy');
    assert.ok(Number(answer.header('retry-after')) >= 1);
  }
  assert.ok(median(checks) < 100 * patience, `a check took ${median(checks).toFixed(1)} ms`);
  const calm = await guest.post('/v1/account/sessions/email', { email: person.email, password: person.password });
  accepted(calm, 201);
});

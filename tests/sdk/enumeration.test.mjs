// Neither time nor any byte of a refusal tells which e-mails have an account: the bench program's workload in small. The
// whole of it, 20,000 samples a class and once at the usual hash cost, is `portcullis_bench enumeration` and
// `enumeration-real`. Times of sanitized programs and of the test engine say nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller } from './support/http.mjs';
import { program, Server } from './support/server.mjs';

const bench = path.join(path.dirname(program), 'bench/portcullis_bench');
const skip = process.env.E2E_SLOW || process.env.E2E_ENGINE ? 'only the usual program is timed' : false;

test('refusals are alike in time and in every byte, and a planted difference is found', { skip }, () => {
  const run = spawnSync(bench, ['enumeration', '--samples', '1500', '--rounds', '3', '--program', program], { encoding: 'utf8' });
  assert.equal(run.status, 0, `${run.error ?? ''}${run.stdout}${run.stderr}`);
  for (const name of ['unknown e-mail', 'account without password', 'blocked, wrong password', 'right but for its end'])
    assert.match(run.stdout, new RegExp(`${name} .* as wanted`));
  for (const name of ['unknown e-mail', 'ours alone']) assert.match(run.stdout, new RegExp(`mixed hashes +${name} .* as wanted`));
});

describe('half of the users have a bcrypt hash of another product', { skip }, () => {
  const users = 20;
  const asked = 120;
  let server;
  let stranger;
  let key;
  // 15 to 30 ms; ours, at the tests' cost, take far less than one.
  const bcrypt = `$2a$08$${'C'.repeat(21)}.z1CA6uI.yLc6hTzYfJ/97/otgLaQsIK`;

  before(async () => {
    server = await Server.start();
    stranger = new Caller(server);
    key = stranger.as({ key: server.default_key });
    for (let i = 0; i < users; i++) {
      const own = { userId: 'unique()', email: `own${i}@example.com`, password: 'password-1' };
      assert.equal((await stranger.post('/v1/account', own)).status, 201);
      const imported = { userId: 'unique()', email: `old${i}@example.com`, password: bcrypt };
      assert.equal((await key.post('/v1/users/bcrypt', imported)).status, 201);
    }
  });
  after(() => server?.stop());

  /** Milliseconds of a refused sign-in. */
  async function refusal(email) {
    const from = performance.now();
    const answer = await stranger.post('/v1/account/sessions/email', { email, password: 'wrong-password' });
    const ms = performance.now() - from;
    assert.equal(answer.status, 401);
    assert.equal(answer.json.type, 'user_invalid_credentials');
    return ms;
  }

  async function refusals(name, count) {
    const times = [];
    for (let i = 0; i < count; i++) times.push(await refusal(`${name}${i}@example.com`));
    return times;
  }

  const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  /** What takes longer was bcrypt's work: what disturbs makes ours slower, by milliseconds, but bcrypt never faster. */
  const line_below = (old) => 0.7 * Math.min(...old);

  test('an unknown e-mail takes the time of one half or of the other, each as often as it is stored', async () => {
    await refusals('own', users);
    const own = await refusals('own', users);
    const old = await refusals('old', users);
    assert.ok(median(old) > 3 * median(own), `bcrypt ${median(old)} ms, ours ${median(own)} ms`);
    const unknown = await refusals('ghost', asked);
    const line = line_below(old);
    const slow = unknown.filter((ms) => ms > line);
    const fast = unknown.filter((ms) => ms <= line);
    // Four deviations of a fair coin.
    assert.ok(Math.abs(slow.length - asked / 2) < 2 * Math.sqrt(asked), `${slow.length} of ${asked} took the time of bcrypt`);
    const ratio = median(slow) / median(old);
    assert.ok(ratio > 0.75 && ratio < 1.33, `bcrypt ${median(old)} ms, its decoys ${median(slow)} ms`);
    assert.ok(median(fast) < line && median(fast) < 3 * median(own), `ours ${median(own)} ms, their decoys ${median(fast)} ms`);
  });

  test('an e-mail stays in its class, after a restart too, until that class is gone', async () => {
    const emails = Array.from({ length: 12 }, (_, i) => `shade${i}@example.com`);
    await refusals('own', users);
    const line = line_below(await refusals('old', users));
    // The least of three: what disturbs makes slower only.
    const classes = async () => {
      const out = [];
      for (const email of emails) out.push(Math.min(await refusal(email), await refusal(email), await refusal(email)) > line);
      return out;
    };
    const first = await classes();
    assert.deepEqual(await classes(), first);
    await server.restart();
    await refusals('own', users);
    assert.deepEqual(await classes(), first);
    const listed = (await key.get('/v1/users?queries[0]={"method":"limit","values":[100]}')).json.users;
    for (const user of listed.filter(({ hash }) => hash === 'bcrypt')) assert.equal((await key.delete(`/v1/users/${user.$id}`)).status, 204);
    assert.ok((await classes()).every((slow) => !slow));
    assert.equal((await server.command('check', '--json')).ok, true);
  });
});

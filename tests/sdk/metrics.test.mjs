// GET /metrics: on a listener of its own, for Prometheus, and for nobody that a web page could send.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Caller, send } from './support/http.mjs';
import { sign_in, sign_up } from './support/people.mjs';
import { Server, patience, until } from './support/server.mjs';

const operations = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../docs/operations.md');

let server;
let metrics;

/** Where a server's metrics are. */
async function metrics_of(started) {
  return (await until(() => /metrics on (http:[^"]+)/.exec(started.log), 'the address of the metrics'))[1];
}

before(async () => {
  server = await Server.start({ args: ['--metrics', '127.0.0.1:0'] });
  metrics = await metrics_of(server);
});
after(() => server.stop());

/** Values by the sample's whole name and labels. */
async function read(from = metrics) {
  const answer = await send('GET', from);
  assert.equal(answer.status, 200);
  assert.equal(answer.header('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const samples = new Map();
  let declared = '';
  for (const line of answer.text.trimEnd().split('\n')) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) declared = type[1];
    if (line.startsWith('#')) continue;
    const sample = /^(\w+(?:\{[^}]*\})?) (\d+(?:\.\d+)?)$/.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    assert.ok(line.startsWith(declared), `${line} does not belong to ${declared}`);
    assert.ok(!samples.has(sample[1]), `${sample[1]} comes twice`);
    samples.set(sample[1], Number(sample[2]));
  }
  return samples;
}

const requests = (route, status, method = 'POST') =>
  `portcullis_http_requests_total{method="${method}",route="${route}",status="${status}"}`;

test('requests, hashes and commits are counted as they happen', async () => {
  const guest = new Caller(server);
  const person = await sign_up(guest);
  await sign_in(guest, person);
  const before_them = await read();
  for (let i = 0; i < 3; ++i) await sign_in(guest, person);
  const wrong = await guest.post('/v1/account/sessions/email', { email: person.email, password: 'not-the-password' });
  assert.equal(wrong.status, 401);
  assert.equal((await guest.get('/v1/nowhere')).status, 404);
  const now = await read();
  const grew = (name) => (now.get(name) ?? 0) - (before_them.get(name) ?? 0);

  assert.equal(grew(requests('/v1/account/sessions/email', 201)), 3);
  assert.equal(grew(requests('/v1/account/sessions/email', 401)), 1);
  assert.equal(now.get(requests('(unknown)', 404, '')), 1);
  const timed = '{method="POST",route="/v1/account/sessions/email"}';
  assert.equal(grew(`portcullis_http_request_duration_seconds_count${timed}`), 4);
  assert.ok(grew(`portcullis_http_request_duration_seconds_sum${timed}`) > 0);
  assert.equal(grew('portcullis_hash_duration_seconds_count'), 4);
  assert.equal(grew('portcullis_hash_wait_seconds_count'), 4);
  assert.equal(grew('portcullis_hash_wait_predicted_seconds_count'), 4);
  assert.ok(now.get('portcullis_hash_predicted_seconds') > 0);
  assert.equal(grew('portcullis_store_changes_total'), 3);
  assert.ok(grew('portcullis_store_commits_total') >= 1);
  assert.equal(grew('portcullis_store_commit_seconds_count'), grew('portcullis_store_commits_total'));
  assert.equal(grew('portcullis_store_flush_seconds_count'), grew('portcullis_store_commits_total'));
  assert.ok(grew('portcullis_store_flush_seconds_sum') <= grew('portcullis_store_commit_seconds_sum'));
  assert.equal(grew('portcullis_store_commit_changes_count'), grew('portcullis_store_commits_total'));
  assert.equal(grew('portcullis_store_commit_changes_sum'), 3);
  assert.equal(now.get('portcullis_hash_threads'), 2);
  assert.equal(now.get('portcullis_hash_queued'), 0);
  assert.equal(now.get('portcullis_store_poisoned'), 0);
  assert.ok(now.get('portcullis_connections') >= 1);
  assert.ok(now.get('portcullis_memory_anonymous_bytes') > 1e6);
  assert.ok([...now.keys()].some((name) => /^portcullis_info\{version="[^"]+",kernel="\w+"\}$/.test(name)));
});

test('the metrics that are answered are those that the documentation lists, of the same type', async () => {
  const answered = new Map([...(await send('GET', metrics)).text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]));
  const documented = new Map();
  for (const [, names, type] of fs.readFileSync(operations, 'utf8').matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (counter|gauge|histogram) \|/gm))
    for (const [, name] of names.matchAll(/`(\w+)`/g)) documented.set(name, type);
  assert.deepEqual([...answered].sort(), [...documented].sort());
});

test('hashes in flight are counted by their cost, refused ones by their reason, of those that the documentation lists', async () => {
  const slow = await Server.start({ cheap: false, args: ['--metrics', '127.0.0.1:0', '--hash-threads', '1', '--hash-memory', '65536', '--hash-deadline', String(100 * patience)] });
  try {
    const at = await metrics_of(slow);
    const guest = new Caller(slow);
    const login = () => guest.post('/v1/account/sessions/email', { email: 'nobody@example.test', password: 'whatever it is' });
    const answers = Promise.all(Array.from({ length: 40 }, login));
    await until(async () => (await read(at)).get('portcullis_hash_in_flight{kind="0",memory_kib="65536",passes="2",lanes="1"}') > 0, 'a hash in flight');
    const refused = (await answers).filter(({ status }) => status === 503).length;
    const reasons = [...(await read(at))].filter(([name]) => name.startsWith('portcullis_hash_refusals_total{'));
    assert.ok(refused > 0);
    assert.equal(reasons.reduce((sum, [, count]) => sum + count, 0), refused);
    const [, listed] = /^\| `portcullis_hash_refusals_total` \| counter \| reason \| (.*) \|$/m.exec(fs.readFileSync(operations, 'utf8'));
    assert.deepEqual(reasons.map(([name]) => /\{reason="(\w+)"\}$/.exec(name)[1]).sort(), [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort());
  } finally {
    await slow.stop();
  }
});

test('only /metrics is there, and it is not on the API', async () => {
  assert.equal((await send('GET', metrics.replace('/metrics', '/'))).status, 404);
  assert.equal((await send('POST', metrics)).status, 405);
  assert.equal((await new Caller(server).get('/metrics')).status, 404);
});

test('a host name that a page could choose is refused', async () => {
  assert.equal((await send('GET', metrics, { headers: { host: 'evil.example' } })).status, 403);
  assert.equal((await send('GET', metrics, { headers: { host: 'localhost:1' } })).status, 200);
});

test('an address that is taken ends the start only when it was asked for', async () => {
  const taken = new URL(metrics).host;
  await assert.rejects(Server.start({ args: ['--metrics', taken] }), /--metrics: cannot listen on/);
  const quiet = await Server.start({ args: ['--metrics', 'off'] });
  await quiet.stop();
  assert.doesNotMatch(quiet.log, /metrics on/);
});

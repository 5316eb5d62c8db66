// Kills the real program with SIGKILL at random moments under load and looks at what is left.
//
//   node crash.mjs [sweep] [--rounds N] [--seed S] [--program FILE] [--engine lmdb|slow] [--workers N] [--verbose]
//
// Every round: people sign up, sign in, change and delete things at the same time, an administrator changes settings,
// and a file of users is imported; the program is killed; it starts again on the same folder. Then every acknowledged
// change must be there, every unacknowledged one must be there whole or not at all, and `portcullis check` must find
// nothing. `sweep` kills during start and during stop as well.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    program: { type: 'string' },
    engine: { type: 'string' },
    workers: { type: 'string', default: '12' },
    verbose: { type: 'boolean', default: false },
  },
});
if (options.program) process.env.E2E_PROGRAM = options.program;
const sweep = positionals.includes('sweep');
const rounds = Number(options.rounds);
const seed = Number(options.seed);

const { Server, program, run_program, sleep } = await import('../sdk/support/server.mjs');
const { Caller } = await import('../sdk/support/http.mjs');
const { Settings } = await import('./settings.mjs');

/** mulberry32: small, seeded, good enough to choose moments. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = generator(seed);
const between = (low, high) => low + random() * (high - low);
const pick = (list) => list[Math.floor(random() * list.length)];

const server = new Server({ engine: options.engine });
const guest = new Caller(server);
const problems = [];
const counts = { sign_ups: 0, sign_ins: 0, changes: 0, settings: 0, lost_answers: 0, unacknowledged_found: 0, imported: 0, imports_cut: 0 };
let number = 0;

function claim(holds, what) {
  if (holds) return;
  problems.push(what);
  console.error(`  PROBLEM: ${what}`);
}

/**
 * What is known of a person. `passwords`, `names`: the acknowledged value, and one more while a change of it was sent
 * and not answered. A session is `open`, `closed`, or `unsure` while its end was sent and not answered.
 */
function new_person() {
  const id = `p${++number}-${seed}`;
  return { id, email: `${id}@example.test`, acknowledged: false, passwords: [`password of ${id}`], names: ['At first'], sessions: [], invalidated: false };
}

const session_text = (answer) => answer.session_text('default');

/** Sends and tells three outcomes apart: an answer, or null when the connection broke before one. */
async function attempt(send) {
  try {
    return await send();
  } catch {
    counts.lost_answers++;
    return null;
  }
}

const settings = new Settings(server, { random, seed, claim, attempt });

const actions = {
  async sign_in(person) {
    if (person.sessions.filter(({ state }) => state !== 'closed').length >= 8) return true;  // the limit would evict
    const answer = await attempt(() => guest.post('/v1/account/sessions/email', { email: person.email, password: person.passwords.at(-1) }));
    if (!answer) return false;
    claim(answer.status === 201, `${person.id}: sign-in answered ${answer.status} ${answer.text}`);
    if (answer.status !== 201) return true;
    counts.sign_ins++;
    person.sessions.push({ id: answer.json.$id, text: session_text(answer), state: 'open' });
    return true;
  },
  async rename(person) {
    const session = person.sessions.find(({ state }) => state === 'open');
    if (!session) return true;
    const name = `Name ${Math.floor(random() * 1e9)}`;
    person.names.push(name);
    const answer = await attempt(() => guest.as({ cookie: session.text }).patch('/v1/account/name', { name }));
    if (!answer) return false;
    claim(answer.status === 200, `${person.id}: rename answered ${answer.status} ${answer.text}`);
    person.names = [name];
    counts.changes++;
    return true;
  },
  async sign_out(person) {
    const session = person.sessions.find(({ state }) => state === 'open');
    if (!session) return true;
    session.state = 'unsure';
    const answer = await attempt(() => guest.as({ cookie: session.text }).delete('/v1/account/sessions/current'));
    if (!answer) return false;
    claim(answer.status === 204, `${person.id}: sign-out answered ${answer.status} ${answer.text}`);
    session.state = 'closed';
    counts.changes++;
    return true;
  },
  async change_password(person) {
    const session = person.sessions.find(({ state }) => state === 'open');
    if (!session) return true;
    const others = person.sessions.filter((each) => each !== session && each.state === 'open');
    for (const other of others) other.state = 'unsure';
    const password = `password ${Math.floor(random() * 1e9)}`;
    person.passwords.push(password);
    const answer = await attempt(() => guest.as({ cookie: session.text }).patch('/v1/account/password', { password, oldPassword: person.passwords[0] }));
    if (!answer) return false;
    claim(answer.status === 200, `${person.id}: password change answered ${answer.status} ${answer.text}`);
    person.passwords = [password];
    for (const other of others) other.state = 'closed';
    counts.changes++;
    return true;
  },
};

/** One worker: people one after the other, each signed up and then busy for a while. */
async function work(people, running) {
  while (running()) {
    const person = new_person();
    people.push(person);
    const answer = await attempt(() => guest.post('/v1/account', { userId: person.id, email: person.email, password: person.passwords[0], name: person.names[0] }));
    if (!answer) return;
    claim(answer.status === 201, `${person.id}: sign-up answered ${answer.status} ${answer.text}`);
    person.acknowledged = answer.status === 201;
    counts.sign_ups++;
    const todo = ['sign_in', ...Array.from({ length: Math.floor(random() * 5) }, () => pick(Object.keys(actions)))];
    for (const name of todo) if (!running() || !(await actions[name](person))) return;
  }
}

async function sign_in_with(person, passwords) {
  for (const password of passwords) {
    const answer = await guest.post('/v1/account/sessions/email', { email: person.email, password });
    if (answer.status === 201) return { answer, password };
    if (answer.status !== 401) claim(false, `${person.id}: sign-in after the restart answered ${answer.status} ${answer.text}`);
  }
  return null;
}

/** Is everything of this person as acknowledged? Settles what was unsure. */
async function examine(person) {
  const found = await sign_in_with(person, person.passwords);
  if (!found) {
    claim(!person.acknowledged, `${person.id}: an acknowledged user cannot sign in`);
    if (person.acknowledged) return;
    const again = await guest.post('/v1/account', { userId: person.id, email: person.email, password: person.passwords[0], name: person.names[0] });
    claim(again.status === 201, `${person.id}: half a user is in the way: ${again.status} ${again.text}`);
    person.acknowledged = again.status === 201;
    return;
  }
  if (!person.acknowledged) counts.unacknowledged_found++;
  person.acknowledged = true;
  person.passwords = [found.password];
  const me = guest.as({ cookie: session_text(found.answer) });
  const account = await me.get('/v1/account');
  claim(account.status === 200, `${person.id}: a new session answered ${account.status}`);
  if (account.status !== 200) return;
  const user = account.json;
  claim(user.$id === person.id && user.email === person.email && user.targets.length === 1 && user.targets[0].identifier === person.email, `${person.id}: half a user: ${account.text}`);
  claim(person.names.includes(user.name), `${person.id}: the name is ${user.name}, not one of ${person.names}`);
  person.names = [user.name];
  const listed = (await me.get('/v1/account/sessions')).json;
  claim(listed.total === listed.sessions.length && listed.total <= 10, `${person.id}: ${listed.total} sessions`);
  const ids = new Set(listed.sessions.map(({ $id }) => $id));
  for (const session of person.sessions) {
    const { status } = await guest.as({ cookie: session.text }).get('/v1/account');
    if (session.state === 'open') claim(status === 200, `${person.id}: an acknowledged session answers ${status}`);
    if (session.state === 'closed') claim(status === 401, `${person.id}: a closed session answers ${status}`);
    claim((status === 200) === ids.has(session.id), `${person.id}: session ${session.id} answers ${status} but is ${ids.has(session.id) ? '' : 'not '}listed`);
  }
  claim((await me.delete('/v1/account/sessions')).status === 204, `${person.id}: cannot end sessions`);
  person.sessions = [];
}

async function in_parallel(list, width, visit) {
  const queue = [...list];
  await Promise.all(Array.from({ length: width }, async () => {
    while (queue.length > 0) await visit(queue.pop());
  }));
}

const imported = 1000;  // users of a round's file
const imported_password = 'the password of all';
const imported_md5 = crypto.createHash('md5').update(imported_password).digest('hex');
const import_words = ['import', 'users', path.join(server.folder, 'users.jsonl'), '--project', 'default', '--data', server.data, '--skip-existing', '--json'];

/** A file of users on its way in; answers how to end it together with the server. */
function start_import(index) {
  const lines = Array.from({ length: imported }, (_, n) => JSON.stringify({ id: `i${index}-${n}-${seed}`, email: `i${index}-${n}-${seed}@example.test`, name: `Imported ${n}`, hash: 'md5', password: imported_md5 }));
  fs.writeFileSync(path.join(server.folder, 'users.jsonl'), lines.join('\n'));
  const child = spawn(program, import_words, { stdio: 'ignore' });
  const ended = once(child, 'close');
  return () => (child.kill('SIGKILL'), ended);
}

/** Run again, the import completes, and no user of it was half there. */
async function finish_import(index) {
  const { code, output, stdout } = await run_program(import_words);
  claim(code === 0, `round ${index}: the import answered ${code} ${output}`);
  if (code !== 0) return;
  const report = JSON.parse(stdout);
  claim(report.taken + report.existing === imported, `round ${index}: the import says ${stdout}`);
  counts.imported += report.taken + report.existing;
  if (report.taken > 0 && report.existing > 0) counts.imports_cut++;
  for (const n of [0, Math.floor(random() * imported), imported - 1]) {
    const answer = await guest.post('/v1/account/sessions/email', { email: `i${index}-${n}-${seed}@example.test`, password: imported_password });
    claim(answer.status === 201, `round ${index}: imported user ${n} signs in with ${answer.status} ${answer.text}`);
  }
}

/** Kills while it starts: whatever it was doing then is done again. */
async function kill_at_start() {
  const attempt_to_start = server.start().catch(() => {});
  await sleep(between(0, 30));
  server.child.kill('SIGKILL');
  await attempt_to_start;
  await server.ended;
}

async function round(index) {
  const people = [];
  let on = true;
  const workers = Array.from({ length: Number(options.workers) }, () => work(people, () => on));
  workers.push(settings.work(() => on, () => counts.settings++));
  const moment = between(5, 400);
  const alone = Math.max(0, moment - between(20, 150));  // the import is not over when the kill comes
  await sleep(alone);
  const end_import = start_import(index);
  await sleep(moment - alone);
  if (sweep && random() < 0.3) {
    server.child.kill('SIGTERM');
    await sleep(between(0, 20));
  }
  server.child.kill('SIGKILL');
  on = false;
  await end_import();
  await server.ended;
  await Promise.all(workers);
  if (sweep && random() < 0.3) await kill_at_start();
  await server.start();
  await settings.examine();
  await finish_import(index);
  await in_parallel([...people, ...veterans.slice(-50)], 8, examine);
  veterans.push(...people.filter(() => random() < 0.1));
  const report = await server.command('check', '--json');
  claim(report.ok === true, `round ${index}: check says ${JSON.stringify(report)}`);
  if (options.verbose) console.log(`  round ${index}: killed after ${moment.toFixed(0)} ms, ${people.length} people, ${report.users} users, ${report.sessions} sessions`);
}

const veterans = [];
console.log(`crash: ${rounds} rounds, seed ${seed}${sweep ? ', with kills at start and stop' : ''}`);
const began = Date.now();
await server.start();
await settings.sign_in();
for (let index = 1; index <= rounds && problems.length === 0; index++) await round(index);
await server.stop();
const report = await server.command('check', '--json');
claim(report.ok === true, `at the end, check says ${JSON.stringify(report)}`);
console.log(`crash: ${JSON.stringify(counts)}, ${report.users} users, ${((Date.now() - began) / 1000).toFixed(1)} s, ${problems.length === 0 ? 'nothing lost, nothing half there' : `${problems.length} PROBLEMS, seed ${seed}`}`);
process.exit(problems.length === 0 ? 0 : 1);

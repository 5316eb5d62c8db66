// Ten thousand clients keep signing in at a server that has 64 MiB: it must not be killed for want of memory.
//
//   node ceiling.mjs [--seconds N] [--clients N] [--mebibytes N] [--filler BYTES] [--values N] [--program FILE] [--check]
//
// The server runs in a memory control group of its own, without swap, with one hash thread (an arena of 19 MiB). Each
// client sends a sign-in as soon as the former is answered, now and then on a new connection; those for whom there is
// no place wait in the backlog: no connection may break that the server has. (Where they are more than the kernel keeps,
// it forgets one that has not come into the backlog for a minute; that one tries again.) Some of the users have hashes of
// other products, of scrypt with 16 MiB, which take the foreign slot. --filler makes every body that much longer, --values
// puts so many numbers into every third one (400 where they are more than a body may have). Every answer must be 201, 401
// or 503. A probe that came before the rush asks for /live all the time; when the rush is over
// fresh clients must be served.
// --check only tells whether a memory control group can be made here (root, version 1 or 2): exit code 3 when not.
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '150' },
    clients: { type: 'string', default: '10000' },
    mebibytes: { type: 'string', default: '64' },
    filler: { type: 'string', default: '0' },
    values: { type: 'string', default: '0' },
    program: { type: 'string', default: path.join(path.dirname(fileURLToPath(import.meta.url)), '../../build/release/portcullis') },
    check: { type: 'boolean', default: false },
  },
});
const limit = Number(options.mebibytes) << 20;

const read = (file) => fs.readFileSync(file, 'utf8');
const read_or = (file, other) => (fs.existsSync(file) ? read(file) : other);
const field = (text, name) => Number(text.match(new RegExp(`^${name}:?\\s+(\\d+)`, 'm'))?.[1] ?? 0);

/** A group with the limit: below this process's own where that is allowed, else at the top. Null when there is none. */
function make_group() {
  const own = (controller) => read('/proc/self/cgroup').match(new RegExp(`^\\d+:${controller}:(/.*)$`, 'm'))?.[1];
  const version_1 = { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', swap: ['memory.swappiness', '0'], killed: ['memory.oom_control', 'oom_kill'] };
  const version_2 = { limit: 'memory.max', usage: 'memory.current', swap: ['memory.swap.max', '0'], killed: ['memory.events', 'oom_kill'] };
  const places = [
    [`/sys/fs/cgroup/memory${own('memory') ?? ''}`, version_1], ['/sys/fs/cgroup/memory', version_1],
    [`/sys/fs/cgroup${own('') ?? ''}`, version_2], ['/sys/fs/cgroup', version_2],
  ];
  for (const [parent, files] of places) {
    const folder = `${parent}/portcullis-ceiling-${process.pid}`;
    try {
      fs.mkdirSync(folder);
      fs.writeFileSync(`${folder}/${files.limit}`, String(limit));
      const [file, value] = files.swap;
      if (fs.existsSync(`${folder}/${file}`)) fs.writeFileSync(`${folder}/${file}`, value);
      return {
        folder,
        usage: () => Number(read(`${folder}/${files.usage}`)),
        killed: () => field(read(`${folder}/${files.killed[0]}`), files.killed[1]),
        refused: () => Number(read_or(`${folder}/memory.failcnt`, '0')) + field(read_or(`${folder}/memory.events`, ''), 'max'),
      };
    } catch {
      if (fs.existsSync(folder)) fs.rmdirSync(folder);
    }
  }
  return null;
}

const group = make_group();
if (!group) {
  console.error('CEILING NOT TESTED: no memory control group can be made here (that takes root)');
  process.exit(3);
}
process.on('exit', () => {
  try {
    fs.rmdirSync(group.folder);
  } catch {
    console.error(`${group.folder} is left behind`);
  }
});
if (options.check) process.exit(0);

// The server joins the group before it is the server.
const wrapper = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-ceiling-')), 'portcullis');
fs.writeFileSync(wrapper, `#!/bin/sh\necho $$ >'${group.folder}/cgroup.procs' || exit 1\nexec '${path.resolve(options.program)}' "$@"\n`, { mode: 0o700 });
process.on('exit', () => fs.rmSync(path.dirname(wrapper), { recursive: true, force: true }));
process.env.E2E_PROGRAM = wrapper;
const { Server, sleep } = await import('../sdk/support/server.mjs');
const { Caller } = await import('../sdk/support/http.mjs');

const problems = [];
function claim(holds, what) {
  if (holds) return;
  problems.push(what);
  console.error(`PROBLEM: ${what}`);
}

// What the rush is refused by: the deadlines that a server has by default (servers under test have longer ones).
const deadlines = ['--hash-deadline', '2000', '--admin-hash-deadline', '10000'];

const server = await Server.start({ cheap: false, args: ['--hash-threads', '1', '--log-level', 'warning', ...deadlines] });
const people = [];
const people_of_each_origin = 40;
for (let i = 0; i < people_of_each_origin; i++) {
  const person = { userId: 'unique()', email: `ceiling-${i}@example.test`, password: `the password of ${i}` };
  const answer = await new Caller(server).post('/v1/account', person);
  claim(answer.status === 201, `sign-up answers ${answer.status}`);
  people.push(person);
}

// They stay foreign, because in the rush their password is wrong: a right one is hashed anew.
const foreign = {
  bcrypt: { right: 'appwrite', fields: { password: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.z1CA6uI.yLc6hTzYfJ/97/otgLaQsIK' } },
  scrypt: {
    right: 'correct horse',
    fields: {
      password: crypto.scryptSync('correct horse', 'salt', 64, { N: 16384, r: 8, p: 1 }).toString('hex'), // 16 MiB
      passwordSalt: 'salt', passwordCpu: 16384, passwordMemory: 8, passwordParallel: 1, passwordLength: 64,
    },
  },
};
for (let i = 0; i < people_of_each_origin; i++) {
  const kind = i % 2 === 0 ? 'bcrypt' : 'scrypt';
  const person = { userId: 'unique()', email: `ceiling-${kind}-${i}@example.test`, ...foreign[kind].fields };
  const answer = await new Caller(server, { key: server.default_key }).post(`/v1/users/${kind}`, person);
  claim(answer.status === 201, `an import of ${kind} answers ${answer.status}`);
  people.push({ email: person.email, password: `not ${foreign[kind].right}`, kind });
}

// A client believes that it is connected before it is in the backlog; where that stays full, the kernel gives up after so
// many answers to its SYN, 1, 2, 4... seconds apart, and resets it when it next sends.
const synack_retries = Number(read_or('/proc/sys/net/ipv4/tcp_synack_retries', '5'));
const forgotten_after_ms = (2 ** (synack_retries + 1) - 1) * 1000;
const fit_into_backlog = Number(options.clients) <= Number(read_or('/proc/sys/net/core/somaxconn', '4096'));

const answers = new Map();
const foreign_checked = new Map();
const broken = new Map();
let forgotten = 0;
const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
let rushing = true;
const filler = 'x'.repeat(Number(options.filler));
const values = Array(Number(options.values)).fill('0').join(',');
const most_values = 50_000;
const refused_values = Number(options.values) > most_values ? ['400'] : [];
const open = new Set();

function sign_in_text(number) {
  const { email, password } = people[number % people.length];
  const body = `{"filler":"${filler}","values":[${number % 3 === 0 ? values : ''}],"email":"${email}","password":"${number % 5 === 0 ? 'a wrong password' : password}"}`;
  return `POST /v1/account/sessions/email HTTP/1.1\r\nHost: a\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** One client: asks again when answered, on a new connection after every eighth answer or when the server closes. */
function client(number) {
  const socket = net.connect({ host: '127.0.0.1', port: server.port, noDelay: true });
  let answered = 0;
  let text = '';
  let connected = null;
  open.add(socket);
  const ask = () => socket.write(sign_in_text(number + answered));
  socket.on('connect', () => {
    connected = performance.now();
    ask();
  });
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    const length = Number(text.match(/Content-Length: (\d+)/)?.[1]);
    if (head < 0 || text.length < head + 4 + length) return;
    count(answers, text.slice(9, 12));
    const { kind } = people[(number + answered) % people.length];
    if (kind && text.startsWith('401', 9)) count(foreign_checked, kind);
    const closes = /^Connection: close\r$/im.test(text.slice(0, head + 2));
    text = '';
    if (!rushing) return;
    if (++answered % 8 === 0 || closes) socket.destroy();
    else ask();
  });
  socket.on('error', (error) => {
    if (!rushing) return;
    const never_came_in = connected === null ? error.code === 'ETIMEDOUT' : answered === 0 && performance.now() - connected >= forgotten_after_ms;
    if (never_came_in) ++forgotten;
    else count(broken, error.code);
  });
  socket.on('close', () => {
    open.delete(socket);
    if (rushing) setTimeout(() => rushing && client(number + 1), 50);
  });
}

const peak = { usage: 0, anon: 0, files: 0, live_ms: 0, probes: 0 };
let gone = null;
server.ended.then((end) => (gone = end));

/** One look at the server's memory and at /live, on the connection that the agent keeps. */
async function watch() {
  peak.usage = Math.max(peak.usage, group.usage());
  peak.anon = Math.max(peak.anon, field(read_or(`/proc/${server.pid}/status`, ''), 'RssAnon') * 1024);
  if (fs.existsSync(`/proc/${server.pid}/fd`)) peak.files = Math.max(peak.files, fs.readdirSync(`/proc/${server.pid}/fd`).length);
  const began = performance.now();
  const live = await new Caller(server).get('/live', { timeout: 20_000 }).catch((error) => ({ status: error.message }));
  peak.live_ms = Math.max(peak.live_ms, performance.now() - began);
  ++peak.probes;
  claim(live.status === 200, `/live answers ${live.status} during the rush`);
}

await watch();
for (let i = 0; i < Number(options.clients); i++) client(i);
const end = Date.now() + Number(options.seconds) * 1000;
while (!gone && Date.now() < end) {
  await watch();
  await sleep(200);
}
const most_open = open.size;
rushing = false;
for (const socket of open) socket.destroy();
await sleep(2000);

claim(!gone, `the server ended with ${gone?.code ?? gone?.signal}: ${server.log.slice(-2000)}`);
claim(group.killed() === 0, `${group.killed()} processes were killed for want of memory`);
for (const status of answers.keys()) claim(['201', '401', '503', ...refused_values].includes(status), `${answers.get(status)} sign-ins answered ${status}`);
for (const status of ['201', '401', '503', ...refused_values]) claim(answers.get(status) > 0, `no sign-in answered ${status}`);
for (const kind of Object.keys(foreign)) claim(foreign_checked.get(kind) > 0, `no ${kind} was checked in the rush`);
claim(forgotten === 0 || !fit_into_backlog, `${forgotten} clients never came into the backlog, which has room for all`);
for (const [code, times] of broken) claim(false, `${times} connections broke: ${code}`);
claim(!/a connection was dropped|connections cannot be accepted/.test(server.log), `the server gave up connections: ${server.log.slice(-2000)}`);
claim(peak.anon > 0 && peak.anon < limit, `RssAnon of ${peak.anon} bytes`);
if (!gone) {
  // Reactors share the port by the client's address: a few connections meet each of them.
  const fresh = { headers: { connection: 'close' }, timeout: 20_000 };
  const failed = (error) => ({ status: error.message });
  for (let i = 0; i < 8; i++) {
    const live = await new Caller(server).get('/live', fresh).catch(failed);
    claim(live.status === 200, `after the rush /live answers ${live.status}`);
  }
  // Requests of clients who left are in the backlog still, thousands of them: a refusal says when to try again.
  const sign_in = async (person) => {
    let answer;
    for (let tries = 0; tries < 4; tries++) {
      answer = await new Caller(server).post('/v1/account/sessions/email', person, fresh).catch(failed);
      if (answer.status !== 503) break;
      const seconds = Number(answer.header('retry-after'));
      claim(seconds > 0, 'a refusal after the rush does not say when to try again');
      await sleep(1000 * seconds);
    }
    return answer;
  };
  const after = await sign_in(people[0]);
  claim(after.status === 201, `after the rush a sign-in answers ${after.status}`);
  for (const [kind, { right }] of Object.entries(foreign)) {
    const { email } = people.find((person) => person.kind === kind);
    const answer = await sign_in({ email, password: right });
    claim(answer.status === 201, `after the rush a sign-in by ${kind} answers ${answer.status}`);
  }
}
const mib = (bytes) => (bytes / 1048576).toFixed(1);
console.log(`${options.seconds} s, ${most_open} clients at the end; answers ${JSON.stringify(Object.fromEntries(answers))}, of other products checked ${JSON.stringify(Object.fromEntries(foreign_checked))}, broken ${JSON.stringify(Object.fromEntries(broken))}, ${forgotten} never in the backlog`);
console.log(`of ${mib(limit)} MiB at most ${mib(peak.usage)} used, RssAnon at most ${mib(peak.anon)} MiB, ${peak.files} descriptors, ${group.refused()} times at the limit; ` +
  `/live ${peak.probes} times, at most ${peak.live_ms.toFixed(0)} ms`);
if (!gone) await server.stop();
console.log(problems.length === 0 ? 'ok' : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

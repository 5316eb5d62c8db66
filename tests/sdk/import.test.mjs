// `import users` and `export users`: files into a project and out of it, while the server runs and while it does not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller } from './support/http.mjs';
import { fresh_email, good_password, sign_up } from './support/people.mjs';
import { node_client, plain, web_client } from './support/sdk.mjs';
import { Server, new_folder, program, run_program, until } from './support/server.mjs';

let server;
let users;
const folder = new_folder();
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
});
after(() => server.stop());

let files = 0;
function file_of(text, ending = 'jsonl') {
  const file = path.join(folder, `users-${++files}.${ending}`);
  fs.writeFileSync(file, text);
  return file;
}
const lines_of = (list) => list.map((each) => `${JSON.stringify(each)}\n`).join('');

/** Runs an import; the report, and the exit status in `code`. */
async function import_file(file, ...more) {
  const { code, stdout, stderr } = await server.try_command('import', 'users', file, '--project', 'default', '--json', ...more);
  assert.ok(stdout.startsWith('{'), stderr);
  return { code, ...JSON.parse(stdout) };
}
const import_users = (list, ...more) => import_file(file_of(lines_of(list)), ...more);
const export_file = async (name, ...more) => {
  const file = path.join(folder, name);
  return { file, report: await server.command('export', 'users', file, '--project', 'default', '--json', ...more) };
};

function while_running_and_stopped(name, body) {
  test(`${name}, while the server runs`, () => body('running'));
  test(`${name}, while it does not`, async () => {
    await server.stop();
    try {
      await body('stopped');
    } finally {
      await server.start();
    }
  });
}

/** Runs a command line on a terminal of its own; what it showed there. */
async function on_terminal(line) {
  const quoted = line.map((each) => `'${each}'`).join(' ');
  const child = spawn('script', ['-qec', quoted, '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const [code] = await once(child, 'close');
  return { code, stdout };
}

const password = 'appwrite';
const vectors = [
  { hash: 'md5', password: '144fa7eaa4904e8ee120651997f70dcc' },
  { hash: 'bcrypt', password: '$2a$15$xX/myGbFU.ZSKHSi6EHdBOySTdYm8QxBLXmOPHrYMwV0mHRBBSBOq' },
  { hash: 'argon2', password: '$argon2i$v=19$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI' },
  { hash: 'sha', passwordVersion: 'sha512', password: '4243da0a694e8a2f727c8060fe0507c8fa01ca68146c76d2c190805b638c20c6bf6ba04e21f11ae138785d0bff63c416e6f87badbffad37f6dee50094cc38c70' },
  { hash: 'scrypt', passwordSalt: 'appwrite', passwordCpu: 16384, passwordMemory: 13, passwordParallel: 2, passwordLength: 64, password: '3fdef49701bc4cfaacd551fe017283513284b4731e6945c263246ef948d3cf63b5d269c31fd697246085111a428245e24a4ddc6b64c687bc60a8910dbafc1d5b' },
  { hash: 'phpass', password: '$P$Br387rwferoKN7uwHZqNMu98q3U8RO.' },
  { hash: 'scryptMod', passwordSalt: 'UxLMreBr6tYyjQ==', passwordSaltSeparator: 'Bw==', passwordSignerKey: 'XyEKE9RcTDeLEsL/RjwPDBv/RqDl8fb3gpYEOQaPihbxf1ZAtSOHCjuAAa7Q3oHpCYhXSN9tizHgVOwn6krflQ==', password: 'UlM7JiXRcQhzAGlaonpSqNSLIz475WMddOgLjej5De9vxTy48K6WtqlEzrRFeK4t0COfMhWCb8wuMHgxOFCHFQ==' },
];
/** The same password where it must be verified: the contract's own vector takes seconds of a core. */
const cheap_bcrypt = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.z1CA6uI.yLc6hTzYfJ/97/otgLaQsIK';
const cell = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ''));
const csv_of = (list) => {
  const columns = [...new Set(list.flatMap(Object.keys))];
  return [columns, ...list.map((each) => columns.map((name) => each[name]))].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
};

/** Signs in by the web SDK; with the answer the hash is one of ours. */
async function signs_in_and_is_hashed_anew({ id, email }) {
  await assert.rejects(web_client(server).account.createEmailPasswordSession({ email, password: `${password}!` }));
  const { account } = web_client(server);
  await account.createEmailPasswordSession({ email, password });
  assert.equal((await account.get()).$id, id);
  const hashed = plain(await users.get({ userId: id }));
  assert.match(hashed.password, /^\$argon2id\$v=19\$m=8,t=1,p=1\$/, email);
  assert.equal(hashed.hash, 'argon2');
  await web_client(server).account.createEmailPasswordSession({ email, password });
}

describe('hashes of the seven kinds', () => {
  for (const [format, text_of] of [['jsonl', lines_of], ['csv', csv_of]]) {
    while_running_and_stopped(`are taken from ${format}`, async (state) => {
      const people = vectors.map((hash) => ({ id: `${format}-${state}-${hash.hash}`, email: fresh_email(hash.hash.toLowerCase()), ...hash }));
      people.find(({ hash }) => hash === 'bcrypt').password = cheap_bcrypt;
      const report = await import_file(file_of(text_of(people), format));
      assert.deepEqual([report.code, report.taken, report.refused, report.complete], [0, 7, 0, true], JSON.stringify(report));
      if (state === 'stopped') await server.start();
      try {
        for (const each of people) await signs_in_and_is_hashed_anew(each);
      } finally {
        if (state === 'stopped') await server.stop();
      }
    });
  }
});

test('what a sign-in hashed anew is there after a kill', async () => {
  const own = await Server.start();
  const people = vectors.map((hash) => ({ id: `kept-${hash.hash}`, email: fresh_email(`kept-${hash.hash.toLowerCase()}`), ...hash }));
  people.find(({ hash }) => hash === 'bcrypt').password = cheap_bcrypt;
  try {
    const words = ['import', 'users', file_of(lines_of(people)), '--project', 'default', '--json'];
    assert.equal((await own.command(...words)).taken, people.length);
    for (const { id, email } of people) {
      const answer = await new Caller(own).post('/v1/account/sessions/email', { email, password });
      assert.equal(answer.status, 201, answer.text);
      await own.kill9();
      await own.start();
      const { hash, password: text } = plain(await node_client(own, { key: own.default_key }).users.get({ userId: id }));
      assert.deepEqual([hash, text.slice(0, 10)], ['argon2', '$argon2id$'], id);
    }
  } finally {
    await own.stop();
  }
});

const refused_lines = [
  ['{"id":"_x"}', 'id must be'],
  ['not json', 'is no JSON object'],
  ['{"email":"nobody"}', 'email must be'],
  ['{"password":"a plain password"}', 'plain passwords are never taken'],
  ['{"hash":"bcrypt","password":"$2a$31$xX/myGbFU.ZSKHSi6EHdBOySTdYm8QxBLXmOPHrYMwV0mHRBBSBOq"}', 'bcrypt cost outside'],
  [`{"hash":"scrypt","password":"${'0'.repeat(128)}","passwordSalt":"x","passwordCpu":1048576,"passwordMemory":8,"passwordParallel":1,"passwordLength":64}`, '--foreign-hash-memory'],
  ['{"hash":"argon2","password":"$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"}', '--foreign-hash-memory'],
  ['{"hash":"md5","password":"hunter2hunter2"}', 'is no MD5'],
  [`{"hash":"sha","password":"${'0'.repeat(40)}"}`, 'is no digest of its SHA version'],
  [`{"name":"${'x'.repeat(300 * 1024)}"}`, 'longer than 256 KiB'],
];

while_running_and_stopped('what cannot be taken is refused by line and reason, and the rest is taken', async (state) => {
  const good = (n) => JSON.stringify({ id: `good-${state}-${n}` });
  const text = refused_lines.map(([line], i) => `${good(i)}\n${line}\n`).join('');
  const rejects = path.join(folder, `rejects-${state}`);
  const report = await import_file(file_of(text), '--rejects', rejects);
  assert.deepEqual([report.code, report.taken, report.refused, report.complete], [3, refused_lines.length, refused_lines.length, true]);
  const rejected = fs.readFileSync(rejects, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(rejected.map(({ line }) => line), refused_lines.map((_, i) => 2 * i + 2));
  refused_lines.forEach(([, reason], i) => assert.ok(rejected[i].reason.includes(reason), `${rejected[i].reason} : ${reason}`));
  assert.equal(report.refusals.reduce((sum, { count }) => sum + count, 0), refused_lines.length);
  assert.ok(report.refusals.every(({ lines, count }) => lines.length === Math.min(count, 5)));
});

test('a user who is there already is refused, or skipped when asked', async () => {
  const people = [{ id: 'there', email: fresh_email('there') }, { id: 'there-too' }];
  assert.equal((await import_users(people)).code, 0);
  const again = await import_users([...people, { id: 'not-there' }]);
  assert.deepEqual([again.code, again.taken, again.refused, again.existing], [3, 1, 2, 0]);
  const skipped = await import_users([...people, { id: 'not-there-2' }], '--skip-existing');
  assert.deepEqual([skipped.code, skipped.taken, skipped.refused, skipped.existing], [0, 1, 0, 2]);
  assert.deepEqual((await import_users([{ id: 'twice' }, { id: 'twice' }])).refusals.map(({ lines }) => lines), [[2]]);
});

while_running_and_stopped('of two lines with one address the first is taken, however far apart they are', async (state) => {
  // Once farther apart than one order to the store is long, once side by side.
  const count = 9000;
  const person = (n, of) => ({ id: `apart-${state}-${of}-${n}`, email: `apart-${state}-${n}@example.test`, name: of });
  const people = [...Array(2 * count).keys()].map((n) => person(n % count, n < count ? 'first' : 'second'));
  const close = [...Array(2 * count).keys()].map((n) => person(count + (n >> 1), n % 2 === 0 ? 'first' : 'second'));
  const report = await import_users([...people, ...close]);
  assert.deepEqual([report.code, report.taken, report.refused], [3, 2 * count, 2 * count]);
  const { file } = await export_file(`apart-${state}.jsonl`);
  const taken = fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).filter(({ id }) => id.startsWith(`apart-${state}-`));
  assert.equal(taken.length, 2 * count);
  assert.ok(taken.every(({ name }) => name === 'first'));
  // In the order of the file, which is that of their creation.
  assert.deepEqual(taken.map(({ id }) => Number(id.split('-').at(-1))), [...Array(2 * count).keys()]);
});

while_running_and_stopped('a dry run takes nobody', async (state) => {
  const report = await import_users([{ id: `dry-${state}` }, { email: 'x' }], '--dry-run');
  assert.deepEqual([report.code, report.valid, report.refused], [3, 1, 1]);
  assert.equal((await import_users([{ id: `dry-${state}` }])).code, 0);
});

test('wrong usage is told apart, and touches no file', async () => {
  const wrong = async (code, said, ...words) => {
    const result = await server.try_command(...words);
    assert.equal(result.code, code, result.output);
    assert.ok(result.output.includes(said), result.output);
  };
  const file = file_of('{}\n');
  await wrong(2, '--format', 'import', 'users', file_of('{}\n', 'txt'), '--project', 'default');
  await wrong(2, '--format', 'import', 'users', '-', '--project', 'default');
  await wrong(2, '--format', 'import', 'users', file, '--project', 'default', '--format', 'xml');
  await wrong(2, '--project', 'import', 'users', file);
  await wrong(1, 'no-such', 'import', 'users', path.join(folder, 'no-such.jsonl'), '--project', 'default');
  await wrong(1, 'no-such', 'import', 'users', file, '--project', 'no-such');
  await wrong(1, 'header', 'import', 'users', file_of('id,e-mail\n', 'csv'), '--project', 'default');
  await wrong(1, 'exist', 'export', 'users', file, '--project', 'default');
  assert.equal(fs.readFileSync(file, 'utf8'), '{}\n');
});

test('lines come from standard input and go to standard output', async () => {
  const project = await server.create_project('piped');
  const taken = await run_program(['import', 'users', '-', '--data', server.data, '--project', project, '--format', 'csv'], { input: 'id,labels\na,x y\nb,\n' });
  assert.equal(taken.code, 0, taken.output);
  assert.match(taken.stdout, /^taken +2$/m);
  const out = await run_program(['export', 'users', '--data', server.data, '--project', project]);
  assert.equal(out.code, 0, out.output);
  assert.deepEqual(out.stdout.trim().split('\n').map((line) => JSON.parse(line)).map(({ id, labels }) => [id, labels]), [['a', ['x', 'y']], ['b', undefined]]);
  assert.match(out.stderr, /^exported +2$/m);
});

/** What the users service shows of everybody, without what belongs to one store alone. */
async function everybody(of, key, project) {
  const { users: service } = node_client(of, { key, project });
  const all = [];
  for (let after; ;) {
    const queries = [JSON.stringify({ method: 'limit', values: [100] })];
    if (after) queries.push(JSON.stringify({ method: 'cursorAfter', values: [after] }));
    const page = plain(await service.list({ queries, total: false })).users;
    all.push(...page);
    if (page.length < 100) break;
    after = page.at(-1).$id;
  }
  return all.map(({ hashOptions, targets, ...user }) => ({
    ...user,
    hashOptions: user.hash === 'phpass' ? undefined : hashOptions,  // a random state is in it
    targets: targets.map(({ providerType, identifier }) => [providerType, identifier]).sort(),
  }));
}

describe('an export', () => {
  let people;
  before(async () => {
    people = Array.from({ length: 150 }, (_, n) => ({
      id: `round-${n}`, email: fresh_email('round'), phone: n % 3 ? undefined : `+1415556${String(1000 + n)}`,
      name: n % 2 ? `Name, "${n}"\nof two lines / ü` : undefined, labels: n % 5 ? undefined : ['a', 'b'], status: n % 7 !== 0,
      emailVerification: n % 2 === 0, phoneVerification: n % 6 === 0, impersonator: n % 9 === 0 || undefined, prefs: n % 4 ? undefined : { n, url: 'https://example.com/', deep: { list: [1, 'ü', null] } },
      createdAt: new Date(1.6e12 + n * 1e6).toISOString(), registration: new Date(1.5e12 + n * 1e6).toISOString(), ...vectors[n % 7],
    }));
    await server.create_project('origin');
    const file = file_of(lines_of(people));
    const report = await server.command('import', 'users', file, '--project', 'origin', '--json');
    assert.equal(report.taken, people.length, JSON.stringify(report));
    for (const n of [1, 2]) await sign_up(new Caller(server, { project: 'origin' }), { email: fresh_email(`own${n}`) });
  });

  for (const format of ['jsonl', 'csv']) {
    while_running_and_stopped(`as ${format} is an import elsewhere, hashes and all`, async (state) => {
      const file = path.join(folder, `origin-${state}.${format}`);
      const report = await server.command('export', 'users', file, '--project', 'origin', '--with-hashes', '--json');
      assert.deepEqual([report.exported, report.hashes, report.peppered], [people.length + 2, true, 0]);
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      const other = await Server.start();
      try {
        const taken = await other.command('import', 'users', file, '--project', 'default', '--json');
        assert.deepEqual([taken.taken, taken.refused], [people.length + 2, 0], JSON.stringify(taken));
        const back = path.join(folder, `back-${state}.${format}`);
        await other.command('export', 'users', back, '--project', 'default', '--with-hashes', '--json');
        assert.equal(fs.readFileSync(back, 'utf8'), fs.readFileSync(file, 'utf8'));
        if (state === 'running') {
          const { secret } = await server.create_key('origin', 'users.read');
          assert.deepEqual(await everybody(other, other.default_key, 'default'), await everybody(server, secret, 'origin'));
        }
        assert.equal((await other.command('check', '--json')).ok, true);
      } finally {
        await other.stop();
      }
    });
  }

  test('steers no terminal, whatever names hold, and says in a file what is there', async () => {
    const name = 'x\u009b31my\u202ez\nnew line';
    await server.create_project('steered');
    await server.command('import', 'users', file_of(lines_of([{ id: 'steering', name }])), '--project', 'steered', '--json');
    const line = [program, 'export', 'users', '--project', 'steered', '--data', server.data];
    for (const format of ['csv', 'jsonl']) {
      const { code, stdout } = await on_terminal([...line, '--format', format]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /steering/);
      assert.match(stdout, /x\\u009b31my\\u202ez\\(n|x0a)new line/);
      assert.ok(!/[\u0080-\u009f\u202e]/.test(stdout), JSON.stringify(stdout));
    }
    const { stdout } = await run_program([...line.slice(1), '--format', 'csv']);
    assert.ok(stdout.includes(`"${name}"`), JSON.stringify(stdout));
  });

  test('has no hashes unless asked', async () => {
    const file = path.join(folder, 'plain.csv');
    await server.command('export', 'users', file, '--project', 'origin', '--json');
    const text = fs.readFileSync(file, 'utf8');
    assert.ok(!/hash|password|argon2/.test(text), text.slice(0, 400));
    assert.ok(text.startsWith('id,email,phone,name,'));
  });
});

test('a hash with a pepper is exported with a word, and refused where the pepper is not', async () => {
  const peppers = path.join(folder, 'peppers');
  fs.writeFileSync(peppers, `p1 ${crypto.randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const peppered = await Server.start({ args: ['--pepper-file', peppers] });
  try {
    const email = fresh_email();
    await sign_up(new Caller(peppered), { email });
    const file = path.join(folder, 'peppered.jsonl');
    const out = await run_program(['export', 'users', file, '--data', peppered.data, '--project', 'default', '--with-hashes', '--json']);
    assert.equal(JSON.parse(out.stdout).peppered, 1);
    assert.match(out.stderr, /--pepper-file/);
    const report = await import_file(file);
    assert.deepEqual([report.code, report.refused], [3, 1]);
    assert.match(report.refusals[0].reason, /pepper/);
    const project = await peppered.create_project('again');
    assert.equal((await peppered.command('import', 'users', file, '--project', project, '--json')).taken, 1);
    const answer = await new Caller(peppered, { project }).post('/v1/account/sessions/email', { email, password: good_password });
    assert.equal(answer.status, 201, answer.text);
  } finally {
    await peppered.stop();
  }
});

test('an import that was killed leaves whole users, and completes when it is run again', async () => {
  const count = 30000;
  const people = Array.from({ length: count }, (_, n) => ({ id: `killed-${n}`, email: `killed-${n}@example.test`, name: `Killed ${n}`, ...vectors[0] }));
  for (const state of ['running', 'stopped']) {
    const own = await Server.start();
    if (state === 'stopped') await own.stop();
    const file = file_of(lines_of(people));
    const words = ['import', 'users', file, '--project', 'default', '--data', own.data, '--json', '--skip-existing'];
    const begun = fs.statSync(path.join(own.data, 'data.mdb')).blocks;
    const piped = [...words.map((word) => (word === file ? '-' : word)), '--format', 'jsonl'];
    const child = spawn(program, piped, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => {});
    child.stdin.write(lines_of(people.slice(0, 20000)));  // the rest never comes
    const ended = new Promise((resolve) => child.once('close', resolve));
    // Something was written, and not yet all of it.
    await until(() => fs.statSync(path.join(own.data, 'data.mdb')).blocks > begun + 4000, 'the import to have begun');
    if (state === 'running') await own.kill9();
    child.kill('SIGKILL');
    await ended;
    const after_kill = await own.command('check', '--json');
    assert.equal(after_kill.ok, true, JSON.stringify(after_kill));
    assert.ok(after_kill.users < count, `${after_kill.users} users were taken`);
    const again = JSON.parse((await run_program(words, { timeout: 120_000 })).stdout);
    assert.deepEqual([again.taken + again.existing, again.existing, again.refused], [count, after_kill.users, 0]);
    const whole = await own.command('check', '--json');
    assert.deepEqual([whole.ok, whole.users], [true, count]);
  }
});

test('sign-ins go on beside an import', async () => {
  const own = await Server.start();
  try {
    const email = fresh_email();
    await sign_up(new Caller(own), { email });
    const people = Array.from({ length: 10000 }, (_, n) => ({ id: `beside-${n}`, email: `beside-${n}@example.test` }));
    let on = true;
    const words = ['import', 'users', file_of(lines_of(people)), '--project', 'default', '--data', own.data, '--json'];
    const running = run_program(words, { timeout: 120_000 }).finally(() => (on = false));
    let signed_in = 0;
    while (on) {
      const answer = await new Caller(own).post('/v1/account/sessions/email', { email, password: good_password });
      assert.equal(answer.status, 201, answer.text);
      ++signed_in;
    }
    const report = JSON.parse((await running).stdout);
    assert.equal(report.taken, people.length);
    // Sign-ins found their turn between commits. A starved machine makes those smaller, never fewer.
    assert.ok(report.commits >= 20, JSON.stringify(report));
    assert.ok(report.longestHoldMs > 0 && report.longestHoldMs < 500, JSON.stringify(report));
    assert.ok(signed_in >= 5, `${signed_in} sign-ins`);
    assert.equal((await own.command('check', '--json')).users, people.length + 1);
  } finally {
    await own.stop();
  }
});

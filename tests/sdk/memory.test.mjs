// No copy of a password stays in the server's memory: every readable private mapping of the process is searched after
// passwords came in every shape the wire takes them, well formed and not, on connections still open and closed.
// Reading another process's memory needs the right to trace it; without it these tests say so and are skipped.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { Caller, accepted } from './support/http.mjs';
import { fresh_email, sign_in } from './support/people.mjs';
import { Server, sleep, until } from './support/server.mjs';
import { tls_identity } from './support/tls.mjs';

const { certificate, key: tls_key } = tls_identity();
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
const random_text = (length) => Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join('');

/** A mark of one server's passwords. Freed memory loses its first bytes, so the mark comes several times in each. */
const new_mark = () => random_text(7);
const labels = [];
function password_of(mark, what, length = 40) {
  if (!labels.includes(what)) labels.push(what);
  const label = labels.indexOf(what).toString(36).padStart(2, '0');
  if (length < 20) return `w9${random_text(length - 11)}${mark}${label}`;
  return Array.from({ length: Math.ceil(length / 10) }, (_, i) => `${mark}${label}${letters[i % 32]}`).join('').slice(0, length);
}

const escaped = (text) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('');
const percent = (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).join('');

function readable_mappings(pid) {
  return fs.readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n').map((line) => {
    const [, from, to, access, name] = line.match(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/);
    return { from: parseInt(from, 16), to: parseInt(to, 16), access, name };
  }).filter(({ access, name }) => access[0] === 'r' && access[3] === 'p' && !/^\[v/.test(name));
}

/** Where the mark is in the process's memory, as it is or encoded, with the text around it; and where `more` bytes are. */
function find_mark(pid, mark, more = []) {
  const needles = [...[mark, escaped(mark), percent(mark)].map((text) => Buffer.from(text)), ...more];
  const found = [];
  const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
  process.kill(pid, 'SIGSTOP');
  try {
    const part = Buffer.alloc(4 << 20);
    const overlap = 128;
    for (const { from, to, name } of readable_mappings(pid)) {
      for (let at = from; at < to; at += part.length - overlap) {
        const size = fs.readSync(memory, part, 0, Math.min(part.length, to - at), at);
        const bytes = part.subarray(0, size);
        for (const needle of needles)
          for (let hit = bytes.indexOf(needle); hit >= 0; hit = bytes.indexOf(needle, hit + 1)) {
            const around = bytes.subarray(Math.max(0, hit - 24), hit + needle.length + 24).toString('latin1');
            const label = bytes.subarray(hit + mark.length, hit + mark.length + 2).toString('latin1');
            const what = more.includes(needle) ? 'made of a password' : labels[parseInt(label, 36)] ?? '?';
            found.push(`${what}: ${(at + hit).toString(16)} ${name || 'anonymous'} ${JSON.stringify(around)}`);
          }
      }
    }
  } finally {
    process.kill(pid, 'SIGCONT');
    fs.closeSync(memory);
  }
  return [...new Set(found)];
}

/** The parts one after the other on a connection of its own; ends when the server closes or has answered for a while. */
async function send_raw(server, parts, { keep = false, pause = 15 } = {}) {
  const secure = server.url.startsWith('https:');
  const to = { host: '127.0.0.1', port: server.port, rejectUnauthorized: false };
  const socket = await new Promise((resolve, reject) => {
    const made = secure ? tls.connect(to, () => resolve(made)) : net.connect(to, () => resolve(made));
    made.on('error', reject);
  });
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes)).on('error', () => {});
  for (const part of parts) {
    socket.write(part);
    await sleep(pause);
  }
  if (keep) {
    await until(() => answer.length > 0, 'an answer');
    return answer;
  }
  socket.destroy();
  return answer;
}

const head = (length, more = '') =>
  `POST /v1/account/sessions/email HTTP/1.1\r\nHost: a\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\n${length}\r\n${more}\r\n`;
const sized = (body, more) => head(`Content-Length: ${Buffer.byteLength(body)}`, more) + body;

/** Usual use: sign-up, sign-ins right and wrong, changes, in every encoding, with long and short passwords. */
async function live(server, mark, length) {
  const guest = new Caller(server);
  const kind = length < 20 ? 'short ' : '';
  const of = (what) => password_of(mark, kind + what, length);
  const person = { userId: 'unique()', email: fresh_email(), password: of('sign-up'), name: 'A Name' };
  accepted(await guest.post('/v1/account', person), 201);
  const { caller } = await sign_in(guest, person);
  const form = 'application/x-www-form-urlencoded';
  const login = async (options, status = 201) =>
    assert.equal((await guest.send('POST', '/v1/account/sessions/email', options)).status, status);
  for (const password of [of('wrong'), 'something else'])
    for (const email of [person.email, fresh_email()]) await login({ json: { email, password } }, 401);
  await login({ form: { email: person.email, password: person.password } });
  await login({ body: `email=${person.email}&password=${percent(person.password)}`, headers: { 'content-type': form } });
  await login({ body: `email=${person.email}&password=${percent(of('encoded wrong'))}`, headers: { 'content-type': form } }, 401);
  await login({ json: `{"email":"${person.email}","password":"${escaped(person.password)}"}` });
  await login({ json: `{"email":"${person.email}","password":"${escaped(of('escaped wrong'))}"}` }, 401);
  const part = (name, value) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  await login({
    body: `${part('email', person.email)}${part('password', person.password)}--b--\r\n`,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  });
  await login({ json: { email: person.email, password: person.password }, headers: { 'x-appwrite-key': server.default_key } });

  const next = of('changed');
  const change = (body) => caller.patch('/v1/account/password', body);
  assert.equal((await change({ password: of('not set'), oldPassword: of('wrong old') })).status, 401);
  accepted(await change({ password: next, oldPassword: person.password }));
  accepted(await caller.patch('/v1/account/email', { email: fresh_email(), password: next }));
  assert.equal((await caller.patch('/v1/account/email', { email: fresh_email(), password: of('wrong for e-mail') })).status, 401);
  accepted(await caller.patch('/v1/account/phone', { phone: `+1555${Math.floor(1e6 + Math.random() * 8e6)}`, password: next }));
  const anonymous = await guest.post('/v1/account/sessions/anonymous');
  const nobody = guest.as({ cookie: anonymous.session_text('default') });
  accepted(await nobody.patch('/v1/account/password', { password: of('first') }));
  const user = (await caller.get('/v1/account')).json;
  await server.command_with_password(of('set by command'), 'user', 'set-password', user.$id, '--project', 'default');
}

const md5 = (...parts) => parts.reduce((hash, part) => hash.update(part), crypto.createHash('md5')).digest();

/** PHPass at 2^7 rounds. */
function phpass(password) {
  const digits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const salt = random_text(8);
  let made = md5(salt, password);
  for (let i = 0; i < 1 << 7; i++) made = md5(made, password);
  let text = '';
  for (let at = 0; at < made.length; at += 3) {
    const group = [...made.subarray(at, at + 3)];
    const bits = group.reduce((sum, byte, i) => sum | (byte << (8 * i)), 0);
    for (let i = 0; i <= group.length; i++) text += digits[(bits >> (6 * i)) & 63];
  }
  return `$P$${digits[7]}${salt}${text}`;
}

/** crypt(3), which Perl shows. */
const bcrypt = (password) => execFileSync('perl', ['-e', 'print crypt($ARGV[0], $ARGV[1])', password, `$2a$05$${'C'.repeat(21)}.`]).toString();

/** Bytes that only the process which made them of a password has; freed memory loses the first. */
const derived = [];
function keep_derived(bytes) {
  derived.push(bytes.subarray(17, 31));
  return bytes;
}

/** Path of the import, and what makes its parameters of a password. */
const imports = {
  md5: (password) => ({ password: md5(password).toString('hex') }),
  sha: (password) => ({ password: keep_derived(crypto.createHash('sha512').update(password).digest()).toString('hex'), passwordVersion: 'sha512' }),
  bcrypt: (password) => ({ password: bcrypt(password) }),
  phpass: (password) => ({ password: phpass(password) }),
  scrypt: (password) => ({
    password: keep_derived(crypto.scryptSync(password, 'salt', 64, { N: 1024, r: 8, p: 1 })).toString('hex'),
    passwordSalt: 'salt', passwordCpu: 1024, passwordMemory: 8, passwordParallel: 1, passwordLength: 64,
  }),
  'scrypt-modified': (password) => {
    const salt = Buffer.from('a salt');
    const separator = Buffer.from([7]);
    const signer = crypto.randomBytes(64);
    const key = keep_derived(crypto.scryptSync(password, Buffer.concat([salt, separator]), 64, { N: 16384, r: 8, p: 1 })).subarray(0, 32);
    return {
      password: crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signer).toString('base64'),
      passwordSalt: salt.toString('base64'), passwordSaltSeparator: separator.toString('base64'), passwordSignerKey: signer.toString('base64'),
    };
  },
};

/** Users that another product hashed sign in, wrong and right; the right password is hashed anew. */
async function imported(server, mark) {
  const guest = new Caller(server);
  const key = guest.as({ key: server.default_key });
  for (const [kind, of_password] of Object.entries(imports)) {
    const email = fresh_email();
    const password = password_of(mark, `of ${kind}`);
    const made = accepted(await key.post(`/v1/users/${kind}`, { userId: 'unique()', email, ...of_password(password) }), 201);
    const login = (text) => guest.post('/v1/account/sessions/email', { email, password: text });
    assert.equal((await login(password_of(mark, `wrong for ${kind}`))).status, 401, kind);
    accepted(await login(password), 201);
    await until(async () => (await key.get(`/v1/users/${made.$id}`)).json.hash === 'argon2', `an Argon2 hash instead of ${kind}`);
    accepted(await login(password), 201);
  }
}

/** Requests that are refused before or while their parameters are read, and bodies in unusual pieces. */
async function misuse(server, mark) {
  const guest = new Caller(server);
  const of = (what) => password_of(mark, what);
  const email = fresh_email();
  const json = (what, more = {}) => JSON.stringify({ email, ...more, password: of(what) });
  const post = (body, options = {}) => guest.send('POST', '/v1/account/sessions/email', { json: body, ...options });
  const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, '']));
  await post(json('after many small texts', many(90)));
  await post(json('too many parameters', many(101)));
  await post(`{"password":"${of('given twice')}","email":"${email}","password":"something else"}`);
  await post(`{"password":"${of('broken JSON')}"`);
  await post(JSON.stringify([of('in a list')]));
  await post(JSON.stringify({ email, password: [of('as a list')] }));
  await post(JSON.stringify({ email, password: { deep: of('as an object') } }));
  await post(JSON.stringify({ email, password: of('too long').repeat(8) }));
  await post(json('unknown project'), { headers: { 'x-appwrite-project': 'nowhere' } });
  await post(json('wrong key'), { headers: { 'x-appwrite-key': 'standard_00' } });
  await guest.send('POST', '/v1/nowhere', { json: json('unknown route') });
  await guest.send('GET', '/v1/account', { json: json('body of a GET') });
  await post(undefined, { form: { ...many(101), password: of('form with too many') }, json: undefined });
  await post(json('long body', { filler: 'x'.repeat(200_000) }));
  await post(json('longer than the limit', { filler: 'x'.repeat(2_200_000) })).catch(() => {});

  for (const keep of [true, false]) {
    const side = keep ? 'open' : 'closed';
    const body = json(`in pieces, ${side}`);
    await send_raw(server, [head(`Content-Length: ${body.length}`), ...body.match(/.{1,20}/g)], { keep });
    const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const chunked = json(`chunked, ${side}`).match(/.{1,45}/g).map(chunk).join('');
    await send_raw(server, [head('Transfer-Encoding: chunked') + chunked + '0\r\n\r\n'], { keep });
    const twice = [sized(json(`first of two, ${side}`)), sized(json(`second of two, ${side}`))].join('');
    await send_raw(server, [twice.slice(0, -30), twice.slice(-30)], { keep });
    const long_head = `X-Filler: ${'y'.repeat(3_700)}\r\n`;
    await send_raw(server, [sized(json(`behind a long header, ${side}`), long_head)], { keep });
    const after = sized(json(`behind long headers, ${side}`), long_head);
    await send_raw(server, [sized(json(`before long headers, ${side}`)) + after.slice(0, -60), after.slice(-60)], { keep });
  }
  await send_raw(server, [head('Content-Length: 4000') + json('cut off')]);
  await send_raw(server, [head('Content-Length: 9000000') + json('announced as too long')], { keep: true });
  await send_raw(server, [head('Content-Length: 200\r\nTransfer-Encoding: chunked') + json('conflicting lengths')], { keep: true });
  const refused = head(`Content-Length: 4000\r\nContent-Length: 4000`);
  await send_raw(server, [refused + json('after a refusal'), json('after a refusal')], { keep: true });
}

/** May this process read the memory of another one of its user? */
async function may_read(server, t) {
  try {
    fs.closeSync(fs.openSync(`/proc/${server.pid}/mem`, 'r'));
    return true;
  } catch (error) {
    console.error(`MEMORY NOT SEARCHED: ${error.message}; run as root or set kernel.yama.ptrace_scope to 0`);
    t.skip('the memory of another process may not be read here');
    return false;
  }
}

// A sanitized program maps terabytes of shadow memory, and keeps what was freed as it was.
const skip = process.env.E2E_SLOW ? 'only the usual program is searched' : false;

for (const [name, args] of [
  ['plain HTTP', []],
  ['TLS', ['--tls-certificate', certificate, '--tls-key', tls_key]],
]) {
  test(`over ${name} no copy of a password stays in memory, while a planted text is found`, { skip }, async (t) => {
    const server = await Server.start({ args });
    try {
      if (!(await may_read(server, t))) return;
      await server.set('default', { passwordHistory: 3, passwordDictionary: true, personalDataCheck: true });
      const mark = new_mark();
      await live(server, mark, 40);
      await live(server, mark, 15);
      await imported(server, mark);
      await misuse(server, mark);
      await sleep(300); // what runs behind the answers
      const found = find_mark(server.pid, mark, derived);
      const count = new Map();
      for (const each of found) count.set(each.split(':')[0], (count.get(each.split(':')[0]) ?? 0) + 1);
      assert.equal(found.length, 0, `${found.length} copies: ${JSON.stringify([...count])}\n${found.slice(0, 60).join('\n')}`);

      const planted = new_mark();
      const person = { userId: 'unique()', email: fresh_email(), password: 'quite ordinary 42', name: password_of(planted, 'planted') };
      const guest = new Caller(server);
      accepted(await guest.post('/v1/account', person), 201);
      accepted(await (await sign_in(guest, person)).caller.get('/v1/account'));
      assert.ok(find_mark(server.pid, planted).length > 0, 'the search finds nothing at all');
    } finally {
      await server.stop();
    }
  });
}

// What a dump of the process would give away: secrets that were used are searched for in the memory of the running server,
// in every map that it can write, once the requests are over. Reads /proc/PID/mem, so it needs root or ptrace rights.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Caller, accepted, send } from '../sdk/support/http.mjs';
import { fresh_email, good_password, sign_in, sign_up } from '../sdk/support/people.mjs';
import { ID, node_client } from '../sdk/support/sdk.mjs';
import { Server } from '../sdk/support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** Not with sanitizers: they keep what is freed. */
const readable = (() => {
  if (process.env.E2E_SLOW) return false;
  try {
    fs.closeSync(fs.openSync('/proc/self/mem', 'r'));
    return process.getuid() === 0;
  } catch {
    return false;
  }
})();

/** Parts of a secret that are none of anything else: freed memory loses its first bytes, and a part is enough to guess from. */
const parts_of = (text) => {
  if (text.length < 64) return [text];
  const size = 24;
  return [0.2, 0.4, 0.6, 0.8].map((share) => Math.floor(text.length * share) - size / 2).map((at) => text.slice(at, at + size));
};

/** Where in the writable memory of the process each of the texts is: {name: [map, ...]}. */
function search(pid, texts) {
  const found = {};
  const needles = Object.entries(texts).flatMap(([name, text]) => parts_of(text).map((part) => [name, Buffer.from(part)]));
  const longest = Math.max(...needles.map(([, needle]) => needle.length));
  const mem = fs.openSync(`/proc/${pid}/mem`, 'r');
  const size = 1 << 22;
  const piece = Buffer.alloc(size);
  for (const line of fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const map = line.match(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ (\d+)\s*(.*)$/);
    if (!map || !map[3].startsWith('rw')) continue;
    const [from, to] = [BigInt(`0x${map[1]}`), BigInt(`0x${map[2]}`)];
    if (to - from > 1n << 32n) continue; // the map of the store
    for (let at = from; at < to; at += BigInt(size - longest)) {
      let got = 0;
      try {
        got = fs.readSync(mem, piece, 0, Number(to - at < BigInt(size) ? to - at : BigInt(size)), at);
      } catch {
        break; // not there, as the guard of a stack
      }
      const bytes = piece.subarray(0, got);
      for (const [name, needle] of needles)
        for (let i = bytes.indexOf(needle); i >= 0; i = bytes.indexOf(needle, i + 1)) {
          const around = bytes.subarray(Math.max(0, i - 48), i + needle.length + 32).toString('latin1').replace(/[^ -~]/g, '.');
          (found[name] ??= []).push(`${map[5] || 'anonymous'} ${(at + BigInt(i)).toString(16)}: ${around}`);
        }
    }
  }
  fs.closeSync(mem);
  return found;
}

/** Nothing of any text is left, under a bound: what a thread wiped a moment later than it answered is no finding. */
async function forgotten(texts) {
  let found;
  for (let i = 0; i < 20; ++i) {
    found = search(server.child.pid, texts);
    if (Object.keys(found).length === 0) return;
    await send('GET', `${server.url}/live`);
  }
  assert.deepEqual(found, {});
}

test('no secret stays in memory after its use', { skip: !readable && 'needs root and a usual build' }, async () => {
  const secrets = {};
  secrets.default_key = server.default_key;
  accepted(await new Caller(server, { key: server.default_key }).get('/v1/users'));
  const key_text = (await server.create_key('default', 'users.read,users.write,sessions.write')).secret;
  secrets.key = key_text;
  const key = new Caller(server, { key: key_text });
  const { users } = node_client(server, { key: key_text });
  const password = `${good_password} ${Math.random()}`;
  secrets.password = password;

  const person = { userId: ID.unique(), email: fresh_email(), password };
  accepted(await key.post('/v1/users', person), 201);
  const guest = new Caller(server);
  const mine = await sign_in(guest, person);
  secrets.session = mine.secret;
  secrets.session_text = mine.text;
  accepted(await mine.caller.get('/v1/account'));
  accepted(await guest.as({ session: mine.text }).get('/v1/account'));
  accepted(await guest.as({ fallback: mine.text }).get('/v1/account'));
  const jwt = accepted(await mine.caller.post('/v1/account/jwts', {}), 201).jwt;
  secrets.jwt = jwt;
  accepted(await guest.as({ jwt }).get('/v1/account'));

  const token = accepted(await key.post(`/v1/users/${person.userId}/tokens`, { length: 64 }), 201);
  secrets.token = token.secret;
  const by_token = accepted(await guest.post('/v1/account/sessions/token', { userId: person.userId, secret: token.secret }), 201);
  assert.equal(by_token.userId, person.userId);
  const made = accepted(await key.post(`/v1/users/${person.userId}/sessions`, {}), 201);
  secrets.made = made.secret;
  accepted(await guest.as({ session: made.secret }).get('/v1/account'));
  const form = await guest.send('POST', '/v1/account/sessions/email', { form: { email: person.email, password } });
  accepted(form, 201);
  secrets.form_session = form.session_text('default');
  const changed = `${good_password} changed ${Math.random()}`;
  secrets.changed = changed;
  accepted(await mine.caller.patch('/v1/account/password', { password: changed, oldPassword: password }));
  await users.list();
  const short = `pw${Math.random().toString(36).slice(2, 12)}`; // fits into the text object itself
  secrets.short = short;
  accepted(await key.patch(`/v1/users/${person.userId}/password`, { password: short }));
  accepted(await guest.post('/v1/account/sessions/email', { email: person.email, password: short }), 201);
  const { jwt: by_key } = accepted(await key.post(`/v1/users/${person.userId}/jwts`, {}), 201);
  secrets.by_key = by_key;
  accepted(await guest.as({ jwt: by_key }).get('/v1/account'));
  const code = accepted(await key.post(`/v1/users/${person.userId}/tokens`, { length: 6 }), 201);
  await guest.post('/v1/account/sessions/token', { userId: person.userId, secret: code.secret });
  const closed = await send('GET', `${server.url}/v1/account`, { headers: { ...key.headers, connection: 'close' } });
  assert.equal(closed.status, 401);
  await forgotten(secrets);
});

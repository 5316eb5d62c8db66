import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { good_password, sign_in, sign_up, somebody, somebody_anonymous } from './support/people.mjs';
import { Server, new_folder, patience, program, run_program, sleep, until } from './support/server.mjs';

/** Runs `body` with a server of its own, which is gone afterwards. */
const with_server = (body, options) => async () => {
  const server = await Server.start(options);
  try {
    await body(server, new Caller(server));
  } finally {
    await server.kill9();
  }
};

async function make_history(server, guest) {
  const people = [await somebody(server), await somebody(server, { name: 'Second' })];
  const anonymous = await somebody_anonymous(server);
  await people[0].caller.patch('/v1/account/prefs', { prefs: { kept: ['yes'] } });
  await people[1].caller.patch('/v1/account/phone', { phone: '+14155550000', password: people[1].password });
  const project = await server.create_project('kept', { maxSessions: 2, webHosts: 'app.example.com' });
  const { secret: key } = await server.create_key(project, 'sessions.write');
  const stranger = await somebody(guest.as({ project }));
  const deleted = await somebody(server);
  accepted(await deleted.caller.delete('/v1/account'), 204);
  return { people, anonymous, project, key, stranger, deleted };
}

async function find_history(server, guest, { people, anonymous, project, key, stranger, deleted }) {
  for (const person of people) {
    assert.equal(accepted(await person.caller.get('/v1/account')).$id, person.id);
    assert.deepEqual(accepted(await person.caller.get('/v1/account/sessions/current')), person.session);
    await sign_in(guest, person);
  }
  assert.deepEqual(accepted(await people[0].caller.get('/v1/account/prefs')), { kept: ['yes'] });
  assert.equal(accepted(await people[1].caller.get('/v1/account')).phone, '+14155550000');
  assert.equal(accepted(await anonymous.caller.get('/v1/account')).$id, anonymous.id);
  accepted(await stranger.caller.get('/v1/account'));
  for (let i = 0; i < 2; i++) await sign_in(stranger.guest, stranger);
  refused(await stranger.caller.get('/v1/account'), 401, 'general_unauthorized_scope');
  const { session } = await sign_in(guest.as({ project, key }), stranger);
  assert.notEqual(session.secret, '');
  refused(await deleted.caller.get('/v1/account'), 401, 'general_unauthorized_scope');
  assert.equal((await guest.as({ project, origin: 'https://app.example.com' }).get('/v1/ping')).status, 200);
  const report = await server.command('check', '--json');
  assert.equal(report.ok, true, JSON.stringify(report));
}

test('everything is there after SIGTERM and SIGINT', with_server(async (server, guest) => {
  const history = await make_history(server, guest);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    assert.ok(!fs.existsSync(`${server.data}/control.sock`) || (await server.try_command('project', 'list', '--json')).code === 0);
    await server.start();
    if (signal === 'SIGTERM') assert.equal(accepted(await history.people[0].caller.get('/v1/account')).$id, history.people[0].id);
  }
  await find_history(server, guest, history);
}));

test('everything is there after kill -9 right behind the answer', with_server(async (server, guest) => {
  const history = await make_history(server, guest);
  const last = await sign_up(guest);
  await server.restart({ hard: true });
  await sign_in(guest, last);
  await find_history(server, guest, history);
}));

test('a stopping server answers what it has begun', with_server(async (server, guest) => {
  const people = await Promise.all(Array.from({ length: 8 }, () => sign_up(guest)));
  const answers = people.map((person) => guest.post('/v1/account/sessions/email', { email: person.email, password: person.password }).catch((error) => error));
  await sleep(15);
  assert.equal((await server.stop()).code, 0);
  const settled = await Promise.all(answers);
  await server.start();
  for (const answer of settled) {
    if (answer instanceof Error) continue;  // never reached the server
    assert.ok([201, 503].includes(answer.status), answer.text);
    if (answer.status === 201) accepted(await guest.as({ cookie: answer.session_text('default') }).get('/v1/account'));
  }
}, { cheap: false, args: ['--hash-threads', '2'] }));

test('an idle connection does not hold up a stop', with_server(async (server) => {
  const socket = net.connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  const began = Date.now();
  assert.equal((await server.stop()).code, 0);
  assert.ok(Date.now() - began < 3000 * patience, `${Date.now() - began} ms`);
  socket.destroy();
}));

test('a second server on the same data fails and names the first', with_server(async (server) => {
  const second = await run_program(['serve', '--listen', '127.0.0.1:0', '--data', server.data]);
  assert.notEqual(second.code, 0);
  assert.match(second.output, new RegExp(`\\b${server.pid}\\b`));
  assert.equal((await new Caller(server).get('/v1/ping')).status, 200);
}));

test('a taken port is refused with its address', with_server(async (server) => {
  const other = new Server();
  const second = await run_program(['serve', '--listen', `127.0.0.1:${server.port}`, '--data', other.data]);
  assert.notEqual(second.code, 0);
  assert.match(second.output, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
}));

test('the log and the ready file say where it listens', with_server(async (server) => {
  const line = await until(() => server.log_lines.find((each) => JSON.stringify(each).includes('listening')), 'the listening line');
  assert.ok(JSON.stringify(line).includes(server.url));
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*\/?$/);
}));

test('starting is quick and a data folder is private', with_server(async (server) => {
  assert.equal(fs.statSync(server.data).mode & 0o077, 0);
  for (const name of fs.readdirSync(server.data)) assert.equal(fs.lstatSync(`${server.data}/${name}`).mode & 0o077, 0, name);
  await server.restart();
  assert.ok(server.ready_ms < 1000 * patience, `${server.ready_ms} ms`);
}));

test('the usual cost of hashing works over the wire', with_server(async (server, guest) => {
  const person = await sign_up(guest, { password: good_password });
  await sign_in(guest, person);
  refused(await guest.post('/v1/account/sessions/email', { email: person.email, password: 'wrong password' }), 401, 'user_invalid_credentials');
}, { cheap: false }));

test('a changed cost keeps old passwords working', with_server(async (server, guest) => {
  const person = await sign_up(guest);
  await server.restart({ args: ['--hash-memory', '16', '--hash-passes', '2'], cheap: false });
  await sign_in(guest, person);
  await sign_in(guest, person);
}));

test('it listens on IPv6', async (t) => {
  const has_ipv6 = Object.values(os.networkInterfaces()).flat().some(({ address }) => address === '::1');
  if (!has_ipv6) return t.skip('this machine has no IPv6');
  await with_server(async (server, guest) => {
    assert.match(server.url, /^http:\/\/\[::1\]:\d+\/?$/);
    const { session } = await somebody(guest);
    assert.equal(session.ip, '::1');
  }, { host: '[::1]' })();
});

test('on a terminal the first key is shown once and kept nowhere', async (t) => {
  if (!fs.existsSync('/usr/bin/script')) return t.skip('script(1) is not here');
  const data = path.join(new_folder(), 'data');
  const start = async () => {
    const child = spawn('/usr/bin/script', ['-qfec', `'${program}' serve --listen 127.0.0.1:0 --data '${data}' --hash-memory 8`, '/dev/null'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    await until(() => said.includes('account.get()'), 'the guide');
    const [url] = said.match(/http:\/\/127\.0\.0\.1:\d+/);
    return { url, said, stop: () => new Promise((resolve) => (child.once('close', resolve), child.kill('SIGTERM'))) };
  };
  const first = await start();
  const [key] = first.said.match(/standard_[0-9a-f]{256}/) ?? [];
  assert.ok(key, first.said);
  assert.ok(!fs.existsSync(path.join(data, 'default-key')));
  accepted(await new Caller({ url: first.url, project: 'default' }).as({ key }).get('/v1/health'));
  await first.stop();
  const again = await until(() => start().catch(() => null), 'the second start');
  assert.ok(!/standard_[0-9a-f]{256}/.test(again.said));
  await again.stop();
});

test('a server that cannot listen has made no key yet', with_server(async (server) => {
  const data = path.join(new_folder(), 'data');
  const failed = await run_program(['serve', '--listen', `127.0.0.1:${server.port}`, '--data', data]);
  assert.notEqual(failed.code, 0);
  const later = await Server.start({ data });
  await later.stop();
  assert.ok((later.log + later.stdout).includes(path.join(data, 'default-key')), 'the first start that works says where the key is');
}));

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Caller, accepted } from './support/http.mjs';
import { fresh_email, sign_in, sign_up } from './support/people.mjs';
import { Server } from './support/server.mjs';

const secrets = new Map();
const remember = (name, value) => (secrets.set(name, value), value);
let server;
let person;

before(async () => {
  server = await Server.start({ args: ['--log-level', 'debug', '--trusted-proxies', '127.0.0.1/32'] });
  const guest = new Caller(server, { ip: '203.0.113.77' });
  const password = remember('password', 'a-very-secret-password');
  person = await sign_up(guest, { password });
  const wrong = remember('wrong password', 'a-wrong-but-private-password');
  await guest.post('/v1/account/sessions/email', { email: person.email, password: wrong });
  await guest.post('/v1/account/sessions/email', { email: fresh_email(), password: wrong });
  const { caller, text, secret } = await sign_in(guest, person);
  remember('session text', text);
  remember('session secret', secret);
  remember('start of a session secret', secret.slice(0, 24));
  remember('encoded session text', encodeURIComponent(text));
  await guest.as({ session: text }).get('/v1/account');
  await guest.as({ fallback: text }).get('/v1/account');
  const { jwt } = accepted(await caller.post('/v1/account/jwts'), 201);
  remember('jwt signature', jwt.split('.')[2]);
  await guest.as({ jwt }).get('/v1/account');
  await guest.as({ jwt: `${jwt}x` }).get('/v1/account');
  remember('default key', server.default_key);
  remember('part of the default key', server.default_key.slice(9, 40));
  const { secret: key } = await server.create_key('default', 'sessions.write');
  remember('made key', key);
  const by_key = await sign_in(guest.as({ key }), person);
  remember('session made by key', by_key.secret);
  const next = remember('new password', 'a-newer-secret-password');
  accepted(await caller.patch('/v1/account/password', { password: next, oldPassword: password }));
  accepted(await caller.patch('/v1/account/prefs', { prefs: { note: remember('preference', 'a-private-preference') } }));
  await caller.get(`/v1/account?secret=${remember('query', 'a-private-query')}`);
  await guest.send('POST', '/v1/account', { body: `{"password":"${remember('broken body', 'a-private-broken-body')}"`, headers: { 'content-type': 'application/json' } });
  await guest.get(`/v1/${remember('unknown path', 'a-private-path')}/x`);
  await server.command_with_password(remember('set password', 'a-password-set-by-command'), 'user', 'set-password', person.id, '--project', 'default');
  accepted(await (await sign_in(guest, await sign_up(guest))).caller.delete('/v1/account/sessions/current'), 204);
  await server.stop();
});
after(() => server.kill9());

test('no secret is in the log', () => {
  const said = server.log + server.stdout;
  assert.ok(said.length > 1000);
  for (const [name, value] of secrets) assert.ok(!said.includes(value), `the log has the ${name}`);
});

test('passwords and session secrets are not in the data folder either', () => {
  const stored = fs.readdirSync(server.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== 'default-key')
    .map((entry) => fs.readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`));
  for (const name of ['password', 'new password', 'session secret', 'session text', 'default key', 'made key', 'session made by key']) {
    for (const bytes of stored) assert.ok(!bytes.includes(secrets.get(name)), `the store has the ${name}`);
  }
});

test('every request has one line with its route, status, time, project and id', () => {
  const lines = server.log_lines.filter((line) => 'route' in line);
  assert.ok(lines.length >= 15);
  for (const line of lines) {
    assert.ok(['GET', 'POST', 'PATCH', 'DELETE'].includes(line.method), JSON.stringify(line));
    assert.ok(Number.isInteger(line.status) && line.status >= 200 && line.status < 600);
    const micros = line.microseconds ?? line.us ?? line.micros;
    assert.ok(Number.isInteger(micros) && micros >= 0, JSON.stringify(line));
    assert.equal(line.project, 'default');
    assert.ok(line.request ?? line.request_id ?? line.id, JSON.stringify(line));
  }
  assert.ok(lines.some(({ route, status }) => route === '/v1/account/sessions/email' && status === 401));
  assert.ok(lines.some(({ route }) => route.includes('{sessionId}') || route.includes(':sessionId')), 'templates, not paths');
});

test('security events name the user, the network and the outcome', () => {
  const events = server.log_lines.filter((line) => 'event' in line && !('route' in line) && 'outcome' in line);
  const failed = events.filter(({ event, outcome }) => event === 'sign_in' && outcome === 'failed');
  assert.ok(failed.length >= 2, JSON.stringify(events));
  for (const line of failed) assert.match(JSON.stringify(line), /203\.0\.113\.(77|0\/24)/);
  assert.ok(events.some(({ event, outcome }) => event === 'sign_in' && outcome === 'ok'));
  assert.ok(events.some((line) => JSON.stringify(line).includes(person.id)));
  for (const word of ['password', 'session', 'key']) assert.ok(events.some(({ event }) => event.includes(word)), `an event about a ${word}: ${[...new Set(events.map(({ event }) => event))]}`);
});

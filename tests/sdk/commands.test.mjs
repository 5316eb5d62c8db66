import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, good_password, sign_in, sign_up } from './support/people.mjs';
import { Server, new_folder, run_command, run_program } from './support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
});
after(() => server.kill9());

const fails = (result, ...words) => {
  assert.equal(result.signal, null, `it did not end: ${result.output}`);
  assert.notEqual(result.code, 0, result.output);
  for (const word of words) assert.ok(result.output.includes(word), `"${result.output}" does not name ${word}`);
};

/** The same words with the server running, and with it stopped. */
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

describe('projects', () => {
  while_running_and_stopped('are created, listed and set', async (state) => {
    const id = `commands-${state}`;
    const made = await server.command('project', 'create', '--id', id, '--name', 'Made by command', '--json');
    assert.equal(made.id, id);
    assert.equal(made.settings.name, 'Made by command');
    assert.equal(made.settings.maxSessions, 10);
    await server.command('project', 'set', '--project', id, 'maxSessions=3', 'passwordStrength.uppercase=true', 'webHosts=app.example.com,*.example.org');
    const { total, projects } = await server.command('project', 'list', '--json');
    assert.equal(total, projects.length);
    assert.ok(projects.some((project) => project.id === 'default'));
    assert.ok(!projects.some((project) => project.id === 'console'));
    const { settings } = projects.find((project) => project.id === id);
    assert.equal(settings.maxSessions, 3);
    assert.equal(settings['passwordStrength.uppercase'], true);
    assert.deepEqual(settings.webHosts, ['app.example.com', '*.example.org']);
    fails(await server.try_command('project', 'create', '--id', id, '--name', 'Again'), id);
  });

  test('refuse settings that do not exist or do not fit, and change nothing then', async () => {
    const id = await server.create_project('strict');
    const wrong = { maxSessions: ['0', '101', 'many', ''], duration: ['59', '31536001'], limit: ['-1', '10001'], passwordHistory: ['21'], 'passwordStrength.min': ['7', '257'], anonymous: ['yes', '1'], webHosts: ['http://x', 'a b', 'a,,b'] };
    for (const [name, values] of Object.entries(wrong)) for (const value of values) fails(await server.try_command('project', 'set', '--project', id, 'JWT=false', `${name}=${value}`), name);
    fails(await server.try_command('project', 'set', '--project', id, 'noSuchSetting=1'), 'noSuchSetting');
    fails(await server.try_command('project', 'set', '--project', id, 'maxSessions'), 'maxSessions');
    fails(await server.try_command('project', 'set', '--project', 'nowhere', 'maxSessions=2'));
    const { projects } = await server.command('project', 'list', '--json');
    const { settings } = projects.find((project) => project.id === id);
    assert.deepEqual([settings.JWT, settings.maxSessions], [true, 10]);
  });

  test('refuse ids that are none', async () => {
    for (const id of ['Upper', '-dash', 'a b', 'console', 'x'.repeat(37), 'a/b']) fails(await server.try_command('project', 'create', `--id=${id}`, '--name', 'X'));
  });
});

describe('keys', () => {
  while_running_and_stopped('are created, listed without secrets and revoked', async (state) => {
    const made = await server.command('key', 'create', '--project', 'default', '--scopes', 'sessions.write,users.read', '--name', `Key ${state}`, '--json');
    assert.match(made.secret, /^standard_[0-9a-f]{256}$/);
    const list = await server.try_command('key', 'list', '--project', 'default', '--json');
    assert.equal(list.code, 0, list.output);
    assert.ok(!list.output.includes(made.secret));
    const { keys } = JSON.parse(list.stdout);
    const listed = keys.find((key) => key.id === made.id);
    assert.equal(listed.name, `Key ${state}`);
    assert.deepEqual([...listed.scopes].sort(), ['sessions.write', 'users.read']);
    assert.ok(!('secret' in listed));
    assert.ok(!(await server.try_command('key', 'list', '--project', 'default')).output.includes(made.secret));
    if (state === 'running') accepted(await guest.as({ key: made.secret }).get('/v1/health'));
    await revoke(made.id);
    assert.ok(!(await server.command('key', 'list', '--project', 'default', '--json')).keys.some((key) => key.id === made.id));
    fails(await try_revoke(made.id));
    if (state === 'running') refused(await guest.as({ key: made.secret }).get('/v1/health'), 401, 'user_unauthorized');
  });

  test('refuse scopes and dates that are none', async () => {
    fails(await server.try_command('key', 'create', '--project', 'default', '--scopes', 'sessions.write,account'), 'account');
    fails(await server.try_command('key', 'create', '--project', 'default', '--scopes', 'all', '--expire', 'tomorrow'), 'expire');
    fails(await server.try_command('key', 'create', '--project', 'nowhere', '--scopes', 'all'));
  });
});

const try_revoke = (id) => server.try_command('key', 'revoke', id, '--project', 'default');
const revoke = async (id) => assert.equal((await try_revoke(id)).code, 0);

describe('users', () => {
  while_running_and_stopped('are created, shown, changed, blocked and deleted', async (state) => {
    const email = fresh_email(`commands-${state}`);
    const user = await server.command_with_password(good_password, 'user', 'create', '--project', 'default', '--email', email, '--name', 'By command', '--json');
    assert.ok(user.id);
    assert.equal(user.email, email);
    const shown = await server.command('user', 'show', '--project', 'default', '--user', user.id, '--json');
    assert.equal(shown.name, 'By command');
    assert.ok(!JSON.stringify(shown).includes('$argon2'));
    assert.equal((await server.command('user', 'show', '--project', 'default', '--user', email, '--json')).id, user.id);
    const { total, users } = await server.command('user', 'list', '--project', 'default', '--json');
    assert.ok(total >= 1 && users.some(({ id }) => id === user.id));
    const there = async (body) => (state === 'running' ? body() : undefined);
    await there(() => sign_in(guest, { email, password: good_password }));
    await server.command_with_password('set by command', 'user', 'set-password', '--project', 'default', '--user', user.id, '--json');
    await there(async () => {
      refused(await guest.post('/v1/account/sessions/email', { email, password: good_password }), 401, 'user_invalid_credentials');
      await sign_in(guest, { email, password: 'set by command' });
    });
    await server.command('user', 'block', '--project', 'default', '--user', user.id, '--json');
    await there(async () => refused(await guest.post('/v1/account/sessions/email', { email, password: 'set by command' }), 403, 'user_blocked'));
    assert.equal((await server.command('user', 'show', '--project', 'default', '--user', user.id, '--json')).status, false);
    await server.command('user', 'delete', '--project', 'default', '--user', user.id, '--json');
    fails(await server.try_command('user', 'show', '--project', 'default', '--user', user.id, '--json'));
    await there(async () => refused(await guest.post('/v1/account/sessions/email', { email, password: 'set by command' }), 401, 'user_invalid_credentials'));
  });

  test('lose their sessions with a new password, and are refused while blocked', async () => {
    const person = await sign_up(guest);
    const first = await sign_in(guest, person);
    await server.command_with_password('set by command', 'user', 'set-password', '--project', 'default', '--user', person.id, '--json');
    refused(await first.caller.get('/v1/account'), 401, 'general_unauthorized_scope');
    const second = await sign_in(guest, { ...person, password: 'set by command' });
    await server.command('user', 'block', '--project', 'default', '--user', person.id, '--json');
    refused(await second.caller.get('/v1/account'), 403, 'user_blocked');
    await server.command('user', 'unblock', '--project', 'default', '--user', person.id, '--json');
    accepted(await second.caller.get('/v1/account'));
  });

  test('may be made without a password', async () => {
    const email = fresh_email();
    const user = await server.command('user', 'create', '--project', 'default', '--email', email, '--no-password', '--json');
    assert.equal(user.passwordUpdate, '');
    refused(await guest.post('/v1/account/sessions/email', { email, password: good_password }), 401, 'user_invalid_credentials');
  });

  test('are refused with what is wrong', async () => {
    const taken = await sign_up(guest);
    fails(await server.try_command_with_password(good_password, 'user', 'create', '--project', 'default', '--email', taken.email));
    fails(await server.try_command_with_password(good_password, 'user', 'create', '--project', 'default', '--email', 'nonsense'), 'email');
    fails(await server.try_command_with_password('short', 'user', 'create', '--project', 'default', '--email', fresh_email()), 'password');
    fails(await server.try_command('user', 'show', '--project', 'default', '--user', 'nobody'));
    fails(await server.try_command('user', 'delete', '--project', 'nowhere', '--user', taken.id));
  });
});

describe('the store', () => {
  while_running_and_stopped('is checked', async () => {
    const report = await server.command('check', '--json');
    assert.equal(report.ok, true, JSON.stringify(report));
    assert.deepEqual(report.problems, []);
    assert.ok(report.users >= 1 && report.projects >= 1);
  });

  test('is backed up while it runs and restored', async () => {
    const person = await sign_up(guest);
    const { text } = await sign_in(guest, person);
    const to = path.join(new_folder(), 'backup');
    await server.command('backup', '--to', to);
    assert.ok(!fs.existsSync(path.join(to, 'seal.key')), 'the sealing key stays at home');
    const with_key = path.join(new_folder(), 'backup');
    await server.command('backup', '--to', with_key, '--with-seal-key');
    assert.equal(fs.statSync(path.join(with_key, 'seal.key')).mode & 0o777, 0o600);
    const later = await sign_up(guest);

    const data = path.join(new_folder(), 'data');
    await run_command('restore', '--from', with_key, '--data', data);
    const restored = await Server.start({ data });
    try {
      const there = new Caller(restored);
      assert.equal(accepted(await there.as({ cookie: text }).get('/v1/account')).$id, person.id);
      await sign_in(there, person);
      refused(await there.post('/v1/account/sessions/email', { email: later.email, password: later.password }), 401, 'user_invalid_credentials');
      accepted(await there.as({ key: server.default_key }).get('/v1/health'));
      assert.equal((await restored.command('check', '--json')).ok, true);
    } finally {
      await restored.stop();
    }
    fails(await run_program(['restore', '--from', with_key, '--data', data]), data);
    fails(await server.try_command('backup', '--to', to), to);
  });
});

describe('the program', () => {
  test('says its version and explains itself', async () => {
    assert.match(await run_command('version'), /\d+\.\d+\.\d+/);
    const help = await run_program(['--help']);
    assert.equal(help.code, 0);
    for (const word of ['serve', 'project', 'key', 'user', 'check', 'backup', 'restore', 'openapi', 'version']) assert.ok(help.output.includes(word), word);
    const serve = await run_program(['serve', '--help']);
    assert.equal(serve.code, 0);
    for (const word of ['--listen', '--data', '--trusted-proxies', '--rate-limits', 'PORTCULLIS_']) assert.ok(serve.output.includes(word), word);
  });

  test('refuses what it does not know', async () => {
    for (const words of [['dance'], ['serve', '--dance'], ['project', 'dance'], ['key'], ['user', 'dance']]) fails(await run_program(words));
  });

  test('refuses a wrong option and names it', async () => {
    const data = path.join(new_folder(), 'data');
    const wrong = {
      '--listen': ['nowhere', '127.0.0.1', '127.0.0.1:70000', '127.0.0.1:http', '300.1.2.3:80'], '--trusted-proxies': ['nonsense', '10.0.0.0/33'],
      '--rate-limits': ['maybe'], '--hash-memory': ['0', '7', 'much', '-8'], '--hash-passes': ['0', 'x'], '--hash-threads': ['0', '-1', 'x'], '--log-format': ['xml'],
      '--engine': ['floppy'], '--tls-certificate': ['/nonexistent.pem'], '--log-level': ['loud'],
    };
    for (const [option, values] of Object.entries(wrong)) {
      for (const value of values) fails(await run_program(['serve', '--data', data, ...(option === '--listen' ? [] : ['--listen', '127.0.0.1:0']), `${option}=${value}`]), option.slice(2));
    }
    fails(await run_program(['serve', '--listen', '127.0.0.1:0', '--data', '/proc/nowhere']));
    const file = path.join(new_folder(), 'file');
    fs.writeFileSync(file, 'no folder');
    fails(await run_program(['serve', '--listen', '127.0.0.1:0', '--data', file]), file);
  });

  test('reads options from the environment, where a flag wins', async () => {
    fails(await run_program(['serve', '--listen', '127.0.0.1:0', '--data', path.join(new_folder(), 'data')], { env: { PORTCULLIS_RATE_LIMITS: 'maybe' } }), 'RATE_LIMITS');
    const one = await Server.start({ env: { PORTCULLIS_RATE_LIMITS: 'maybe', PORTCULLIS_LISTEN: 'nonsense' } });
    assert.equal((await new Caller(one).get('/v1/ping')).status, 200);
    await one.stop();
  });

  test('refuses commands on a folder that holds no store', async () => {
    const data = new_folder();
    for (const words of [['project', 'list'], ['check'], ['key', 'list', '--project', 'default']]) fails(await run_program([...words, '--data', path.join(data, 'nothing')]));
    assert.ok(!fs.existsSync(path.join(data, 'nothing')));
  });

  test('prints how to begin at the first start', async () => {
    const fresh = await Server.start();
    await fresh.stop();
    const said = fresh.log + fresh.stdout;
    assert.ok(said.includes(path.join(fresh.data, 'default-key')), said);
    await fresh.start();
    await fresh.stop();
  });
});

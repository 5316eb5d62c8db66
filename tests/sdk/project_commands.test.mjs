// Platforms, mock phone numbers, keys and hosts of pages: the command line and the API change the same records.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** A project of the test's own, its SDK service and callers without a key and with one. */
async function fresh_project() {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id);
  const guest = new Caller(server, { project: id });
  return { id, project: node_client(server, { project: id, key: secret }).project, guest, caller: guest.as({ key: secret }) };
}

const command = (noun, verb, project, ...words) => server.command(noun, verb, '--project', project, ...words, '--json');
const fails = async (noun, verb, project, words, type) => {
  const { code, stderr, stdout } = await server.try_command(noun, verb, '--project', project, ...words, '--json');
  assert.equal(code, type === 'usage' ? 2 : 1, stdout + stderr);
  assert.equal(JSON.parse(stderr).type, type, stdout + stderr);
};
const stopped = async (body) => {
  await server.stop();
  try {
    return await body();
  } finally {
    await server.start();
  }
};

const kinds = { web: ['hostname', '*.example.org'], apple: ['bundleIdentifier', 'com.example.app'], android: ['applicationId', 'com.example.app'], windows: ['packageIdentifierName', 'App'], linux: ['packageName', 'app'] };

describe('platforms', () => {
  test('that a command made are shown by the SDK, whether the server ran or not', async () => {
    const { id, project } = await fresh_project();
    const create = (type) => command('platform', 'create', id, '--type', type, '--identifier', kinds[type][1], '--name', `My ${type}`, '--id', `my-${type}`);
    const made = [await create('web'), await create('apple')];
    await stopped(async () => {
      for (const type of ['android', 'windows', 'linux']) made.push(await create(type));
    });
    const { total, platforms } = plain(await project.listPlatforms());
    assert.equal(total, 5);
    for (const [i, type] of Object.keys(kinds).entries()) {
      const shown = platforms[i];
      assert.deepEqual([shown.$id, shown.type, shown.name, shown[kinds[type][0]]], [`my-${type}`, type, `My ${type}`, kinds[type][1]]);
      assert.deepEqual([made[i].id, made[i].type, made[i].identifier, made[i].name], [shown.$id, type, kinds[type][1], shown.name]);
    }
    for (const { id: platform } of made) assert.equal((await command('platform', 'delete', id, platform)).deleted, true);
    assert.equal(plain(await project.listPlatforms()).total, 0);
  });

  test('that the SDK made are listed and deleted by commands', async () => {
    const { id, project } = await fresh_project();
    await project.createWebPlatform({ platformId: 'site', name: 'Site', hostname: 'App.Example.com' });
    await project.createLinuxPlatform({ platformId: 'tool', name: 'Tool', packageName: 'tool' });
    const listed = await command('platform', 'list', id);
    assert.equal(listed.total, 2);
    assert.deepEqual(listed.platforms.map((each) => [each.id, each.type, each.identifier, each.name]), [['site', 'web', 'app.example.com', 'Site'], ['tool', 'linux', 'tool', 'Tool']]);
    assert.match(await server.command('platform', 'list', '--project', id), /^id +type +identifier +name +createdAt\nsite +web +app\.example\.com/m);
    await stopped(() => command('platform', 'delete', id, 'site'));
    await assert.rejects(project.getPlatform({ platformId: 'site' }), sdk_error(404, 'platform_not_found'));
    assert.equal(plain(await project.getPlatform({ platformId: 'tool' })).packageName, 'tool');
  });

  test('are refused as the API refuses them', async () => {
    const { id } = await fresh_project();
    const words = (change) => Object.entries({ type: 'web', identifier: 'app.example.com', name: 'Site', id: 'site', ...change }).map(([name, value]) => `--${name}=${value}`);
    await command('platform', 'create', id, ...words({}));
    await fails('platform', 'create', id, words({}), 'platform_already_exists');
    for (const change of [{ type: 'toaster' }, { identifier: 'http://x' }, { identifier: 'a b' }, { type: 'linux', identifier: '  ' }, { name: '  ' }, { name: 'x'.repeat(129) }, { id: '-x' }])
      await fails('platform', 'create', id, words({ id: 'other', ...change }), 'usage');
    await fails('platform', 'create', 'nowhere', words({}), 'project_not_found');
    await fails('platform', 'create', 'console', words({}), 'usage');
    await fails('platform', 'delete', id, ['nothing'], 'platform_not_found');
    assert.equal((await command('platform', 'list', id)).total, 1);
  });
});

describe('mock phone numbers', () => {
  test('of commands and of the SDK are the same', async () => {
    const { id, project } = await fresh_project();
    const made = await command('mock-phone', 'create', id, '--number', '+4930123456', '--otp', '123456');
    assert.deepEqual([made.number, made.otp], ['+4930123456', '123456']);
    await stopped(() => command('mock-phone', 'create', id, '--number', '+4930123457', '--otp', '000001'));
    const shown = plain(await project.listMockPhones());
    assert.deepEqual(shown.mockNumbers.map((each) => [each.number, each.otp]), [['+4930123456', '123456'], ['+4930123457', '000001']]);
    await project.createMockPhone({ number: '+4930123458', otp: '654321' });
    await project.updateMockPhone({ number: '+4930123456', otp: '111111' });
    const listed = await command('mock-phone', 'list', id);
    assert.equal(listed.total, 3);
    assert.deepEqual(listed.mockNumbers.map((each) => [each.number, each.otp]), [['+4930123456', '111111'], ['+4930123457', '000001'], ['+4930123458', '654321']]);
    await command('mock-phone', 'delete', id, '+4930123458');
    await assert.rejects(project.getMockPhone({ number: '+4930123458' }), sdk_error(404, 'mock_number_not_found'));
  });

  test('are refused as the API refuses them', async () => {
    const { id } = await fresh_project();
    const create = (number, otp) => ['--number', number, '--otp', otp];
    await command('mock-phone', 'create', id, ...create('+4930123456', '123456'));
    await fails('mock-phone', 'create', id, create('+4930123456', '654321'), 'mock_number_already_exists');
    for (const [number, otp] of [['4930123456', '123456'], ['+49301234567890123', '123456'], ['+4930123457', '12345'], ['+4930123457', '1234567'], ['+4930123457', 'abcdef']])
      await fails('mock-phone', 'create', id, create(number, otp), 'usage');
    await fails('mock-phone', 'delete', id, ['+4930123457'], 'mock_number_not_found');
    assert.deepEqual((await command('mock-phone', 'list', id)).mockNumbers.map((each) => each.otp), ['123456']);
  });
});

describe('keys', () => {
  test('that a command changed hold what it said, in the SDK and for who uses them', async () => {
    const { id, project, guest } = await fresh_project();
    const made = await server.create_key(id, 'users.read', '--expire', new Date(Date.now() + 3600_000).toISOString());
    const used = guest.as({ key: made.secret });
    accepted(await used.get('/v1/users'));
    const changed = await command('key', 'update', id, made.id, '--name', 'Renamed', '--scopes', 'teams.read,keys.read');
    assert.deepEqual([changed.name, changed.scopes, changed.expire, changed.secret], ['Renamed', ['keys.read', 'teams.read'], '', undefined]);
    refused(await used.get('/v1/users'), 401, 'general_unauthorized_scope');
    const shown = plain(await project.getKey({ keyId: made.id }));
    assert.deepEqual([shown.name, shown.scopes, shown.expire, shown.secret], ['Renamed', ['keys.read', 'teams.read'], '', made.secret]);
    await stopped(() => command('key', 'update', id, made.id, '--name', 'Ended', '--scopes', 'users.read', '--expire', '2020-01-01T00:00:00Z'));
    refused(await used.get('/v1/users'), 401, 'project_key_expired');
    await project.updateKey({ keyId: made.id, name: 'Back', scopes: ['users.read'] });
    assert.equal((await command('key', 'list', id)).keys.find((key) => key.id === made.id).name, 'Back');
    await fails('key', 'update', id, ['nothing', '--name', 'X', '--scopes', 'users.read'], 'key_not_found');
    for (const words of [['--name', 'x'.repeat(129), '--scopes', 'users.read'], ['--name', 'X', '--scopes', 'account'], ['--name', 'X', '--scopes', 'all', '--expire', 'soon']])
      await fails('key', 'update', id, [made.id, ...words], 'usage');
  });

  test('for applications being built are changed by commands', async () => {
    const { id } = await fresh_project();
    const email = fresh_email();
    await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
    const console = new Caller(server, { project: 'console' });
    const root = console.as({ cookie: (await console.post('/v1/account/sessions/email', { email, password: good_password })).session_text('console') });
    const expire = new Date(Date.now() + 7200_000).toISOString();
    const made = await command('dev-key', 'create', id, '--name', 'First', '--expire', new Date(Date.now() + 3600_000).toISOString());
    const changed = await command('dev-key', 'update', id, made.id, '--name', 'Second', '--expire', expire);
    assert.deepEqual([changed.id, changed.name, changed.secret], [made.id, 'Second', undefined]);
    const shown = accepted(await root.get(`/v1/projects/${id}/dev-keys/${made.id}`));
    assert.deepEqual([shown.name, Date.parse(shown.expire), shown.secret], ['Second', Date.parse(expire), made.secret]);
    accepted(await root.put(`/v1/projects/${id}/dev-keys/${made.id}`, { name: 'Third', expire }));
    assert.deepEqual((await command('dev-key', 'list', id)).devKeys.map((key) => key.name), ['Third']);
    assert.match(await server.command('dev-key', 'list', '--project', id), /^id +name +createdAt +expire$/m);
    await fails('dev-key', 'update', id, ['nothing', '--name', 'X', '--expire', expire], 'key_not_found');
    await fails('dev-key', 'update', id, [made.id, '--name', 'X', '--expire', 'soon'], 'usage');
  });
});

describe('hosts whose pages may call', () => {
  const opens = async (guest, host) => (await guest.as({ headers: { Origin: `https://${host}` } }).get('/v1/ping')).status === 200;
  const hosts_of = async (id) => (await server.command('project', 'list', '--json')).projects.find((each) => each.id === id).settings.webHosts;
  const platforms_of = async (project) => plain(await project.listPlatforms()).platforms;

  test('that webHosts names are web platforms, which the API lists and deletes', async () => {
    const { id, project, guest, caller } = await fresh_project();
    await server.set(id, { webHosts: 'App.example.com,*.example.org,app.example.com' });
    const made = await platforms_of(project);
    assert.deepEqual(made.map((each) => [each.type, each.name, each.hostname]), [['web', 'app.example.com', 'app.example.com'], ['web', '*.example.org', '*.example.org']]);
    const older = accepted(await caller.as({ headers: { 'X-Appwrite-Response-Format': '1.9.0' } }).get('/v1/project'));
    assert.deepEqual(older.platforms.map((each) => each.hostname), ['app.example.com', '*.example.org']);
    assert.deepEqual(await hosts_of(id), ['app.example.com', '*.example.org']);
    assert.deepEqual([await opens(guest, 'app.example.com'), await opens(guest, 'a.example.org'), await opens(guest, 'elsewhere.com')], [true, true, false]);
    await project.deletePlatform({ platformId: made[0].$id });
    assert.deepEqual([await opens(guest, 'app.example.com'), await opens(guest, 'a.example.org')], [false, true]);
    assert.deepEqual(await hosts_of(id), ['*.example.org']);
  });

  test('are set again as they are shown, also when they are as many as there may be', async () => {
    const id = await server.create_project('many-hosts');
    const hosts = Array.from({ length: 1000 }, (_, i) => `h${i}.example.com`);
    await server.set(id, { webHosts: hosts.join(',') });
    const shown = await hosts_of(id);
    assert.deepEqual(shown.toSorted(), hosts.toSorted());
    await server.set(id, { webHosts: shown.join(',') });
    assert.deepEqual(await hosts_of(id), shown);
    await assert.rejects(server.set(id, { webHosts: [...shown, 'one.more.example.com'].join(',') }));
  });

  test('are in webHosts whoever made the platform, and go with it', async () => {
    const { id, project, guest } = await fresh_project();
    const site = plain(await project.createWebPlatform({ platformId: 'site', name: 'The site', hostname: 'site.example.com' }));
    await project.createAndroidPlatform({ platformId: 'phone', name: 'Phone', applicationId: 'com.example.app' });
    await project.createWebPlatform({ platformId: 'old', name: 'Old', hostname: 'old.example.com' });
    assert.deepEqual(await hosts_of(id), ['site.example.com', 'old.example.com']);
    const other = await command('project', 'set', id, 'maxSessions=3');
    assert.deepEqual(other.settings.webHosts, ['site.example.com', 'old.example.com']);
    const set = await stopped(() => command('project', 'set', id, 'webHosts=site.example.com,new.example.com'));
    assert.deepEqual(set.settings.webHosts, ['site.example.com', 'new.example.com']);
    const left = await platforms_of(project);
    assert.deepEqual(left.map((each) => each.hostname ?? each.applicationId), ['site.example.com', 'com.example.app', 'new.example.com']);
    assert.deepEqual(left[0], site);
    assert.deepEqual([await opens(guest, 'old.example.com'), await opens(guest, 'new.example.com')], [false, true]);
    await server.set(id, { webHosts: '' });
    assert.deepEqual((await platforms_of(project)).map((each) => each.$id), ['phone']);
    assert.equal((await server.command('check', '--json')).ok, true);
  });

  test('are there from the first moment of a project that was made with them', async () => {
    const id = fresh_id();
    const made = await server.command('project', 'create', '--id', id, 'webHosts=app.example.com', '--json');
    assert.deepEqual(made.settings.webHosts, ['app.example.com']);
    assert.deepEqual((await command('platform', 'list', id)).platforms.map((each) => [each.type, each.identifier]), [['web', 'app.example.com']]);
  });
});

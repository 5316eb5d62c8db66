// Platforms and mock phone numbers of a project by the node SDK, and what a platform opens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server, until } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** A project of the test's own, its SDK service and a caller with a key. */
async function fresh_project() {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id);
  return { id, key: secret, project: node_client(server, { project: id, key: secret }).project, caller: new Caller(server, { project: id, key: secret }) };
}

const kinds = [
  { type: 'web', field: 'hostname', value: 'app.example.com', other: '*.example.org', name: 'Web' },
  { type: 'apple', field: 'bundleIdentifier', value: 'com.example.app', other: 'com.example.two', name: 'Apple' },
  { type: 'android', field: 'applicationId', value: 'com.example.app', other: 'com.example.two', name: 'Android' },
  { type: 'windows', field: 'packageIdentifierName', value: 'com.example.app', other: 'com.example.two', name: 'Windows' },
  { type: 'linux', field: 'packageName', value: 'com.example.app', other: 'com.example.two', name: 'Linux' },
];

test('platforms of every type are made, shown, changed and deleted', async () => {
  const { id, project } = await fresh_project();
  for (const { type, field, value, other, name } of kinds) {
    const made = plain(await project[`create${name}Platform`]({ platformId: `my-${type}`, name: `A ${name} one`, [field]: value }));
    assert.deepEqual([made.$id, made.type, made.name, made[field]], [`my-${type}`, type, `A ${name} one`, value]);
    assert.equal(made.key, type === 'web' ? '' : undefined);
    assert.equal(made.$createdAt, made.$updatedAt);
    assert.deepEqual(plain(await project.getPlatform({ platformId: made.$id })), made);
    const changed = plain(await project[`update${name}Platform`]({ platformId: made.$id, name: 'Renamed', [field]: other }));
    assert.deepEqual([changed.name, changed[field], changed.$createdAt], ['Renamed', other, made.$createdAt]);
    assert.ok(changed.$updatedAt > made.$updatedAt);
  }
  const listed = plain(await project.listPlatforms());
  assert.equal(listed.total, 5);
  assert.deepEqual(listed.platforms.map((each) => each.type), kinds.map((kind) => kind.type));
  assert.equal(plain(await project.listPlatforms({ total: false })).total, 0);
  const ask = async (...queries) => plain(await project.listPlatforms({ queries })).platforms.map((each) => each.type);
  assert.deepEqual(await ask(Query.equal('type', ['linux', 'web'])), ['web', 'linux']);
  assert.deepEqual(await ask(Query.isNotNull('hostname')), ['web']);
  assert.deepEqual(await ask(Query.equal('applicationId', 'com.example.two')), ['android']);
  assert.deepEqual(await ask(Query.cursorAfter('my-android'), Query.limit(1)), ['windows']);
  assert.deepEqual(await ask(Query.orderDesc('$createdAt'), Query.limit(1), Query.offset(1)), ['windows']);
  await assert.rejects(project.listPlatforms({ queries: [Query.cursorAfter('none')] }), sdk_error(400, 'general_cursor_not_found'));
  await assert.rejects(project.listPlatforms({ queries: [Query.equal('key', 'x')] }), sdk_error(400, 'general_argument_invalid'));

  await server.restart({ hard: true });
  assert.deepEqual(plain(await project.listPlatforms()), listed);
  for (const each of listed.platforms) await project.deletePlatform({ platformId: each.$id });
  assert.deepEqual(plain(await project.listPlatforms()), { total: 0, platforms: [] });
  assert.equal((await server.command('check', '--json')).problems?.length ?? 0, 0);
  assert.ok(id);
});

test('what is wrong with a platform is said', async () => {
  const { project, caller } = await fresh_project();
  for (const { type, field, value } of kinds) {
    const good = { platformId: 'unique()', name: 'A', [field]: value };
    const path = `/v1/project/platforms/${type}`;
    for (const wrong of [{ name: '' }, { name: '  ' }, { name: 'x'.repeat(129) }, { [field]: '' }, { [field]: ' ' }, { [field]: 'x'.repeat(257) }, { platformId: '.dot' }, { platformId: 'x'.repeat(37) }, { name: 5 }])
      refused(await caller.post(path, { ...good, ...wrong }), 400, 'general_argument_invalid');
    for (const missing of Object.keys(good)) refused(await caller.post(path, { ...good, [missing]: undefined }), 400, 'general_argument_invalid');
  }
  for (const hostname of ['https://example.com', 'a b', '-a.example.com', 'example.com:80', 'a..b', '*.*'])
    refused(await caller.post('/v1/project/platforms/web', { platformId: 'unique()', name: 'A', hostname }), 400, 'general_argument_invalid');

  await project.createWebPlatform({ platformId: 'one', name: 'One', hostname: 'localhost' });
  await assert.rejects(project.createWebPlatform({ platformId: 'one', name: 'Two', hostname: 'localhost' }), sdk_error(409, 'platform_already_exists'));
  await assert.rejects(project.createLinuxPlatform({ platformId: 'one', name: 'Two', packageName: 'two' }), sdk_error(409, 'platform_already_exists'));
  await assert.rejects(project.updateLinuxPlatform({ platformId: 'one', name: 'Two', packageName: 'two' }), sdk_error(400, 'platform_method_unsupported'));
  await assert.rejects(project.updateWebPlatform({ platformId: 'none', name: 'Two', hostname: 'two' }), sdk_error(404, 'platform_not_found'));
  await assert.rejects(project.getPlatform({ platformId: 'none' }), sdk_error(404, 'platform_not_found'));
  await project.deletePlatform({ platformId: 'one' });
  await assert.rejects(project.deletePlatform({ platformId: 'one' }), sdk_error(404, 'platform_not_found'));
});

test('pages of a web platform may use the API, those of others and of other projects may not', async () => {
  const { id, project } = await fresh_project();
  const elsewhere = await server.create_project(fresh_id());
  const page = (origin, where = id) => new Caller(server, { project: where, origin });
  const sign_up = (caller) => caller.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: good_password });
  const opens = async (origin, where) => {
    const answer = await sign_up(page(origin, where));
    if (answer.status === 403) {
      assert.equal(answer.json.type, 'general_unknown_origin');
      return false;
    }
    accepted(answer, 201);
    assert.equal(answer.header('access-control-allow-origin'), origin);
    return true;
  };
  assert.equal(await opens('https://shop.example.net'), false);
  await project.createWebPlatform({ platformId: 'shop', name: 'Shop', hostname: 'shop.example.net' });
  await project.createWebPlatform({ platformId: 'wild', name: 'Wild', hostname: '*.example.org' });
  assert.equal(await opens('https://shop.example.net'), true);
  assert.equal(await opens('http://shop.example.net:8443'), true);
  assert.equal(await opens('https://a.example.org'), true);
  assert.equal(await opens('https://other.example.net'), false);
  assert.equal(await opens('https://shop.example.net', elsewhere), false);
  await project.updateWebPlatform({ platformId: 'shop', name: 'Shop', hostname: 'moved.example.net' });
  assert.equal(await opens('https://shop.example.net'), false);
  assert.equal(await opens('https://moved.example.net'), true);
  await project.createAndroidPlatform({ platformId: 'droid', name: 'Droid', applicationId: 'com.example.droid' });
  assert.equal(await opens('appwrite-android://com.example.droid'), true);
  assert.equal(await opens('appwrite-ios://com.example.droid'), false);
  await project.deletePlatform({ platformId: 'shop' });
  assert.equal(await opens('https://moved.example.net'), false);
});

test('mock phone numbers keep their codes', async () => {
  const { project, caller } = await fresh_project();
  const made = plain(await project.createMockPhone({ number: '+4915112345678', otp: '123456' }));
  assert.deepEqual([made.number, made.otp, made.$createdAt], ['+4915112345678', '123456', made.$updatedAt]);
  await project.createMockPhone({ number: '+15550100', otp: '000000' });
  await assert.rejects(project.createMockPhone({ number: '+15550100', otp: '111111' }), sdk_error(409, 'mock_number_already_exists'));
  assert.equal(plain(await project.getMockPhone({ number: '+15550100' })).otp, '000000');
  for (const form of ['+15550100', '%2B15550100', '15550100'])
    assert.equal(accepted(await caller.get(`/v1/project/mock-phones/${form}`)).number, '+15550100');

  const changed = plain(await project.updateMockPhone({ number: '+15550100', otp: '654321' }));
  assert.equal(changed.otp, '654321');
  await server.restart({ hard: true });
  const { total, mockNumbers } = plain(await project.listMockPhones());
  assert.equal(total, 2);
  assert.deepEqual(mockNumbers.map(({ number, otp }) => [number, otp]).sort(), [['+15550100', '654321'], ['+4915112345678', '123456']]);
  assert.equal(plain(await project.listMockPhones({ total: false })).total, 0);
  const [page, left] = [await project.listMockPhones({ queries: [Query.limit(1)] }), await project.listMockPhones({ queries: [Query.offset(1)] })];
  assert.deepEqual([page.total, ...page.mockNumbers, ...left.mockNumbers].map((each) => each.number ?? each), [2, ...mockNumbers.map((each) => each.number)]);
  const old_form = accepted(await caller.get('/v1/project/mock-phones/+15550100', { headers: { 'x-appwrite-response-format': '1.9.1' } }));
  assert.deepEqual(old_form, { phone: '+15550100', otp: '654321' });

  await project.deleteMockPhone({ number: '+15550100' });
  await assert.rejects(project.deleteMockPhone({ number: '+15550100' }), sdk_error(404, 'mock_number_not_found'));
  await assert.rejects(project.updateMockPhone({ number: '+15550100', otp: '654321' }), sdk_error(404, 'mock_number_not_found'));
  for (const otp of ['12345', '1234567', '12345a', '', 123456])
    refused(await caller.post('/v1/project/mock-phones', { number: '+15550101', otp }), 400, 'general_argument_invalid');
  for (const number of ['15550101', '+', '+1234567890123456', 'phone', ''])
    refused(await caller.post('/v1/project/mock-phones', { number, otp: '123456' }), 400, 'general_argument_invalid');
});

test('mock codes are sealed in the store and absent from the log', async () => {
  const { project } = await fresh_project();
  await project.createMockPhone({ number: '+4915177777777', otp: '928374' });
  await until(() => server.log_lines.some((line) => line.event === 'mock_phone_create' && line.outcome === 'ok'), 'the line of the log');
  assert.ok(!server.log.includes('928374'));
  const { readFileSync, readdirSync } = await import('node:fs');
  const files = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  for (const file of files) assert.ok(!readFileSync(`${file.parentPath ?? file.path}/${file.name}`).includes('928374'), file.name);
});

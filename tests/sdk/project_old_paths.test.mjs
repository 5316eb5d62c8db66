// What older clients of administrators call: mock phone numbers as one list, platforms of every type by one path.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password } from './support/people.mjs';
import { Server } from './support/server.mjs';

let server;
let root;
before(async () => {
  server = await Server.start();
  const email = fresh_email();
  await server.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  const guest = new Caller(server, { project: 'console' });
  root = guest.as({ cookie: (await guest.post('/v1/account/sessions/email', { email, password: good_password })).session_text('console') });
});
after(() => server.stop());

async function fresh_project() {
  const id = await server.create_project(fresh_id());
  return { id, path: `/v1/projects/${id}`, key: new Caller(server, { project: id, key: (await server.create_key(id)).secret }) };
}

test('mock phone numbers are replaced as a list', async () => {
  const { id, path, key } = await fresh_project();
  accepted(await key.post('/v1/project/mock-phones', { number: '+15550199', otp: '999999' }), 201);
  const set = (numbers, caller = root) => caller.patch(`${path}/auth/mock-numbers`, { numbers });
  const before_it = accepted(await key.get('/v1/project')).$updatedAt;
  const answer = accepted(await set([{ phone: '+15550100', otp: '123456' }, { phone: '+15550101', otp: '000000' }]));
  assert.equal(answer.$id, id);
  assert.ok(answer.$updatedAt > before_it);
  assert.equal(accepted(await key.get('/v1/project')).$updatedAt, answer.$updatedAt);
  const shown = async () => accepted(await key.get('/v1/project/mock-phones')).mockNumbers.map(({ number, otp, $createdAt, $updatedAt }) => [number, otp, $createdAt, $updatedAt]);
  assert.deepEqual(await shown(), [['+15550100', '123456', '', ''], ['+15550101', '000000', '', '']]);
  await server.restart({ hard: true });
  assert.equal((await shown()).length, 2);

  refused(await set([{ phone: '+15550102', otp: '111111' }, { phone: '+15550102', otp: '222222' }]), 400, 'general_bad_request');
  const many = (count) => Array.from({ length: count }, (_, i) => ({ phone: `+155501${String(i).padStart(2, '0')}`, otp: '123456' }));
  for (const wrong of [many(11), [{ phone: '15550100', otp: '123456' }], [{ phone: '+15550100', otp: '12345' }], [{ phone: '+15550100' }], [{ otp: '123456' }], ['+15550100'], 'none', null, undefined])
    refused(await set(wrong), 400, 'general_argument_invalid', 'numbers');
  assert.deepEqual((await shown()).map(([number]) => number), ['+15550100', '+15550101']);
  refused(await set([], key), 401, 'general_unauthorized_scope');
  refused(await new Caller(server, { project: id }).patch(`${path}/auth/mock-numbers`, { numbers: [] }), 401, 'general_unauthorized_scope');

  accepted(await set(many(10)));
  assert.equal((await shown()).length, 10);
  const touched = accepted(await key.put('/v1/project/mock-phones/+15550100', { otp: '654321' }));
  assert.deepEqual([touched.otp, touched.$createdAt], ['654321', '']);
  assert.notEqual(touched.$updatedAt, '');
  accepted(await set([]));
  assert.deepEqual(await shown(), []);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

test('platforms of every type come by one path', async () => {
  const { path, key } = await fresh_project();
  const create = (body) => root.post(`${path}/platforms`, { name: 'App', ...body });
  const kinds = [
    ['web', 'web', 'hostname', 'a.example.com'], ['flutter-web', 'web', 'hostname', '*.b.example.com'], ['unity', 'web', 'hostname', 'c.example.com'],
    ['flutter-ios', 'apple', 'bundleIdentifier', 'com.example.a'], ['apple-tvos', 'apple', 'bundleIdentifier', 'com.example.b'],
    ['android', 'android', 'applicationId', 'com.example.c'], ['flutter-linux', 'linux', 'packageName', 'd'], ['flutter-windows', 'windows', 'packageIdentifierName', 'e'],
  ];
  for (const [type, now, identifier, value] of kinds) {
    const made = accepted(await create({ type, [now === 'web' ? 'hostname' : 'key']: value }), 201);
    assert.deepEqual([made.type, made[identifier]], [now, value]);
    assert.deepEqual(accepted(await key.get(`/v1/project/platforms/${made.$id}`)), made);
  }
  const mine = accepted(await create({ platformId: 'mine', type: 'web', hostname: 'mine.example.com' }), 201);
  assert.equal(mine.$id, 'mine');
  refused(await create({ platformId: 'mine', type: 'web', hostname: 'mine.example.com' }), 409, 'platform_already_exists');
  refused(await create({ type: 'toaster', hostname: 'a.example.com' }), 400, 'general_bad_request');
  for (const wrong of [{ type: 'web' }, { type: 'android', hostname: 'a.example.com' }, { hostname: 'a.example.com' }, { type: 'web', hostname: 'not a host' }, { type: 'web', hostname: 'a.example.com', name: ' ' }])
    refused(await create(wrong), 400, 'general_argument_invalid');

  const renamed = accepted(await root.put(`${path}/platforms/mine`, { name: 'Mine', key: 'ignored', hostname: 'new.example.com' }));
  assert.deepEqual([renamed.name, renamed.hostname, renamed.$createdAt], ['Mine', 'new.example.com', mine.$createdAt]);
  const app = accepted(await create({ type: 'android', key: 'com.example.f' }), 201);
  assert.equal(accepted(await root.put(`${path}/platforms/${app.$id}`, { name: 'Droid', key: 'com.example.g' })).applicationId, 'com.example.g');
  assert.equal(accepted(await root.put(`${path}/platforms/${app.$id}`, { name: 'Droid again' })).applicationId, 'com.example.g');
  refused(await root.put(`${path}/platforms/nobody`, { name: 'A' }), 404, 'platform_not_found');
  refused(await new Caller(server, { project: 'default' }).post(`${path}/platforms`, { type: 'web' }), 401, 'user_unauthorized');
  const page = new Caller(server, { project: key.who.project, origin: 'https://new.example.com' });
  assert.equal((await page.get('/v1/ping')).status, 200);
});

// The first ping of a project is kept, others change nothing, and none costs a commit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, accepted } from './support/http.mjs';
import { fresh_id } from './support/people.mjs';
import { node_client, plain } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

test('the first ping of a project counts, and is kept over a restart', async () => {
  const id = await server.create_project(fresh_id());
  const { secret } = await server.create_key(id);
  const guest = new Caller(server, { project: id });
  const project = node_client(server, { project: id, key: secret }).project;
  const shown = async () => {
    const { pingCount, pingedAt } = plain(await project.get());
    return [pingCount, pingedAt];
  };
  assert.deepEqual(await shown(), [0, '']);
  const before = Date.now();
  await Promise.all(Array.from({ length: 100 }, () => guest.get('/v1/ping')));
  const [count, first] = await shown();
  assert.equal(count, 1);
  assert.ok(Date.parse(first) >= before && Date.parse(first) <= Date.now());
  await guest.get('/v1/ping');
  assert.deepEqual(await shown(), [1, first]);
  assert.equal(accepted(await new Caller(server, { key: server.default_key }).get('/v1/project')).pingCount, 0);
  await server.restart();
  assert.deepEqual(await shown(), [1, first]);
  await guest.get('/v1/ping');
  assert.deepEqual(await shown(), [1, first]);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

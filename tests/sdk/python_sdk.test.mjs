// The official Python SDK, whose typed models decode what they get: python/smoke.py.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server } from './support/server.mjs';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const python = path.join(here, '../../build/python-sdk/bin/python');

let server;
before(async () => {
  await run(path.join(here, 'python/install'));
  server = await Server.start();
});
after(() => server?.stop());

test('the Python SDK reads what it is answered as what it is, without a warning', async () => {
  const { stdout, stderr } = await run(python, [path.join(here, 'python/smoke.py'), server.endpoint, 'default', server.default_key]);
  assert.equal(stderr, '');
  const read = JSON.parse(stdout);
  const { argon2, bcrypt, scrypt, scryptMod } = read;
  assert.deepEqual([argon2.model, argon2.email, argon2.targets], ['User', 'python@example.test', ['python@example.test']]);
  assert.equal(argon2.options, 'AlgoArgon2');
  assert.deepEqual([argon2.numbers.memoryCost, argon2.numbers.timeCost, argon2.numbers.threads], [8, 1, 1]);
  assert.deepEqual([bcrypt.options, bcrypt.numbers.type], ['AlgoBcrypt', 'bcrypt']);
  assert.equal(scrypt.options, 'AlgoScrypt');
  assert.deepEqual([scrypt.numbers.costCpu, scrypt.numbers.costMemory, scrypt.numbers.costParallel, scrypt.numbers.length], [1024, 8, 1, 64]);
  assert.equal(scryptMod.options, 'AlgoScryptModified');
  assert.deepEqual([scryptMod.numbers.salt, scryptMod.numbers.saltSeparator], ['YXNhbHQ=', 'Bw==']);
  assert.deepEqual(read.list, [1, [true]]);
  assert.deepEqual(read.session, ['Session', true, 'token']);
  assert.equal(read.me[0], true);
  assert.ok(JSON.stringify(read.prefs).includes('dark') && JSON.stringify(read.me).includes('dark'), JSON.stringify(read));
  assert.equal(read.sessions, 2);
  assert.deepEqual(read.gone, [404, 'user_not_found']);
});

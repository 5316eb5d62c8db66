// The official command line (npm appwrite-cli) with a key: its own folder for its preferences, JSON out of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fresh_email, good_password } from './support/people.mjs';
import { Server } from './support/server.mjs';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const command = path.join(here, 'node_modules/appwrite-cli/index.js');

let server;
let home;
before(async () => {
  server = await Server.start();
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'appwrite-cli-'));
  await appwrite('client', '--endpoint', server.endpoint, '--project-id', 'default', '--key', server.default_key);
});
after(async () => {
  await server?.stop();
  if (home) fs.rmSync(home, { recursive: true });
});

async function appwrite(...words) {
  const env = { PATH: process.env.PATH, HOME: home, CI: '1' };
  return run(process.execPath, [command, ...words], { env, cwd: home });
}

/** The object that a command prints with --json. */
async function answer(...words) {
  const { stdout, stderr } = await appwrite('--json', ...words);
  assert.doesNotMatch(stdout + stderr, /warning/i);
  return JSON.parse(stdout);
}

test('the command line makes, shows, lists and deletes a user', async () => {
  const email = fresh_email();
  const made = await answer('users', 'create', '--user-id', 'by-cli', '--email', email, '--password', good_password, '--name', 'Ada');
  assert.deepEqual([made.$id, made.email, made.name], ['by-cli', email, 'Ada']);
  assert.deepEqual(await answer('users', 'get', '--user-id', 'by-cli'), made);
  assert.deepEqual((await answer('users', 'list')).users, [made]);
  const session = await answer('users', 'create-session', '--user-id', 'by-cli');
  assert.equal((await answer('users', 'list-sessions', '--user-id', 'by-cli')).sessions[0].$id, session.$id);
  await appwrite('users', 'delete', '--user-id', 'by-cli');
  assert.equal((await answer('users', 'list')).total, 0);
});

test('the command line tells an error', async () => {
  const failed = await appwrite('users', 'get', '--user-id', 'nobody').then(() => assert.fail('it should fail'), (error) => error);
  assert.notEqual(failed.code, 0);
  assert.match(failed.stdout + failed.stderr, /could not be found/);
});

// --pepper-file: without its secret no password matches, and a new one takes over at each user's next sign-in.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Caller } from './support/http.mjs';
import { fresh_email, good_password, sign_up } from './support/people.mjs';
import { Server, new_folder, sleep } from './support/server.mjs';

const pepper = (id) => `${id} ${crypto.randomBytes(32).toString('base64')}\n`;

test('a pepper can be changed, and is needed', async () => {
  const file = path.join(new_folder(), 'peppers');
  const first = pepper('p1');
  const second = pepper('p2');
  fs.writeFileSync(file, first, { mode: 0o600 });
  const server = await Server.start({ args: ['--pepper-file', file] });
  const guest = new Caller(server);
  const attempt = async (email) => (await guest.post('/v1/account/sessions/email', { email, password: good_password })).status;
  const restart_with = async (text) => {
    fs.writeFileSync(file, text);
    await server.restart();
  };
  const email = fresh_email();
  const absent = fresh_email();
  for (const each of [email, absent]) await sign_up(guest, { email: each });
  assert.equal(await attempt(email), 201);

  await restart_with(first + second);
  assert.equal(await attempt(email), 201); // and hashed anew, with the second
  await sleep(300);
  await restart_with(second);
  assert.equal(await attempt(email), 201);
  assert.equal(await attempt(absent), 401); // has not signed in while both were there

  await restart_with(first + second);
  assert.equal(await attempt(absent), 201);
  await server.stop();
});

test('a file that cannot be used ends the start with its reason', async () => {
  const file = path.join(new_folder(), 'peppers');
  fs.writeFileSync(file, 'p1 c2hvcnQ=\n', { mode: 0o600 });
  await assert.rejects(Server.start({ args: ['--pepper-file', file] }), /--pepper-file: .*line 1 must hold a secret of 16 to 64 bytes/);
  fs.chmodSync(file, 0o640);
  await assert.rejects(Server.start({ args: ['--pepper-file', file] }), /--pepper-file: .*is open to others; chmod it to 0600/);
  await assert.rejects(Server.start({ args: ['--pepper-file', path.join(file, 'nothing')] }), /--pepper-file: must be the path of a file/);
});

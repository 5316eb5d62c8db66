// A file of its own, because it waits for the ten seconds that a kill may lose and runs beside the others meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, sign_up } from './support/people.mjs';
import { Server, sleep } from './support/server.mjs';

test('a kill forgets at most ten seconds of counting', async () => {
  const left = 3600 - ((Date.now() / 1000) % 3600);
  if (left < 30) await sleep(left * 1000 + 50);
  const server = await Server.start({ rate_limits: 'on' });
  try {
    const guest = new Caller(server);
    const privileged = guest.as({ key: server.default_key });
    const person = await sign_up(privileged);
    const sign_in = (password) => guest.post('/v1/account/sessions/email', { email: person.email, password });
    for (let i = 0; i < 10; i++) refused(await sign_in('wrong password'), 401, 'user_invalid_credentials');
    refused(await sign_in(person.password), 429, 'general_rate_limit_exceeded');
    for (let i = 0; i < 23; i++) {
      await sleep(500);
      if (i % 2 === 0) accepted(await privileged.post('/v1/account', { userId: 'unique()', email: fresh_email(), password: 'some password' }), 201);
    }
    await server.restart({ hard: true });
    refused(await sign_in(person.password), 429, 'general_rate_limit_exceeded');
    assert.equal((await server.command('check', '--json')).ok, true);
  } finally {
    await server.kill9();
  }
});

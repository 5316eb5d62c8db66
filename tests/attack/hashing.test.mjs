// Who brings dear hashes: one project's may not take the hash threads from another's people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller, refused } from '../sdk/support/http.mjs';
import { fresh_email, sign_in, sign_up } from '../sdk/support/people.mjs';
import { Server } from '../sdk/support/server.mjs';

const digits = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const connections = 4;
const victims_sign_ins = 35;

const kinds = [
  ['bcrypt', { password: `$2b$14$${digits}` }],
  ['phpass', { password: '$P$Ir387rwferoKN7uwHZqNMu98q3U8RO.' }],
  ['scrypt', { password: '0'.repeat(128), passwordSalt: 's', passwordCpu: 65536, passwordMemory: 8, passwordParallel: 4, passwordLength: 64 }],
  ['argon2', { password: '$argon2id$v=19$m=32768,t=20,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA' }],
];

for (const threads of [1, 2]) {
  test(`dear hashes of one project leave ${threads} hash thread${threads > 1 ? 's' : ''} to another's people`, async () => {
    const server = await Server.start({ cheap: false, args: ['--hash-memory', '8', '--hash-passes', '1', '--hash-threads', String(threads)] });
    let flood = [];
    let on = true;
    try {
      const project = await server.create_project('tenant');
      const { secret } = await server.create_key(project, 'users.write');
      const tenant = new Caller(server, { project, key: secret });
      const emails = [];
      for (const [kind, members] of kinds) {
        const email = fresh_email(kind);
        const made = await tenant.post(`/v1/users/${kind}`, { userId: 'unique()', email, ...members });
        assert.equal(made.status, 201, made.text);
        emails.push(email);
      }
      const victim = await sign_up(new Caller(server));
      let checked = 0;
      flood = Array.from({ length: connections }, async (_, n) => {
        const guest = new Caller(server, { project });
        while (on) {
          const answer = await guest.post('/v1/account/sessions/email', { email: emails[n], password: 'a wrong one' });
          if (answer.status === 401) ++checked;
        }
      });
      for (let i = 0; i < victims_sign_ins; ++i) await sign_in(new Caller(server), victim);
      // Had they waited for a check of the tenant's each, there would have been as many of those.
      assert.ok(checked < victims_sign_ins / 2, `${checked} checks of the tenant's beside ${victims_sign_ins} sign-ins`);
    } finally {
      on = false;
      await Promise.allSettled(flood);
      await server.stop();
    }
  });
}

test('what an import may cost is bounded by the time it takes here', async () => {
  const server = await Server.start({ args: ['--foreign-hash-time', '50'] });
  try {
    const tenant = new Caller(server, { key: server.default_key });
    const bring = (kind, members) => tenant.post(`/v1/users/${kind}`, { userId: 'unique()', email: fresh_email(kind), ...members });
    for (const [kind, members] of kinds) {
      const answer = await bring(kind, members);
      refused(answer, 400, 'general_argument_invalid');
      assert.match(answer.json.message, /longer to check on this machine than --foreign-hash-time/, kind);
    }
    assert.equal((await bring('bcrypt', { password: `$2b$04$${digits}` })).status, 201);
  } finally {
    await server.stop();
  }
});

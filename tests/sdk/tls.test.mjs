import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { Caller, accepted } from './support/http.mjs';
import { sign_in, sign_up } from './support/people.mjs';
import { node_client } from './support/sdk.mjs';
import { Server, run_program } from './support/server.mjs';
import { tls_identity } from './support/tls.mjs';

const { certificate, key } = tls_identity();

let server;
let guest;
before(async () => {
  server = await Server.start({ args: ['--tls-certificate', certificate, '--tls-key', key] });
  guest = new Caller(server);
});
after(() => server.stop());

test('over TLS cookies are secure and the site is strict', async () => {
  assert.match(server.url, /^https:/);
  const person = await sign_up(guest);
  const { response, caller } = await sign_in(guest, person);
  assert.equal(response.cookie('a_session_default').attributes.secure, true);
  assert.equal(response.cookie('a_session_default_legacy').attributes.secure, true);
  assert.equal(response.cookie('a_session_default').attributes.samesite, 'None');
  assert.equal(response.header('strict-transport-security'), 'max-age=10886400');
  accepted(await caller.get('/v1/account'));
});

test('TLS 1.2 and 1.3 are spoken, older ones are not', async () => {
  const connect = (version) => new Promise((resolve) => {
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.code));
  });
  assert.equal(await connect('TLSv1.3'), 'TLSv1.3');
  assert.equal(await connect('TLSv1.2'), 'TLSv1.2');
  assert.ok(!['TLSv1.1'].includes(await connect('TLSv1.1')));
});

test('the node SDK works over TLS', async () => {
  const { account } = node_client(server, { key: server.default_key, self_signed: true });
  const person = await sign_up(guest);
  const session = await account.createEmailPasswordSession({ email: person.email, password: person.password });
  const me = node_client(server, { session: session.secret, self_signed: true });
  assert.equal((await me.account.get()).$id, person.id);
});

test('a plain request on the TLS port breaks nothing', async () => {
  const plain = new Caller({ url: server.url.replace('https:', 'http:'), project: 'default' });
  await plain.get('/v1/ping').catch(() => {});
  assert.equal((await guest.get('/v1/ping')).status, 200);
});

test('a certificate that cannot be used is refused at start', async () => {
  const data = new Server().data;
  for (const [given_certificate, given_key] of [['/nonexistent.pem', key], [certificate, '/nonexistent.pem'], [key, certificate]]) {
    const result = await run_program(['serve', '--listen', '127.0.0.1:0', '--data', data, '--tls-certificate', given_certificate, '--tls-key', given_key]);
    assert.notEqual(result.code, 0);
    assert.match(result.output, /tls-(certificate|key)/);
  }
  const { key: open_key } = tls_identity();
  fs.chmodSync(open_key, 0o644);
  const open = await run_program(['serve', '--listen', '127.0.0.1:0', '--data', data, '--tls-certificate', certificate, '--tls-key', open_key]);
  assert.equal(open.code, 1, open.output);
  assert.match(open.output, /tls-key.*open to others/);
  const alone = await run_program(['serve', '--listen', '127.0.0.1:0', '--data', data, '--tls-certificate', certificate]);
  assert.notEqual(alone.code, 0);
  assert.match(alone.output, /tls-key/);
});

// Messages on their way: a real server, a mail server that behaves and misbehaves, and the commands of the outbox.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused, send } from './support/http.mjs';
import { Server, new_folder, patience, until } from './support/server.mjs';
import { MailServer, read_mail } from './support/smtp.mjs';
import { tls_identity } from './support/tls.mjs';

let server;
let key;
const identity = tls_identity();
before(async () => {
  server = await Server.start({ args: ['--smtp-ca-file', identity.certificate, '--metrics', '127.0.0.1:0'] });
  key = new Caller(server, { key: (await server.create_key()).secret });
});
after(() => server.stop());

let count = 0;
const fresh = () => `person${++count}@example.org`;

const send_to = (emails, settings, caller = key) => caller.post('/v1/project/smtp/tests', { emails, ...settings });

const messages = async (...more) => (await server.command('outbox', 'list', '--limit', '1000', ...more, '--json')).messages;
const message_to = async (email) => (await messages()).find((message) => message.recipient === email);
/** The message to that address, once `holds` is true of it. */
const message_that = (email, holds, what) =>
  until(async () => {
    const message = await message_to(email);
    return message && holds(message) && message;
  }, what, 20_000 * patience);

/** Runs `body` with a mail server that is stopped afterwards. */
const with_mail = (options, body) => async () => {
  const mail = await MailServer.start(options);
  try {
    await body(mail);
  } finally {
    await mail.stop();
  }
};

describe('test mails', () => {
  test('arrive with both parts, from and to whom they should', with_mail({}, async (mail) => {
    const email = fresh();
    accepted(await send_to([email], { ...mail.settings, senderName: 'Grüße, "Shop"', replyTo: 'help@example.com' }), 204);
    const [got] = await mail.mails_to(email);
    assert.equal(got.from, 'shop@example.com');
    assert.equal(got.headers.get('subject'), 'Custom SMTP email sample');
    assert.match(got.headers.get('from'), /Grüße, "Shop" <shop@example\.com>/);
    assert.match(got.headers.get('reply-to'), /<help@example\.com>/);
    assert.equal(got.headers.get('to'), `<${email}>`);
    for (const part of [got.text, got.html]) {
      assert.match(part, /working correctly/);
      assert.match(part, /shop@example\.com/);
      assert.match(part, /help@example\.com/);
    }
    assert.match(got.text, /Grüße, "Shop"/);
    const message = await message_that(email, ({ state }) => state === 'sent', 'the message to be settled');
    assert.equal(got.headers.get('message-id'), `<${message.id}@example.com>`);
  }));

  test('go to each of ten recipients, and to none', with_mail({}, async (mail) => {
    const emails = Array.from({ length: 10 }, fresh);
    accepted(await send_to(emails, mail.settings), 204);
    for (const email of emails) await mail.mails_to(email);
    accepted(await send_to([], mail.settings), 204);
    refused(await send_to([...emails, fresh()], mail.settings), 400, 'general_argument_invalid', 'emails');
    refused(await send_to(['nobody'], mail.settings), 400, 'general_argument_invalid', 'emails');
  }));

  test('need settings, in the contract\'s order, and rights', async () => {
    const settings = { host: 'mail.example.com', port: 25, senderEmail: 'a@example.com' };
    refused(await send_to([fresh()], {}), 400, 'general_argument_invalid', 'host');
    refused(await send_to([fresh()], { ...settings, senderEmail: '' }), 400, 'general_argument_invalid', 'senderEmail');
    refused(await send_to([fresh()], { ...settings, port: 0 }), 400, 'general_argument_invalid', 'port');
    for (const host of ['https://mail.example.com', 'mail.example.com/x', 'mail.example.com\r\nQUIT', 'a b']) refused(await send_to([fresh()], { ...settings, host }), 400, 'general_argument_invalid', 'host');
    for (const senderName of ['x\r\nBcc: a@example.com', 'x\n', '\0']) refused(await send_to([fresh()], { ...settings, senderName }), 400, 'general_argument_invalid', 'senderName');
    refused(await send_to([fresh()], { ...settings, secure: 'TLS' }), 400, 'general_argument_invalid', 'secure');
    assert.equal((await send_to([fresh()], settings, new Caller(server))).status, 401);
  });

  test('are also sent by the older path', with_mail({}, async (mail) => {
    const email = fresh();
    accepted(await key.post('/v1/projects/default/smtp/tests', { emails: [email], ...mail.settings }), 204);
    await mail.mails_to(email);
  }));
});

describe('connections', () => {
  for (const security of ['tls', 'ssl']) {
    test(`are encrypted with ${security}`, with_mail({ security, identity }, async (mail) => {
      const email = fresh();
      accepted(await send_to([email], mail.settings), 204);
      const [got] = await mail.mails_to(email);
      assert.equal(got.secure, true);
    }));
  }

  test('say nothing to a server that offers no STARTTLS', with_mail({ security: 'tls', identity, offers_starttls: false }, async (mail) => {
    const email = fresh();
    accepted(await send_to([email], mail.settings), 204);
    const message = await message_that(email, ({ failures }) => failures > 0, 'a failed try');
    assert.equal(message.state, 'due');
    assert.match(message.outcome, /no STARTTLS/);
    assert.ok(!mail.commands.some((line) => /^(MAIL|RCPT|AUTH)/.test(line)), mail.commands.join());
  }));

  test('are not made to a server with a foreign certificate', with_mail({ security: 'ssl', identity }, async (mail) => {
    const other = await Server.start();
    try {
      const caller = new Caller(other, { key: (await other.create_key()).secret });
      const email = fresh();
      accepted(await send_to([email], mail.settings, caller), 204);
      const failed = await until(async () => (await other.command('outbox', 'list', '--json')).messages.find(({ failures }) => failures > 0), 'a failed try');
      assert.match(failed.outcome, /certificate/);
      assert.equal(mail.mails.length, 0);
    } finally {
      await other.stop();
    }
  }));

  for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
    test(`log in by ${mechanism}`, with_mail({ auth: [mechanism], user: 'shop', password: 'pass word ü' }, async (mail) => {
      const email = fresh();
      accepted(await send_to([email], mail.settings), 204);
      const [got] = await mail.mails_to(email);
      assert.equal(got.mechanism, mechanism);
    }));
  }

  test('that are refused their log-in are tried again and say so', with_mail({ auth: ['PLAIN'], user: 'shop', password: 'right' }, async (mail) => {
    const email = fresh();
    accepted(await send_to([email], { ...mail.settings, password: 'wrong-secret-password' }), 204);
    const message = await message_that(email, ({ failures }) => failures > 0, 'a failed try');
    assert.equal(message.state, 'due');
    assert.match(message.outcome, /authentication/);
    assert.ok(!server.log.includes('wrong-secret-password'));
  }));

  test('to addresses inside are refused where the server does not listen on loopback', with_mail({}, async (mail) => {
    const outside = await Server.start({ args: ['--allow-private-smtp', 'off'] });
    try {
      const caller = new Caller(outside, { key: (await outside.create_key()).secret });
      for (const host of ['127.0.0.1', '::ffff:127.0.0.1', 'localhost']) accepted(await send_to([fresh()], { ...mail.settings, host }, caller), 204);
      await until(async () => (await outside.command('outbox', 'list', '--json')).messages.filter(({ failures }) => failures > 0).length === 3, 'three failed tries');
      assert.equal(mail.connections, 0);
    } finally {
      await outside.stop();
    }
  }));
});

describe('replies', () => {
  const at = (stage, reply) => ({ answer: (now) => (now === stage ? reply : undefined) });

  for (const [stage, reply] of [['MAIL', '550 5.7.1 no'], ['RCPT', '550 5.1.1 who'], ['DATA', '554 no'], ['message', '552 5.3.4 too long']]) {
    test(`of ${reply} at ${stage} make a dead letter`, with_mail(at(stage, reply), async (mail) => {
      const email = fresh();
      accepted(await send_to([email], mail.settings), 204);
      const message = await message_that(email, ({ state }) => state !== 'due', 'the end of the message');
      assert.equal(message.state, 'dead');
      assert.match(message.outcome, new RegExp(`^refused with ${reply.slice(0, 3)}`));
    }));
  }

  for (const [stage, reply] of [['greeting', '421 later'], ['greeting', '554 no service'], ['RCPT', '450 4.2.0 greylisted'], ['message', '451 4.3.0 later'], ['message', 'drop'], ['DATA', 'drop']]) {
    test(`of ${reply} at ${stage} are followed by another try with the same id`, async () => {
      let refusals = 0;
      const mail = await MailServer.start({ answer: (now) => (now === stage && refusals++ === 0 ? reply : undefined) });
      try {
        const email = fresh();
        accepted(await send_to([email], mail.settings), 204);
        const failed = await message_that(email, ({ failures }) => failures === 1, 'a failed try');
        assert.equal(failed.state, 'due');
        await server.command('outbox', 'retry', failed.id);
        const [got] = await mail.mails_to(email);
        assert.equal(got.headers.get('message-id'), `<${failed.id}@example.com>`);
      } finally {
        await mail.stop();
      }
    });
  }

  test('that never come hold up no other host', async () => {
    const slow = await MailServer.start(at('EHLO', 'hang'));
    const rude = await MailServer.start({ answer: (stage) => (stage === 'RCPT' ? '550 no' : stage === 'QUIT' ? 'hang' : undefined) });
    const mail = await MailServer.start();
    try {
      accepted(await send_to(Array.from({ length: 10 }, fresh), slow.settings), 204);
      const refused_ones = Array.from({ length: 3 }, fresh);
      accepted(await send_to(refused_ones, rude.settings), 204);
      await until(() => slow.connections > 0, 'a connection to the slow server');
      const email = fresh();
      const began = Date.now();
      accepted(await send_to([email], mail.settings), 204);
      await mail.mails_to(email);
      assert.ok(Date.now() - began < 3000 * patience, `it took ${Date.now() - began} ms`);
      for (const each of refused_ones) await message_that(each, ({ state }) => state === 'dead', 'the refusal');
      assert.ok(slow.connections <= 8);
    } finally {
      await server.command('outbox', 'drop', '--all');
      await Promise.all([slow.stop(), rude.stop(), mail.stop()]);
    }
  });
});

describe('commands', () => {
  test('list, show and drop what waits, without what it says', async () => {
    const mail = await MailServer.start();
    await mail.stop();  // nobody listens there any more
    const email = fresh();
    accepted(await send_to([email], { ...mail.settings, username: 'u', password: 'inline-secret-password' }), 204);
    const message = await message_that(email, ({ failures }) => failures > 0, 'a failed try');
    const shown = await server.try_command('outbox', 'show', message.id, '--json');
    assert.equal(shown.code, 0, shown.output);
    assert.ok(!shown.output.includes('inline-secret-password'));
    assert.equal(JSON.parse(shown.stdout).host, `127.0.0.1:${mail.port}`);
    const dropped = await server.command('outbox', 'drop', message.id, '--json');
    assert.equal(dropped.state, 'dropped');
    for (const word of ['drop', 'retry']) assert.notEqual((await server.try_command('outbox', word, message.id)).code, 0);
    assert.ok((await messages('--state', 'dropped')).some(({ id }) => id === message.id));
    assert.ok(!(await messages('--state', 'due')).some(({ id }) => id === message.id));
    assert.notEqual((await server.try_command('outbox', 'show', 'nobody')).code, 0);
    assert.notEqual((await server.try_command('outbox', 'list', '--state', 'lost')).code, 0);
    assert.notEqual((await server.try_command('outbox', 'retry')).code, 0);
  });

  test('are counted, and the store stays sound', async () => {
    const metrics = (await until(() => /metrics on (http:[^"]+)/.exec(server.log), 'the address of the metrics'))[1];
    const text = (await send('GET', metrics)).text;
    assert.match(text, /^portcullis_outbox_due \d+$/m);
    assert.match(text, /^portcullis_outbox_tries_total\{result="sent"\} [1-9]/m);
    assert.match(text, /^portcullis_outbox_tries_total\{result="dead"\} [1-9]/m);
    assert.equal((await server.command('check', '--json')).ok, true);
  });
});

describe('the server\'s own mail', () => {
  test('needs somewhere to go', async () => {
    const answer = await server.try_command('outbox', 'test', '--to', fresh());
    assert.notEqual(answer.code, 0);
  });

  test('goes to its mail server', with_mail({ auth: ['PLAIN'], user: 'own', password: 'own-password', security: 'tls', identity }, async (mail) => {
    const file = path.join(new_folder(), 'password');
    fs.writeFileSync(file, 'own-password\n', { mode: 0o600 });
    const own = await Server.start({
      args: ['--smtp-host', '127.0.0.1', '--smtp-port', String(mail.port), '--smtp-username', 'own', '--smtp-password-file', file,
        '--smtp-ca-file', identity.certificate, '--smtp-sender', 'Portcullis ü <no-reply@example.com>'],
    });
    try {
      const email = fresh();
      const { id } = await own.command('outbox', 'test', '--to', email, '--json');
      const [got] = await mail.mails_to(email);
      assert.equal(got.headers.get('from'), 'Portcullis ü <no-reply@example.com>');
      assert.equal(got.headers.get('message-id'), `<${id}@example.com>`);
      assert.equal(got.secure, true);
    } finally {
      await own.stop();
    }
  }));

  test('goes into a file', async () => {
    const file = path.join(new_folder(), 'mails');
    const own = await Server.start({ args: ['--mail-file', file] });
    try {
      const email = fresh();
      await own.command('outbox', 'test', '--to', email);
      const text = await until(() => fs.existsSync(file) && fs.readFileSync(file, 'utf8'), 'the file');
      assert.match(text, /^From portcullis /);
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      const got = read_mail(text.slice(text.indexOf('\n') + 1).replace(/\n/g, '\r\n'));
      assert.equal(got.headers.get('to'), `<${email}>`);
      assert.match(got.text, /working correctly/);
    } finally {
      await own.stop();
    }
  });
});

test('a full outbox refuses with 503 and takes more when there is room', async () => {
  const mail = await MailServer.start();
  await mail.stop();
  const small = await Server.start({ args: ['--outbox-limit', '2'] });
  try {
    const caller = new Caller(small, { key: (await small.create_key()).secret });
    accepted(await send_to([fresh(), fresh()], mail.settings, caller), 204);
    refused(await send_to([fresh()], mail.settings, caller), 503, 'health_queue_size_exceeded');
    await small.command('outbox', 'drop', '--all');
    accepted(await send_to([fresh(), fresh()], mail.settings, caller), 204);
  } finally {
    await small.stop();
  }
});

test('kills between commit, send and mark lose nothing, and repeat only under the same id', async () => {
  const rounds = Number(process.env.OUTBOX_ROUNDS ?? 5);
  const mail = await MailServer.start();
  const seen = new Map();  // message ids by recipient, acknowledged or not
  mail.received = ({ to, headers }) => seen.set(to[0], (seen.get(to[0]) ?? new Set()).add(headers.get('message-id')));
  const fragile = await Server.start();
  const caller = new Caller(fragile, { key: (await fragile.create_key()).secret });
  const promised = [];
  try {
    for (let round = 0; round < rounds; ++round) {
      const emails = Array.from({ length: 10 }, fresh);
      const before_kill = mail.mails.length;
      accepted(await send_to(emails, mail.settings, new Caller(fragile, caller.who)), 204);
      promised.push(...emails);
      await until(() => mail.mails.length > before_kill + (round % 3), 'some mails');
      await fragile.restart({ hard: true });
    }
    for (const email of promised) await mail.mails_to(email);
    for (const email of promised) assert.equal(seen.get(email).size, 1, `${email} got several messages`);
    await until(async () => (await fragile.command('outbox', 'list', '--json')).due === 0, 'all to be settled');
    assert.equal((await fragile.command('check', '--json')).ok, true);
  } finally {
    await fragile.stop();
    await mail.stop();
  }
});

test('nothing of what was sent is readable in the store\'s file', async () => {
  const mail = await MailServer.start();
  const store = await Server.start();
  try {
    const caller = new Caller(store, { key: (await store.create_key()).secret });
    const email = fresh();
    accepted(await send_to([email], { ...mail.settings, senderName: 'Very Particular Sender', username: '', password: 'PasswordInTheMail' }, caller), 204);
    await mail.mails_to(email);
    const bytes = fs.readFileSync(path.join(store.data, 'data.mdb')).toString('latin1');
    for (const word of ['Very Particular Sender', 'PasswordInTheMail', 'working correctly']) assert.ok(!bytes.includes(word), word);
  } finally {
    await store.stop();
    await mail.stop();
  }
});

test('a server stops at once while a mail server does not answer', async () => {
  const slow = await MailServer.start({ answer: (stage) => (stage === 'EHLO' ? 'hang' : undefined) });
  const store = await Server.start();
  const caller = new Caller(store, { key: (await store.create_key()).secret });
  accepted(await send_to([fresh()], slow.settings, caller), 204);
  await until(() => slow.connections > 0, 'the connection');
  const began = Date.now();
  await store.stop();
  assert.ok(Date.now() - began < 9000 * patience, `it took ${Date.now() - began} ms`);
  await slow.stop();
});

// What strangers send to make the server slow, large or deaf, through raw sockets and plain HTTP.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from '../sdk/support/http.mjs';
import { somebody } from '../sdk/support/people.mjs';
import { Server, patience, until } from '../sdk/support/server.mjs';

let server;
let guest;
before(async () => {
  server = await Server.start();
  guest = new Caller(server);
});
after(() => server.stop());

const json = { 'content-type': 'application/json' };

/** A raw connection: what it said so far, and whether it has ended. */
function connect(port, bytes = '') {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
  const connection = { socket, text: '', ended: false };
  socket.on('data', (part) => (connection.text += part.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => (connection.ended = true));
  return connection;
}

const ended = (connection) => until(() => connection.ended, 'the server to close', 60_000 * patience);
const head = (more = '') => `POST /v1/account HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\nContent-Type: application/json\r\n${more}`;

/** A JSON body: distinct names, then one name until it is so long. */
function repeated_name(bytes) {
  const distinct = Array.from({ length: 4095 }, (_, i) => `"k${i}":0`).join(',');
  return `{${distinct},${Array(Math.floor((bytes - distinct.length) / 6)).fill('"z":0').join(',')}}`;
}

describe('bodies made to be slow to read', () => {
  test('names that repeat, numbers, empty arrays and forms keep nobody waiting', async () => {
    const bodies = [
      repeated_name(1 << 20),
      `{"a":[${Array(500_000).fill('0').join(',')}]}`,
      `{"prefs":{"a":[${Array(300_000).fill('[]').join(',')}]}}`,
      `{"a":1${'1'.repeat(1 << 20)}}`,
    ];
    for (const body of bodies) {
      const answer = await guest.send('POST', '/v1/account', { body, headers: json });
      assert.equal(answer.status, 400, answer.text);
    }
    refused(await guest.send('POST', '/v1/account', { body: bodies[1], headers: json }), 400, 'general_argument_invalid', 'parameters');
    refused(await guest.send('POST', '/v1/account', { body: bodies[0], headers: json }), 400, 'general_argument_invalid', 'parameters');
    const form = `${Array.from({ length: 99 }, (_, i) => `k${i}=1`).join('&')}&${'z&'.repeat(500_000)}`;
    refused(await guest.send('POST', '/v1/account', { body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400, 'general_argument_invalid');
  });

  test('a repeated name keeps its last value', async () => {
    const { caller } = await somebody(server);
    const body = `{"prefs":{${Array.from({ length: 40 }, (_, i) => `"k${i % 20}":${i}`).join(',')}}}`;
    const { prefs } = accepted(await caller.send('PATCH', '/v1/account/prefs', { body, headers: json }));
    assert.deepEqual(prefs, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i + 20])));
  });
});

describe('preferences', () => {
  test('keep every digit of every number', async () => {
    const { caller } = await somebody(server);
    const text = '{"big":18446744073709551616,"id":9223372036854775808,"pi":3.14159265358979323846264338327950288,"far":1e400,"small":0.1}';
    accepted(await caller.send('PATCH', '/v1/account/prefs', { body: `{"prefs":${text}}`, headers: json }));
    assert.equal((await caller.get('/v1/account/prefs')).text, text);
  });

  test('that are too large are 400 in bodies of up to 2 MiB', async () => {
    const { caller } = await somebody(server);
    for (const size of [70_000, 1_000_000, 1_200_000, 2_000_000])
      refused(await caller.patch('/v1/account/prefs', { prefs: { text: 'x'.repeat(size) } }), 400, 'general_argument_invalid', 'prefs');
    // As many values as 65,535 bytes can be.
    accepted(await caller.patch('/v1/account/prefs', { prefs: { a: Array(21_840).fill([]) } }));
  });
});

describe('requests that two servers could read as two', () => {
  test('a header line that begins with a blank is 400', async () => {
    for (const lines of ['X-One: a\r\n b\r\n', 'X-One: a\r\n\tb\r\n', 'X-One: a\r\n Transfer-Encoding: chunked\r\n', ' X-One: a\r\n']) {
      const connection = connect(server.port, `GET /v1/ping HTTP/1.1\r\nHost: localhost\r\n${lines}X-Appwrite-Project: default\r\n\r\n`);
      await ended(connection);
      assert.match(connection.text, /^HTTP\/1\.1 400 /);
    }
  });

  test('empty path segments are skipped', async () => {
    const { caller } = await somebody(server);
    for (const path of ['/v1//account', '//v1/account', '/v1/account//', '/v1//account//sessions///current']) assert.equal((await caller.get(path)).status, 200, path);
    assert.equal((await guest.get('/v1//ping')).text, 'Pong!');
  });
});

describe('places and room', () => {
  test('bodies that are announced and do not come keep no room', async () => {
    const small = await Server.start({ args: ['--max-connections', '200'] });
    const waiting = Array.from({ length: 100 }, () => connect(small.port, `${head('Content-Length: 1000000\r\n\r\n')}{`));
    await until(() => waiting.every(({ socket }) => socket.bytesWritten > 0), 'all to be announced');
    const body = JSON.stringify({ filler: 'x'.repeat(1_000_000) });
    for (let i = 0; i < 5; i++) refused(await new Caller(small).send('POST', '/v1/account', { body, headers: json }), 400, 'general_argument_invalid');
    for (const { socket } of waiting) socket.destroy();
    await small.stop();
  });

  test('bodies that stop coming make way for those that come', async () => {
    const small = await Server.start({ args: ['--max-connections', '200'] });
    const waiting = Array.from({ length: 20 }, () => connect(small.port, `${head('Content-Length: 1000000\r\n\r\n')}{"a":"${'x'.repeat(900_000)}`));
    const body = JSON.stringify({ filler: 'x'.repeat(1_000_000) });
    const ask = () => new Caller(small).send('POST', '/v1/account', { body, headers: json });
    await until(async () => (await ask()).status === 400, 'a body to be taken', 15_000 * patience);
    await until(() => waiting.some(({ text }) => text.startsWith('HTTP/1.1 503 ')), 'one to make way', 15_000 * patience);
    for (const { socket } of waiting) socket.destroy();
    await small.stop();
  });

  const ping = (more = '') => `GET /v1/ping HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: default\r\n${more}\r\n`;
  const announced = head('Content-Length: 1000000\r\n\r\n');
  const drips = (text) => (port) => {
    const connection = connect(port, text);
    const timer = setInterval(() => connection.socket.write('x'), 200);
    connection.socket.on('close', () => clearInterval(timer));
    return connection;
  };
  /** Everything that a connection can be besides idle; who does it comes back whenever it is sent away. */
  const holders = {
    'that say nothing': (port) => connect(port),
    'with half a header': (port) => connect(port, 'GET /v1/ping HTTP/1.1\r\nHost:'),
    'with dripping headers': drips('GET /v1/ping HTTP/1.1\r\nX-Drip: '),
    'with announced bodies': (port) => connect(port, announced),
    'with dripping bodies': drips(announced),
    'that ask again and again': (port) => {
      const connection = connect(port, ping());
      const timer = setInterval(() => connection.socket.write(ping()), 600);
      connection.socket.on('close', () => clearInterval(timer));
      return connection;
    },
    'that take no answers': (port) => {
      const connection = connect(port, ping().repeat(100_000));
      connection.socket.pause();
      return connection;
    },
  };
  for (const [name, hold] of Object.entries(holders)) {
    test(`connections ${name} do not keep others out`, async () => {
      const small = await Server.start({ args: ['--max-connections', '64'] });
      const held = new Set();
      let holding = true;
      const keep = () => {
        if (!holding) return;
        const connection = hold(small.port);
        held.add(connection);
        connection.socket.on('close', () => held.delete(connection) && keep());
      };
      try {
        for (let i = 0; i < 64; i++) keep();
        await until(() => [...held].every(({ socket }) => !socket.connecting), 'all to be connected');
        for (let i = 0; i < 3; i++) {
          const late = connect(small.port, ping('Connection: close\r\n'));
          await until(() => late.text.includes('Pong!'), 'a place', 8_000 * patience);
        }
      } finally {
        holding = false;
        for (const { socket } of held) socket.destroy();
        await small.stop();
      }
    });
  }

  test('idle connections make place for new ones, the longest idle first', async () => {
    const small = await Server.start({ args: ['--max-connections', '64', '--reactors', '1'] });
    const idle = [];
    for (let i = 0; i < 64; i++) {
      idle.push(connect(small.port, ping()));
      await until(() => idle[i].text.includes('Pong!'), 'an answer', 30_000 * patience);
    }
    for (let i = 0; i < 3; i++) {
      const late = connect(small.port, ping('Connection: close\r\n'));
      await until(() => late.text.includes('Pong!'), 'a place', 30_000 * patience);
    }
    await until(() => idle[0].ended, 'the first to go', 30_000 * patience);
    assert.equal(idle[63].ended, false);
    idle[63].text = '';
    idle[63].socket.write(ping());
    await until(() => idle[63].text.includes('Pong!'), 'the last one to be served still', 30_000 * patience);
    for (const { socket } of idle) socket.destroy();
    await small.stop();
  });
});

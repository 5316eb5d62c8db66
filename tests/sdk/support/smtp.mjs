// A small mail server for tests: keeps what it is given, and answers as badly as it is told to.
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { until } from './server.mjs';

/**
 * options: security ('none' | 'tls' | 'ssl'), offers_starttls, identity ({certificate, key}), auth (mechanisms that are
 * offered), user, password, answer(stage, text, connection) -> a reply, 'drop', 'hang' or undefined for the usual one.
 * Stages: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, message, QUIT.
 */
export class MailServer {
  constructor(options = {}) {
    this.options = { security: 'none', offers_starttls: options.security === 'tls', auth: [], ...options };
    this.mails = [];
    this.commands = [];
    this.connections = 0;
    this.sockets = new Set();
  }

  static async start(options) {
    const server = new MailServer(options);
    const accept = (socket) => server.talk(socket);
    server.listener = server.options.security === 'ssl' ? tls.createServer(server.tls_files, accept) : net.createServer(accept);
    server.listener.on('tlsClientError', () => {});
    await new Promise((resolve) => server.listener.listen(server.options.port ?? 0, '127.0.0.1', resolve));
    server.port = server.listener.address().port;
    return server;
  }

  get tls_files() {
    const { certificate, key } = this.options.identity;
    return { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  /** What the product's test endpoint calls this server. */
  get settings() {
    const { security, user, password } = this.options;
    return {
      host: '127.0.0.1', port: this.port, senderEmail: 'shop@example.com', senderName: 'Shop',
      ...(security === 'none' ? {} : { secure: security }), ...(user ? { username: user, password } : {}),
    };
  }

  /** Mails to that address, once there are as many. */
  mails_to(address, count = 1, ms) {
    const found = () => this.mails.filter((mail) => mail.to.includes(address));
    return until(() => found().length >= count && found(), `${count} mails to ${address}`, ms);
  }

  talk(raw) {
    ++this.connections;
    const connection = { socket: raw, secure: this.options.security === 'ssl', rest: '', from: null, to: [], data: null, user: null, step: null };
    this.listen(connection);
    this.reply(connection, 'greeting', '', '220 test ESMTP');
  }

  listen(connection) {
    const { socket } = connection;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      connection.rest += bytes.toString('latin1');
      this.take(connection);
    });
  }

  take(connection) {
    for (;;) {
      const end = connection.rest.indexOf('\r\n');
      if (end < 0 || connection.hangs) return;
      const line = connection.rest.slice(0, end);
      connection.rest = connection.rest.slice(end + 2);
      if (connection.data) this.body_line(connection, line);
      else if (connection.step) connection.step(line);
      else this.command(connection, line);
    }
  }

  reply(connection, stage, text, usual, then) {
    const answer = this.options.answer?.(stage, text, connection) ?? usual;
    if (answer === 'drop') return connection.socket.destroy();
    if (answer === 'hang') return void (connection.hangs = true);
    connection.socket.write(`${answer}\r\n`);
    if (/^[23]/.test(answer)) then?.();
  }

  command(connection, line) {
    const verb = line.split(' ')[0].toUpperCase();
    this.commands.push(line);
    if (verb === 'EHLO') return this.reply(connection, 'EHLO', line, this.hello(connection));
    if (verb === 'STARTTLS') return this.reply(connection, 'STARTTLS', line, '220 go on', () => this.start_tls(connection));
    if (verb === 'AUTH') return this.log_in(connection, line);
    if (verb === 'MAIL') {
      connection.to = [];
      return this.reply(connection, 'MAIL', line, this.may_send(connection) ? '250 2.1.0 ok' : '530 5.7.0 authentication required', () => (connection.from = /<(.*)>/.exec(line)[1]));
    }
    if (verb === 'RCPT') return this.reply(connection, 'RCPT', line, '250 2.1.5 ok', () => connection.to.push(/<(.*)>/.exec(line)[1]));
    if (verb === 'DATA') return this.reply(connection, 'DATA', line, '354 go on', () => (connection.data = []));
    if (verb === 'QUIT') return this.reply(connection, 'QUIT', line, '221 bye', () => connection.socket.end());
    return this.reply(connection, verb, line, '250 ok');
  }

  may_send(connection) {
    return !this.options.user || connection.user === this.options.user;
  }

  hello(connection) {
    const lines = ['test', '8BITMIME', 'SIZE 10000000'];
    if (this.options.offers_starttls && !connection.secure) lines.push('STARTTLS');
    if (this.options.auth.length > 0) lines.push(`AUTH ${this.options.auth.join(' ')}`);
    return lines.map((line, i) => `250${i + 1 < lines.length ? '-' : ' '}${line}`).join('\r\n');
  }

  start_tls(connection) {
    const { socket } = connection;
    socket.removeAllListeners('data');
    connection.rest = '';
    connection.socket = new tls.TLSSocket(socket, { isServer: true, ...this.tls_files });
    connection.secure = true;
    this.listen(connection);
  }

  log_in(connection, line) {
    const [, mechanism, initial] = line.split(' ');
    const text = (base64) => Buffer.from(base64, 'base64').toString();
    const ask = (prompt, then) => {
      connection.step = (answer) => {
        connection.step = null;
        then(answer);
      };
      connection.socket.write(`334 ${Buffer.from(prompt).toString('base64')}\r\n`);
    };
    const finish = (user, right) => {
      connection.mechanism = mechanism;
      this.reply(connection, 'AUTH', mechanism, right && user === this.options.user ? '235 2.7.0 ok' : '535 5.7.8 no', () => (connection.user = user));
    };
    const plain = (answer) => {
      const [, user, password] = text(answer).split('\0');
      finish(user, password === this.options.password);
    };
    if (mechanism === 'PLAIN') return initial ? plain(initial) : ask('', plain);
    if (mechanism === 'LOGIN') {
      const name = (user) => ask('Password:', (password) => finish(text(user), text(password) === this.options.password));
      return initial ? name(initial) : ask('Username:', name);
    }
    const challenge = `<${crypto.randomUUID()}@test>`;
    return ask(challenge, (answer) => {
      const [user, digest] = text(answer).split(' ');
      finish(user, digest === crypto.createHmac('md5', this.options.password).update(challenge).digest('hex'));
    });
  }

  body_line(connection, line) {
    if (line !== '.') return void connection.data.push(line.startsWith('.') ? line.slice(1) : line);
    const { from, to, secure, mechanism } = connection;
    const mail = { from, to, secure, mechanism, ...read_mail(connection.data.join('\r\n')) };
    connection.data = null;
    // Kept before it is acknowledged: who dies in between has sent it all the same.
    this.received?.(mail);
    this.reply(connection, 'message', mail.raw, '250 2.0.0 kept', () => this.mails.push(mail));
  }
}

const decode_words = (text) =>
  text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, base64) => `\0${base64}\0`).replace(/\0([^\0]*)\0/g, (_, base64) => Buffer.from(base64, 'base64').toString('latin1'));

function headers_of(block) {
  const headers = new Map();
  for (const line of block.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), Buffer.from(decode_words(line.slice(colon + 1).trim()), 'latin1').toString());
  }
  return headers;
}

function decode_part(text) {
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** Headers by lower-case name, decoded; the text and the HTML part. */
export function read_mail(raw) {
  const split = (text) => [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
  const [head, body] = split(raw);
  const headers = headers_of(head);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type'))?.[1];
  const parts = {};
  for (const part of boundary ? body.split(`--${boundary}`).slice(1, -1) : []) {
    const [part_head, content] = split(part.replace(/^\r\n/, ''));
    parts[headers_of(part_head).get('content-type').split(';')[0]] = decode_part(content);
  }
  return { raw, headers, text: parts['text/plain'], html: parts['text/html'] };
}

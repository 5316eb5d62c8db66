// The peer of the storm bench: what a careful team would write in an afternoon. Fastify, Argon2id of the same cost on
// libuv's threads, sessions durable in SQLite before the answer. Arguments: PORT DATA_FOLDER.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

const [port, folder] = process.argv.slice(2);
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 }; // Argon2id is the library's default
const year_ms = 365 * 24 * 3600 * 1000;

const db = new Database(join(folder, 'peer.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, email TEXT UNIQUE, name TEXT, password TEXT, created TEXT);
  CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user TEXT, secret_hash TEXT UNIQUE, ip TEXT, agent TEXT,
                                       created TEXT, expires TEXT);
`);
const add_user = db.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?)');
const user_by_email = db.prepare('SELECT * FROM users WHERE email = ?');
const add_session = db.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)');
const user_by_session = db.prepare(
  'SELECT users.* FROM sessions JOIN users ON users.id = sessions.user WHERE secret_hash = ? AND expires > ?');

const new_id = () => randomBytes(10).toString('hex');
const digest = (secret) => createHash('sha256').update(secret).digest('hex');
const user_answer = (user) => ({
  $id: user.id, $createdAt: user.created, $updatedAt: user.created, name: user.name, registration: user.created,
  status: true, labels: [], passwordUpdate: user.created, email: user.email, phone: '', emailVerification: false,
  phoneVerification: false, mfa: false, prefs: {}, targets: [], accessedAt: user.created,
});
const session_answer = (id, user, ip, created, expires) => ({
  $id: id, $createdAt: created, $updatedAt: created, userId: user.id, expire: expires, provider: 'email',
  providerUid: user.email, providerAccessToken: '', providerAccessTokenExpiry: '', providerRefreshToken: '', ip,
  osCode: '', osName: '', osVersion: '', clientType: '', clientCode: '', clientName: '', clientVersion: '',
  clientEngine: '', clientEngineVersion: '', deviceName: '', deviceBrand: '', deviceModel: '', countryCode: '--',
  countryName: 'Unknown', current: true, factors: ['password'], secret: '', mfaUpdatedAt: '',
});
const text = (max) => ({ type: 'string', minLength: 1, maxLength: max });
const refused = (reply) => reply.code(401).send({ message: 'Invalid credentials.', code: 401, type: 'user_invalid_credentials' });

const app = Fastify({ logger: false, trustProxy: 'loopback', bodyLimit: 1 << 20 });

const sign_up = { body: { type: 'object', required: ['email', 'password'], properties: { email: text(320), password: text(256), name: text(128) } } };
app.post('/v1/account', { schema: sign_up }, async (request, reply) => {
  const { email, password, name } = request.body;
  const user = { id: new_id(), email, name, password: await hash(password, cost), created: new Date().toISOString() };
  add_user.run(user.id, user.email, user.name, user.password, user.created);
  return reply.code(201).send(user_answer(user));
});

const decoy = await hash(randomBytes(16).toString('hex'), cost);
const sign_in = { body: { type: 'object', required: ['email', 'password'], properties: { email: text(320), password: text(256) } } };
app.post('/v1/account/sessions/email', { schema: sign_in }, async (request, reply) => {
  const { email, password } = request.body;
  const user = user_by_email.get(email);
  const matches = await verify(user ? user.password : decoy, password);
  if (!user || !matches) return refused(reply);
  const [id, secret, now] = [new_id(), randomBytes(32).toString('hex'), Date.now()];
  const [created, expires] = [new Date(now).toISOString(), new Date(now + year_ms).toISOString()];
  add_session.run(id, user.id, digest(secret), request.ip, request.headers['user-agent'] ?? '', created, expires);
  reply.header('set-cookie', `a_session_default=${secret}; Path=/; HttpOnly; SameSite=Lax; Expires=${new Date(now + year_ms).toUTCString()}`);
  return reply.code(201).send(session_answer(id, user, request.ip, created, expires));
});

app.get('/v1/account', async (request, reply) => {
  const secret = /(?:^|; )a_session_default=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
  const user = secret && user_by_session.get(digest(secret), new Date().toISOString());
  return user ? user_answer(user) : refused(reply);
});

await app.listen({ host: '127.0.0.1', port: Number(port) });

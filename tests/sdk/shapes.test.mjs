// What the official SDKs say they get, read out of their own type declarations, is what they get: the formats that they
// ask for are answered without a warning on the strength of this.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Caller, accepted } from './support/http.mjs';
import { fresh_email, good_password, sign_in } from './support/people.mjs';
import { Server } from './support/server.mjs';

const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules');

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

/** Models by name, each with its members: {User: [{name, optional, type}]}. */
function declared(file) {
  const models = {};
  const text = fs.readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  for (const [, name, body] of text.matchAll(/export type (\w+)(?:<[^]*?>)? = \{([^]*?)\n {4}\};/g))
    models[name] = [...body.matchAll(/^\s*(\$?\w+)(\?)?: ([^;]+);/gm)].map(([, member, optional, type]) => ({ name: member, optional: Boolean(optional), type }));
  return models;
}

function is_of(models, type, value, where) {
  if (type.endsWith('[]')) {
    assert.ok(Array.isArray(value), where);
    return value.forEach((each, i) => is_of(models, type.slice(0, -2), each, `${where}[${i}]`));
  }
  if (type.startsWith('(') || type.includes('|')) return undefined; // a choice of models
  if (['string', 'number', 'boolean', 'object'].includes(type)) return assert.equal(typeof value, type, where);
  const model = type.replace(/<.*>$/, '').replace(/^Models\./, '');
  if (models[model]?.length > 0) return has_shape(models, model, value, where);
  return assert.equal(typeof value, 'object', where);
}

function has_shape(models, model, value, where = model) {
  assert.ok(models[model]?.length > 0, `${model} is declared`);
  for (const { name, optional, type } of models[model]) {
    if (optional && (value[name] === null || value[name] === undefined)) continue;
    assert.ok(name in value, `${where}.${name} is there`);
    is_of(models, type, value[name], `${where}.${name}`);
  }
}

/** The format that the SDK's own client asks for. */
const format_of = (file) => fs.readFileSync(file, 'utf8').match(/['"]X-Appwrite-Response-Format['"]\s*:\s*['"]([\d.]+)['"]/i)[1];

const sdks = {
  appwrite: { types: 'appwrite/types/models.d.ts', client: 'appwrite/dist/cjs/sdk.js' },
  'node-appwrite': { types: 'node-appwrite/dist/models.d.ts', client: 'node-appwrite/dist/client.js' },
};

for (const [sdk, files] of Object.entries(sdks))
  test(`the models of ${sdk} are what it is answered, without a warning`, async () => {
    const models = declared(path.join(modules, files.types));
    const format = format_of(path.join(modules, files.client));
    const speaking = (caller) => caller.as({ headers: { 'x-appwrite-response-format': format } });
    const read = (response, status, model) => {
      const body = accepted(response, status);
      assert.equal(response.header('x-appwrite-warning'), undefined, format);
      has_shape(models, model, body);
      return body;
    };
    const guest = speaking(new Caller(server));
    const key = speaking(new Caller(server, { key: server.default_key }));
    const person = { userId: 'unique()', email: fresh_email(), password: good_password, name: 'Ada' };
    const user = read(await guest.post('/v1/account', person), 201, 'User');
    const { caller } = await sign_in(guest, person);
    const mine = speaking(caller);
    read(await mine.get('/v1/account'), 200, 'User');
    is_of(models, 'Preferences', accepted(await mine.get('/v1/account/prefs')), 'Preferences');
    read(await mine.patch('/v1/account/prefs', { prefs: { a: 1 } }), 200, 'User');
    read(await mine.get('/v1/account/sessions'), 200, 'SessionList');
    read(await mine.get('/v1/account/sessions/current'), 200, 'Session');
    read(await mine.post('/v1/account/jwts', {}), 201, 'Jwt');
    read(await guest.post('/v1/account/sessions/anonymous'), 201, 'Session');
    const token = read(await key.post(`/v1/users/${user.$id}/tokens`, {}), 201, 'Token');
    read(await guest.post('/v1/account/sessions/token', { userId: user.$id, secret: token.secret }), 201, 'Session');
    if (!models.UserList) return; // a client's SDK knows no more
    read(await key.get('/v1/users'), 200, 'UserList');
    read(await key.get(`/v1/users/${user.$id}`), 200, 'User');
    read(await key.post(`/v1/users/${user.$id}/sessions`, {}), 201, 'Session');
    read(await key.get(`/v1/users/${user.$id}/targets`), 200, 'TargetList');
    read(await key.get('/v1/users/identities'), 200, 'IdentityList');
  });

// `portcullis openapi` against the committed list of what exists, and that list against a running server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { send } from '../sdk/support/http.mjs';
import { Server, run_command } from '../sdk/support/server.mjs';

const [head, ...lines] = fs.readFileSync(new URL('endpoints.tsv', import.meta.url), 'utf8').trim().split('\n');
const columns = head.split('\t');
const endpoints = lines.map((line) => Object.fromEntries(line.split('\t').map((text, i) => [columns[i], text === '-' ? '' : text])));

const document = JSON.parse(await run_command('openapi'));

const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));

function row_of({ method, path, operation }) {
  const [status] = Object.keys(operation.responses).filter((code) => code !== 'default');
  const reference = Object.values(operation.responses[status].content ?? {})[0]?.schema?.$ref ?? '';
  const rate = operation['x-rate-limit'];
  return {
    method, path, 'alias-of': operation['x-alias-of'] ?? '', operation: operation.operationId.replace(/Alias\d*$/, ''), status,
    model: reference.split('/').at(-1), limit: String(rate?.limit ?? ''), window: String(rate?.window ?? ''),
    keys: rate?.keys.join(' + ') ?? '', reset: rate ? (rate.resetOnSuccess ? 'yes' : 'no') : '', scope: operation['x-scopes'].join(','),
  };
}

const by_path = (a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`);

test('the program describes itself as OpenAPI 3.1', () => {
  assert.match(document.openapi, /^3\.1\./);
  assert.equal(document.info.version, '1.9.6');
});

test('what is described is what the list says, endpoint by endpoint', () => {
  assert.deepEqual(described.map(row_of).sort(by_path), [...endpoints].map((row) => ({ ...row })).sort(by_path));
});

test('operation ids are unique', () => {
  const ids = described.map(({ operation }) => operation.operationId);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
});

test('every model that an answer names is described', () => {
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g)) assert.ok(document.components.schemas[name], `schema ${name}`);
  assert.deepEqual(Object.keys(document.components.schemas.Error.properties).sort(), ['code', 'message', 'type', 'version']);
});

test('every part of a path that varies is a parameter', () => {
  for (const { path, operation } of described) {
    const named = operation.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    assert.deepEqual(named.sort(), [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(), operation.operationId);
  }
});

/** Parameters of ours beside the contract's; docs/security.md says what they are for. */
const extensions = { 'POST /v1/account': ['signupCode'] };

test('parameters are described where they are read', () => {
  const operation = (method, path) => document.paths[path][method];
  const body = (method, path) => operation(method, path).requestBody.content['application/json'].schema;
  assert.deepEqual(Object.keys(body('post', '/v1/account').properties), ['userId', 'email', 'password', 'name', ...extensions['POST /v1/account']]);
  assert.deepEqual(body('post', '/v1/account').required, ['userId', 'email', 'password']);
  assert.deepEqual(body('post', '/v1/account/sessions/email').required, ['email', 'password']);
  assert.deepEqual(body('post', '/v1/account/jwts').required, []);
  for (const method of ['get', 'patch', 'delete']) {
    const [parameter] = operation(method, '/v1/account/sessions/{sessionId}').parameters;
    assert.deepEqual([parameter.name, parameter.in, parameter.required], ['sessionId', 'path', true]);
  }
});

test('every endpoint of the list answers, and no other method does', async () => {
  const server = await Server.start();
  try {
    const call = (method, path) => send(method, server.url.replace(/\/$/, '') + path.replace('{sessionId}', 'current').replace('{userId}', 'nobody').replace('{targetId}', 'none').replace('{identityId}', 'none'), { headers: { 'x-appwrite-project': 'default' } });
    for (const { method, path } of endpoints) {
      const answer = await call(method, path);
      assert.notEqual(answer.status, 404, `${method} ${path}: ${answer.text}`);
    }
    // A path of one endpoint may match another's template, as sessions/email matches sessions/{sessionId}.
    const templates = endpoints.map((row) => ({ method: row.method, pattern: new RegExp(`^${row.path.replace(/\{\w+\}/g, '[^/]+')}$`) }));
    for (const path of new Set(endpoints.map((row) => row.path))) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (endpoints.some((row) => row.method === method && row.path === path)) continue;
        const answer = await call(method, path);
        const templated = templates.some((row) => row.method === method && row.pattern.test(path));
        assert.equal(answer.status, templated ? 401 : 404, `${method} ${path}: ${answer.text}`);
      }
    }
  } finally {
    await server.stop();
  }
});

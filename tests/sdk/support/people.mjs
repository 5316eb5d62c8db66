// People for the tests: fresh names, sign-up, sign-in, and what the models of an answer must look like.
import assert from 'node:assert/strict';
import { Caller, accepted } from './http.mjs';

let counter = 0;
const run = Math.random().toString(36).slice(2, 8);

export function fresh_email(prefix = 'user') {
  return `${prefix}-${run}-${process.pid}-${++counter}@example.test`;
}

export function fresh_id(prefix = 'id') {
  return `${prefix}-${run}-${++counter}`;
}

export const good_password = 'correct horse 42';

/** A person with an account: id, email, password, the User answer. */
export async function sign_up(caller, details = {}) {
  const person = { userId: 'unique()', email: fresh_email(), password: good_password, ...details };
  const user = accepted(await caller.as({ cookie: null, session: null, jwt: null }).post('/v1/account', person), 201);
  return { ...person, id: user.$id, user };
}

/** Signs a person in; `caller` of the result acts by cookie. */
export async function sign_in(caller, person, options = {}) {
  const response = await caller.post('/v1/account/sessions/email', { email: person.email, password: person.password }, options);
  const session = accepted(response, 201);
  const text = response.session_text(caller.who.project);
  assert.ok(text, 'a session cookie');
  return { session, response, text, secret: JSON.parse(Buffer.from(text, 'base64').toString()).secret, caller: caller.as({ cookie: text }) };
}

/** A new person, signed in. */
export async function somebody(server_or_caller, details = {}) {
  const guest = server_or_caller instanceof Caller ? server_or_caller : new Caller(server_or_caller);
  const person = await sign_up(guest, details);
  const signed_in = await sign_in(guest, person);
  return { ...person, ...signed_in, guest };
}

export async function somebody_anonymous(server) {
  const guest = new Caller(server);
  const response = await guest.post('/v1/account/sessions/anonymous');
  const session = accepted(response, 201);
  const text = response.session_text(guest.who.project);
  return { id: session.userId, session, response, text, guest, caller: guest.as({ cookie: text }) };
}

const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;

export function is_date(text) {
  assert.match(text, date);
}

const user_fields = [
  '$id', '$createdAt', '$updatedAt', 'name', 'registration', 'status', 'labels', 'passwordUpdate', 'email', 'phone',
  'emailVerification', 'phoneVerification', 'emailCanonical', 'emailIsFree', 'emailIsDisposable', 'emailIsCorporate',
  'emailIsCanonical', 'mfa', 'prefs', 'targets', 'accessedAt', 'impersonator', 'impersonatorUserId',
];
const session_fields = [
  '$id', '$createdAt', '$updatedAt', 'userId', 'expire', 'provider', 'providerUid', 'providerAccessToken',
  'providerAccessTokenExpiry', 'providerRefreshToken', 'ip', 'osCode', 'osName', 'osVersion', 'clientType', 'clientCode',
  'clientName', 'clientVersion', 'clientEngine', 'clientEngineVersion', 'deviceName', 'deviceBrand', 'deviceModel',
  'countryCode', 'countryName', 'current', 'factors', 'secret', 'mfaUpdatedAt',
];
const target_fields = ['$id', '$createdAt', '$updatedAt', 'name', 'userId', 'providerId', 'providerType', 'identifier', 'expired'];

const same_fields = (value, fields) => assert.deepEqual(Object.keys(value).sort(), [...fields].sort());

/** All fields of a User, and none that must stay inside. */
export function is_user(user) {
  same_fields(user, user_fields);
  for (const field of ['$createdAt', '$updatedAt', 'registration', 'accessedAt']) is_date(user[field]);
  if (user.passwordUpdate !== '') is_date(user.passwordUpdate);
  for (const field of ['name', 'email', 'phone']) assert.equal(typeof user[field], 'string');
  for (const field of ['status', 'emailVerification', 'phoneVerification', 'mfa', 'impersonator']) assert.equal(typeof user[field], 'boolean');
  assert.equal(user.impersonatorUserId, null);
  assert.ok(Array.isArray(user.labels));
  assert.ok(user.prefs && typeof user.prefs === 'object' && !Array.isArray(user.prefs));
  for (const target of user.targets) {
    same_fields(target, target_fields);
    assert.equal(target.userId, user.$id);
  }
}

export function is_session(session) {
  same_fields(session, session_fields);
  for (const field of ['$createdAt', '$updatedAt', 'expire']) is_date(session[field]);
  assert.equal(typeof session.current, 'boolean');
  assert.ok(Array.isArray(session.factors));
  const texts = session_fields.filter((field) => !['current', 'factors'].includes(field));
  for (const field of texts) assert.equal(typeof session[field], 'string', field);
}

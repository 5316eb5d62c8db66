// The official SDKs, unmodified. The web SDK wants a browser: each client here gets its own local storage, cookie jar
// and page origin, carried along its calls, so that many browsers live in one process.
import { AsyncLocalStorage } from 'node:async_hooks';
import * as node_sdk from 'node-appwrite';
import { parse_set_cookie } from './http.mjs';

const current_browser = new AsyncLocalStorage();
const warn = console.warn;
console.warn = (...words) => {
  const browser = current_browser.getStore();
  if (browser) browser.warnings.push(words.join(' '));
  else warn(...words);
};

Object.defineProperty(globalThis, 'window', {
  configurable: true,
  value: {
    console,
    get localStorage() {
      return current_browser.getStore()?.local_storage ?? null;
    },
  },
});

const plain_fetch = globalThis.fetch;
globalThis.fetch = async (target, options = {}) => {
  const browser = current_browser.getStore();
  return browser ? browser.fetch(target, options) : plain_fetch(target, options);
};

const web_sdk = await import('appwrite');

class LocalStorage {
  items = new Map();
  getItem(name) {
    return this.items.get(name) ?? null;
  }
  setItem(name, value) {
    this.items.set(name, String(value));
  }
  removeItem(name) {
    this.items.delete(name);
  }
}

/** The Set-Cookie lines; Debian 12's own Node joins them, and a comma inside a date opens no `name=`. */
const set_cookies = (headers) =>
  headers.getSetCookie?.() ?? headers.get('set-cookie')?.split(/,\s*(?=[^;,=\s]+=)/) ?? [];

/** What of a browser the web SDK touches. `cookies: false` is a browser that blocks third-party cookies. */
export class Browser {
  constructor({ cookies = true, storage = true, origin = 'http://localhost:3000' } = {}) {
    this.accepts_cookies = cookies;
    this.local_storage = storage ? new LocalStorage() : null;
    this.origin = origin;
    this.jar = new Map();
    this.warnings = [];
    this.responses = [];
  }

  async fetch(target, options) {
    const headers = new Headers(options.headers);
    headers.set('origin', this.origin);
    const cookies = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookies) headers.set('cookie', cookies);
    const response = await plain_fetch(target, { ...options, headers });
    this.responses.push({ status: response.status, headers: response.headers });
    if (this.accepts_cookies) for (const line of set_cookies(response.headers)) this.keep(parse_set_cookie(line));
    return response;
  }

  keep({ name, value, attributes }) {
    if (attributes.expires && new Date(attributes.expires) <= new Date()) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}

/** Web SDK services of one browser: `{account, client, browser}`. */
export function web_client(server, { project = server.project, ...options } = {}) {
  const browser = options.browser ?? new Browser(options);
  const client = new web_sdk.Client().setEndpoint(server.endpoint).setProject(project);
  const call = client.call.bind(client);
  client.call = (...args) => current_browser.run(browser, () => call(...args));
  return { client, account: new web_sdk.Account(client), browser };
}

/** Node SDK services: `{account, users, client}` acting with a key, a session or a JWT. */
export function node_client(server, { project = server.project, key, session, jwt, self_signed = false } = {}) {
  const client = new node_sdk.Client().setEndpoint(server.endpoint).setProject(project).setSelfSigned(self_signed);
  if (key) client.setKey(key);
  if (session) client.setSession(session);
  if (jwt) client.setJWT(jwt);
  return { client, account: new node_sdk.Account(client), users: new node_sdk.Users(client), project: new node_sdk.Project(client) };
}

export const { ID } = web_sdk;

/** The SDK's objects as ordinary ones, for comparisons. */
export const plain = (value) => JSON.parse(JSON.stringify(value));

/** For assert.rejects: an AppwriteException with this code and type. */
export const sdk_error = (code, type) => (error) => {
  if (error.code !== code || error.type !== type) throw new Error(`wanted ${code} ${type}, got ${error.code} ${error.type}: ${error.message}`);
  return true;
};

// Chromium on a page from another origin: the web SDK signs in, the page is reloaded, the browser is closed and its
// profile opened again, and the user is still signed in: once by cookie, once by local storage.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Caller } from '../sdk/support/http.mjs';
import { sign_up } from '../sdk/support/people.mjs';
import { Server, new_folder, patience } from '../sdk/support/server.mjs';

const require = createRequire(new URL('../sdk/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const sdk_file = path.join(path.dirname(require.resolve('appwrite/package.json')), 'dist/iife/sdk.js');

const executable = process.env.E2E_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file));
const skip = executable ? false : 'CHROMIUM IS NOT INSTALLED: sessions in a real browser are not tested';
if (skip) console.error(`\n*** ${skip} ***\n`);

const flags = [
  '--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-domain-reliability',
  '--disable-sync', '--disable-extensions', '--disable-gpu', '--disable-dev-shm-usage', '--metrics-recording-only', '--no-first-run', '--no-pings',
  '--disable-client-side-phishing-detection', '--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponentUpdater,HttpsUpgrades',
];

let server;
let pages;
const email = 'browser@example.test';
const password = 'correct horse 42';

/** Serves an empty page with the web SDK, on any host name this machine answers to. */
function serve_pages() {
  const sdk = fs.readFileSync(sdk_file);
  const page = '<!doctype html><meta charset="utf-8"><title>A page of another origin</title><link rel="icon" href="data:,"><script src="/sdk.js"></script>';
  const server_of_pages = http.createServer((request, response) => {
    const is_script = request.url === '/sdk.js';
    response.writeHead(200, { 'content-type': is_script ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(is_script ? sdk : page);
  });
  return new Promise((resolve) => server_of_pages.listen(0, '127.0.0.1', () => resolve(server_of_pages)));
}

/** A browser profile that can be closed and opened again. */
class Profile {
  constructor({ page_host, api_host, block_third_party_cookies = false }) {
    this.folder = new_folder();
    this.page_url = `http://${page_host}:${pages.address().port}/`;
    this.endpoint = `http://${api_host}:${server.port}/v1`;
    if (block_third_party_cookies) {
      fs.mkdirSync(path.join(this.folder, 'Default'), { recursive: true });
      const preferences = { profile: { cookie_controls_mode: 1, block_third_party_cookies: true } };
      fs.writeFileSync(path.join(this.folder, 'Default/Preferences'), JSON.stringify(preferences));
    }
  }

  async open() {
    this.context = await chromium.launchPersistentContext(this.folder, { executablePath: executable, headless: true, args: flags, chromiumSandbox: false });
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.warnings = [];
    this.page.on('console', (message) => this.warnings.push(message.text()));
    await this.page.goto(this.page_url);
    return this;
  }

  async close() {
    await this.context?.close();
    this.context = null;
  }

  /** Calls a method of the web SDK's account on the page; gives `{value}` or `{code, type}`. */
  account(method, parameters) {
    return this.page.evaluate(
      async ({ endpoint, method: name, parameters: argument }) => {
        const client = new window.Appwrite.Client().setEndpoint(endpoint).setProject('default');
        const account = new window.Appwrite.Account(client);
        try {
          const value = await account[name](...(argument === undefined ? [] : [argument]));
          return { value: JSON.parse(JSON.stringify(value)) };
        } catch (error) {
          return { code: error.code, type: error.type, message: String(error.message) };
        }
      },
      { endpoint: this.endpoint, method, parameters },
    );
  }

  cookies() {
    return this.context.cookies(this.endpoint);
  }

  stored() {
    return this.page.evaluate(() => window.localStorage.getItem('cookieFallback'));
  }

  forget_storage() {
    return this.page.evaluate(() => window.localStorage.clear());
  }
}

const is_me = (answer) => assert.equal(answer.value?.email, email, JSON.stringify(answer));
const is_guest = (answer) => assert.deepEqual([answer.code, answer.type], [401, 'general_unauthorized_scope'], JSON.stringify(answer));

describe('a user in Chromium', { skip, timeout: 80_000 * patience }, () => {
  before(async () => {
    pages = await serve_pages();
    server = await Server.start();
    await sign_up(new Caller(server), { email, password });
  });
  after(async () => {
    await server?.stop();
    pages?.close();
    pages?.closeAllConnections?.();
  });

  test('stays signed in by cookie', async () => {
    const profile = await new Profile({ page_host: 'localhost', api_host: 'localhost' }).open();
    try {
      is_guest(await profile.account('get'));
      const { value: session } = await profile.account('createEmailPasswordSession', { email, password });
      assert.equal(session.current, true);
      const cookies = await profile.cookies();
      const kept = cookies.find(({ name }) => name === 'a_session_default_legacy');
      assert.ok(kept, `the cookie without SameSite is kept on plain HTTP: ${JSON.stringify(cookies)}`);
      assert.equal(kept.httpOnly, true);
      assert.ok(kept.expires > Date.now() / 1000 + 300 * 86_400, 'a lasting cookie');
      await profile.forget_storage();  // so that only the cookie can tell who it is
      is_me(await profile.account('get'));
      await profile.page.reload();
      is_me(await profile.account('get'));
      assert.equal(await profile.stored(), null);
      await profile.close();
      await profile.open();
      assert.equal(await profile.stored(), null);
      is_me(await profile.account('get'));
      assert.equal((await profile.account('getSession', { sessionId: 'current' })).value.$id, session.$id);
      await profile.account('deleteSession', { sessionId: 'current' });
      assert.deepEqual((await profile.cookies()).filter(({ name }) => name.startsWith('a_session')), []);
      is_guest(await profile.account('get'));
    } finally {
      await profile.close();
    }
  });

  test('stays signed in by local storage where third-party cookies are blocked', async () => {
    const profile = await new Profile({ page_host: '127.0.0.1', api_host: 'localhost', block_third_party_cookies: true }).open();
    try {
      is_guest(await profile.account('get'));
      const { value: session } = await profile.account('createEmailPasswordSession', { email, password });
      assert.deepEqual((await profile.cookies()).filter(({ name }) => name.startsWith('a_session')), [], 'no cookie is kept');
      assert.ok(JSON.parse(await profile.stored()).a_session_default);
      assert.ok(profile.warnings.some((text) => text.includes('localStorage')));
      is_me(await profile.account('get'));
      await profile.page.reload();
      is_me(await profile.account('get'));
      await profile.close();
      await profile.open();
      is_me(await profile.account('get'));
      assert.equal((await profile.account('getSession', { sessionId: 'current' })).value.$id, session.$id);
      await profile.account('deleteSessions');
      assert.equal(await profile.stored(), '[]');
      is_guest(await profile.account('get'));
    } finally {
      await profile.close();
    }
  });

  test('is refused on a page of a host that the project does not know', async () => {
    const profile = await new Profile({ page_host: 'stranger.localhost', api_host: 'localhost' }).open();
    try {
      const answer = await profile.account('get');
      assert.ok(answer.code === 403 || /fetch/i.test(answer.message ?? ''), JSON.stringify(answer));
    } finally {
      await profile.close();
    }
  });
});

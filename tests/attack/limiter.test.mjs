// Floods against the tables of rate limits, and what they tell a stranger. The tables are as small as they can be, and
// the attackers come from networks of their own: a trusted proxy on loopback names them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, accepted, refused } from '../sdk/support/http.mjs';
import { fresh_email, good_password, sign_up, somebody_anonymous } from '../sdk/support/people.mjs';
import { Server, sleep } from '../sdk/support/server.mjs';

const trusted = ['--trusted-proxies', '127.0.0.1/32'];
const limited = 'general_rate_limit_exceeded';

/** A window that ends meanwhile would be another test. */
async function clear_of_the_end_of_the_hour(needed) {
  const left = 3600 - ((Date.now() / 1000) % 3600);
  if (left < needed) await sleep(left * 1000 + 50);
}

/** Every network its own /24. */
let networks = 0;
const fresh_network = () => `11.${Math.floor(++networks / 250)}.${networks % 250}.7`;

const numbers = (response) => ['limit', 'remaining'].map((name) => Number(response.header(`x-ratelimit-${name}`)));
const sign_in = (caller, email, password = 'wrong password') => caller.post('/v1/account/sessions/email', { email, password });

/** Runs `work` for each, so many at a time. */
async function side_by_side(items, width, work) {
  const queue = [...items];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  }));
}

async function started(...args) {
  await clear_of_the_end_of_the_hour(180);
  const server = await Server.start({ rate_limits: 'on', args: [...trusted, ...args] });
  const guest = new Caller(server);
  const privileged = guest.as({ key: server.default_key });
  return { server, guest, privileged, from: (ip) => guest.as({ ip }), someone: () => sign_up(privileged) };
}

describe('a flood from many networks over the smallest tables', () => {
  const flooders = Array.from({ length: 150 }, fresh_network);
  const [guesser, idler] = [fresh_network(), fresh_network()];
  let scene;
  let watched;  // had nine failures before the flood; the guesser's network has had sixty

  before(async () => {
    scene = await started('--limiter-memory', '64');
    watched = await scene.someone();
    for (let i = 0; i < 9; i++) refused(await sign_in(scene.from(fresh_network()), watched.email), 401, 'user_invalid_credentials');
    for (let i = 0; i < 60; i++) refused(await sign_in(scene.from(guesser), fresh_email('junk')), 401, 'user_invalid_credentials');
    // Windows that are exhausted at the price of a check each, and at none.
    await side_by_side(flooders, 16, async (ip) => {
      for (let junk = 0; junk < 10; junk++) {
        const email = fresh_email('junk');
        for (let i = 0; i < 10; i++) await sign_in(scene.from(ip), email);
      }
    });
    await side_by_side(Array.from({ length: 1500 }, () => fresh_email('junk')), 16, async (email) => {
      for (let i = 0; i < 10; i++) await scene.from(idler).post('/v1/account/sessions/email', { email });
    });
  });
  after(() => scene.server.stop());

  test('people sign in, from home and for the first time', async () => {
    let shut_out = 0;
    for (let i = 0; i < 30; i++) {
      const person = await scene.someone();
      const home = scene.from(fresh_network());
      for (let again = 0; again < 2; again++)
        if ((await sign_in(home, person.email, good_password)).status !== 201) shut_out++;
    }
    // Whose account or network meets the flood in both rows of a sketch is shut out: one or two in a hundred, more by chance.
    assert.ok(shut_out <= 15, `${shut_out} of 60`);
  });

  test('guessing at an account stays bounded, from networks that flooded and from others', async () => {
    for (let i = 0; i < 5; i++) {
      const person = await scene.someone();
      let guesses = 0;
      for (let n = 0; n < 60; n++) {
        const ip = n % 2 ? fresh_network() : flooders[(i * 30 + n / 2) % flooders.length];
        if ((await sign_in(scene.from(ip), person.email)).status === 401) guesses++;
      }
      assert.ok(guesses <= 20, `${guesses} guesses at one account`);
    }
  });

  test('a window that ran before keeps its count', async () => {
    refused(await sign_in(scene.from(fresh_network()), watched.email), 401, 'user_invalid_credentials');
    refused(await sign_in(scene.from(fresh_network()), watched.email, good_password), 429, limited);
  });

  test('a network fails no more often than it may, what it failed before the flood included', async () => {
    for (const [ip, left] of [[guesser, 40], [fresh_network(), 100]]) {
      let failures = 0;
      await side_by_side(Array.from({ length: 160 }, (_, i) => i), 16, async () => {
        if ((await sign_in(scene.from(ip), fresh_email('junk'))).status === 401) failures++;
      });
      assert.ok(failures <= left, `${failures} failures where ${left} were left`);
    }
  });
});

describe('one network', () => {
  let scene;
  before(async () => { scene = await started(); });
  after(() => scene.server.stop());

  test('passes its limit of failed sign-ins with no burst', async () => {
    const caller = scene.from(fresh_network());
    const answers = await Promise.all(Array.from({ length: 200 }, () => sign_in(caller, fresh_email('junk'))));
    const statuses = answers.map((answer) => answer.status);
    assert.equal(statuses.filter((status) => status === 401).length, 100);
    assert.ok(statuses.every((status) => status === 401 || status === 429), String(statuses));
    refused(await sign_in(caller, fresh_email('junk')), 429, limited);
  });

  test('passes the limit on a user\'s tokens with no burst either', async () => {
    const person = await scene.someone();
    const redeem = () => scene.from(fresh_network()).post('/v1/account/sessions/token', { userId: person.id, secret: 'wrong' });
    const answers = await Promise.all(Array.from({ length: 150 }, redeem));
    assert.equal(answers.filter((answer) => answer.status === 401).length, 100);
  });

  test('signs in as often as it likes with the right password', async () => {
    const caller = scene.from(fresh_network());
    const person = await scene.someone();
    for (let i = 0; i < 130; i++) accepted(await sign_in(caller, person.email, good_password), 201);
  });

  test('fills no table with junk: nobody else notices', async () => {
    const caller = scene.from(fresh_network());
    await side_by_side(Array.from({ length: 3000 }, (_, i) => i), 32, () => sign_in(caller, fresh_email('junk')));
    const person = await scene.someone();
    for (let i = 0; i < 10; i++) refused(await sign_in(scene.from(fresh_network()), person.email), 401, 'user_invalid_credentials');
    refused(await sign_in(scene.from(fresh_network()), person.email), 429, limited);
  });
});

describe('the windows of an account', () => {
  let scene;
  before(async () => { scene = await started(); });
  after(() => scene.server.stop());

  test('are not made by parameters that are wrong', async () => {
    const person = await scene.someone();
    for (let i = 0; i < 15; i++) {
      const response = await scene.from(fresh_network()).post('/v1/account/sessions/email', { email: person.email, password: '' });
      refused(response, 400, 'general_argument_invalid');
      assert.deepEqual(numbers(response), [10, 9]);
      refused(await scene.from(fresh_network()).post('/v1/account/sessions/email', { email: 'no address', password: 'x'.repeat(9) }), 400, 'general_argument_invalid');
      refused(await scene.from(fresh_network()).post('/v1/account/sessions/email', {}), 400, 'general_argument_invalid');
    }
    assert.deepEqual(numbers(await sign_in(scene.from(fresh_network()), person.email)), [10, 9]);
  });

  test('still refuse before anything else is looked at, with parameters that are right', async () => {
    const project = await scene.server.create_project('limit-before-switch', { emailPassword: false });
    const caller = (ip) => scene.from(ip).as({ project });
    const email = fresh_email();
    for (let i = 0; i < 10; i++) refused(await sign_in(caller(fresh_network()), email), 501, 'user_auth_method_unsupported');
    refused(await sign_in(caller(fresh_network()), email), 429, limited);
  });

  test('are known by keys that nobody can compose', async () => {
    const person = await scene.someone();
    const [home, network] = ['11.200.7.9', '11.200.7.0/24'];
    accepted(await sign_in(scene.from(home), person.email, good_password), 201);
    const composed = ['|', ':', ',', '\0', '/'].map((mark) => `${person.email}${mark}${network}`);
    for (const email of composed)
      for (let i = 0; i < 11; i++) await sign_in(scene.from(fresh_network()), email);
    for (let i = 0; i < 10; i++) refused(await sign_in(scene.from(fresh_network()), person.email), 401, 'user_invalid_credentials');
    refused(await sign_in(scene.from(fresh_network()), person.email), 429, limited);
    accepted(await sign_in(scene.from(home), person.email, good_password), 201);
  });

  test('do not tell a stranger that the owner signed in', async () => {
    const told = async (owner_signs_in) => {
      const person = await scene.someone();
      const [stranger, home] = [scene.from(fresh_network()), scene.from(fresh_network())];
      const seen = [];
      for (let i = 0; i < 9; i++) {
        seen.push(numbers(await sign_in(stranger, person.email))[1]);
        if (owner_signs_in) accepted(await sign_in(home, person.email, good_password), 201);
      }
      seen.push(numbers(await sign_in(scene.from(fresh_network()), person.email))[1]);
      return seen;
    };
    assert.deepEqual(await told(true), await told(false));
  });

  test('stay closed to a network that failed ten times, whoever signs in meanwhile', async () => {
    const person = await scene.someone();
    const [stranger, home] = [scene.from(fresh_network()), scene.from(fresh_network())];
    accepted(await sign_in(home, person.email, good_password), 201);
    for (let i = 0; i < 10; i++) refused(await sign_in(stranger, person.email), 401, 'user_invalid_credentials');
    accepted(await sign_in(home, person.email, good_password), 201);
    refused(await sign_in(stranger, person.email), 429, limited);
  });
});

describe('endpoints that tell whether somebody has an address', () => {
  let scene;
  before(async () => { scene = await started(); });
  after(() => scene.server.stop());

  const asks = {
    'POST /v1/account': (caller, person) => caller.as({ cookie: null }).post('/v1/account', { userId: 'unique()', email: person.email, password: good_password }),
    'PATCH /v1/account/email': (caller, person) => caller.patch('/v1/account/email', { email: person.email, password: good_password }),
    'PATCH /v1/account/phone': (caller, person) => caller.patch('/v1/account/phone', { phone: person.phone, password: good_password }),
  };

  for (const [name, ask] of Object.entries(asks)) {
    test(`${name} answers ten questions an hour and address`, async () => {
      const person = { ...(await scene.someone()), phone: `+4917000000${10 + networks % 90}` };
      accepted(await scene.privileged.patch(`/v1/users/${person.id}/phone`, { number: person.phone }));
      const { text } = await somebody_anonymous(scene.server);
      const caller = scene.from(fresh_network()).as({ cookie: text });
      for (let i = 0; i < 10; i++) {
        const response = await ask(caller, person);
        assert.equal(response.status, 409);
        assert.deepEqual(numbers(response), [10, 9 - i]);
      }
      refused(await ask(caller, person), 429, limited);
    });
  }
});

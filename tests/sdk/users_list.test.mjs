// Lists of users by the node SDK: every filter, order, cursor, search and total, and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, refused } from './support/http.mjs';
import { fresh_email, good_password } from './support/people.mjs';
import { ID, node_client, plain, sdk_error } from './support/sdk.mjs';
import { Server } from './support/server.mjs';

let server;
let users;
let key;
before(async () => {
  server = await Server.start();
  users = node_client(server, { key: server.default_key }).users;
  key = new Caller(server, { key: server.default_key });
  for (const each of people) await make(each);
});
after(() => server.stop());

// In the order of their creation. `d` and `f` are named alike but for case.
const people = [
  { userId: 'a', email: 'ada@example.test', phone: '+14155550001', name: 'Ada Lovelace', labels: ['vip', 'math'], verified: true },
  { userId: 'b', email: 'blaise@pascal.test', name: 'Blaise Pascal', labels: ['math'] },
  { userId: 'c', phone: '+14155550003', name: 'Carl Friedrich Gauß', blocked: true },
  { userId: 'd', email: 'emmy@example.test', phone: '+14155550002', name: 'emmy noether', labels: ['vip'], password: true },
  { userId: 'e', name: '' },
  { userId: 'f', email: 'zuse@other.test', name: 'Emmy Noether', labels: ['VIP'] },
  { userId: 'G', email: 'manchester-united@club.test', name: 'Alan Turing', password: true },
];
const ids = people.map((each) => each.userId);
const made = {};

async function make({ userId, labels, verified, blocked, password, ...more }) {
  await users.create({ userId, ...(more.name === '' ? { ...more, name: undefined } : more), ...(password ? { password: good_password } : {}) });
  if (labels) await users.updateLabels({ userId, labels });
  if (verified) await users.updateEmailVerification({ userId, emailVerification: true });
  if (blocked) await users.updateStatus({ userId, status: false });
  made[userId] = plain(await users.get({ userId }));
  await new Promise((resolve) => setTimeout(resolve, 3)); // no two made in the same millisecond
}

const list = async (...queries) => plain(await users.list({ queries }));
const listed = async (...queries) => (await list(...queries)).users.map((user) => user.$id);
const searched = async (search, ...queries) => plain(await users.list({ search, queries })).users.map((user) => user.$id);
/** The ids in the order of what `value` gives; ties by creation. */
const sorted = (value, chosen = ids) => [...chosen].sort((a, b) => (value(made[a]) < value(made[b]) ? -1 : value(made[a]) > value(made[b]) ? 1 : 0));
const having = (...wanted) => ids.filter((id) => wanted.includes(id));

test('all users come in the order of their creation, whole, with their number', async () => {
  const all = await list();
  assert.equal(all.total, people.length);
  assert.deepEqual(all.users.map((user) => user.$id), ids);
  assert.deepEqual(Object.keys(all), ['total', 'users']);
  for (const user of all.users) assert.deepEqual(user, made[user.$id]);
});

test('total is left out when it is not wanted, and counts regardless of the page', async () => {
  for (const total of [false]) assert.deepEqual(plain(await users.list({ total })).total, 0);
  assert.equal((await list(Query.limit(2))).total, people.length);
  assert.equal((await list(Query.limit(2), Query.offset(6))).total, people.length);
  assert.equal((await list(Query.limit(1), Query.cursorAfter('f'))).total, people.length);
  assert.equal((await list(Query.limit(1), Query.contains('labels', ['math', 'vip']), Query.cursorAfter('a'))).total, 3);
  assert.equal((await list(Query.limit(1), Query.isNotNull('email'), Query.orderDesc('accessedAt'))).total, 5);
  assert.equal((await key.get('/v1/users?total=0')).json.total, 0);
  assert.equal((await key.get('/v1/users?total=true')).json.total, people.length);
  refused(await key.get('/v1/users?total=maybe'), 400, 'general_argument_invalid');
});

test('limit and offset', async () => {
  for (const many of [5001, 2147483647]) assert.equal((await list(Query.limit(many))).users.length, ids.length);
  assert.deepEqual(await listed(Query.limit(2)), ids.slice(0, 2));
  assert.deepEqual(await listed(Query.limit(2), Query.offset(3)), ids.slice(3, 5));
  assert.deepEqual(await listed(Query.offset(100)), []);
  assert.deepEqual(await listed(Query.limit(1), Query.limit(5)), ids.slice(0, 1)); // the first counts
  assert.deepEqual(await listed('{"method":"limit","values":["2"]}'), ids.slice(0, 2));
});

test('cursors go both ways from anywhere, in every order', async () => {
  assert.deepEqual(await listed(Query.cursorAfter('c')), ids.slice(3));
  assert.deepEqual(await listed(Query.cursorBefore('b')), ['a']);
  assert.deepEqual(await listed(Query.cursorBefore('f'), Query.limit(2)), ['d', 'e']);
  assert.deepEqual(await listed(Query.cursorAfter('G')), []);
  assert.deepEqual(await listed(Query.cursorBefore('a')), []);
  assert.deepEqual(await listed(Query.cursorAfter('a'), Query.limit(2), Query.offset(1)), ['c', 'd']);
  for (const attribute of ['$id', '$sequence', '$createdAt', '$updatedAt', 'registration', 'name', 'status', 'emailVerification', 'impersonator']) {
    for (const order of [Query.orderAsc, Query.orderDesc]) {
      const all = await listed(order(attribute));
      assert.deepEqual([...all].sort(), [...ids].sort(), attribute);
      for (const [i, id] of all.entries()) {
        assert.deepEqual(await listed(order(attribute), Query.cursorAfter(id), Query.limit(3)), all.slice(i + 1, i + 4), `${attribute} after ${id}`);
        assert.deepEqual(await listed(order(attribute), Query.cursorBefore(id), Query.limit(3)), all.slice(Math.max(0, i - 3), i), `${attribute} before ${id}`);
      }
    }
  }
});

test('a cursor walks the filtered list, also from a user that is not on it', async () => {
  const filter = Query.isNotNull('email');
  assert.deepEqual(await listed(filter), ['a', 'b', 'd', 'f', 'G']);
  assert.deepEqual(await listed(filter, Query.cursorAfter('c')), ['d', 'f', 'G']);
  assert.deepEqual(await listed(filter, Query.cursorBefore('e'), Query.limit(2)), ['b', 'd']);
  assert.deepEqual(await listed(Query.contains('labels', ['math', 'vip']), Query.cursorAfter('a')), ['b', 'd']);
  assert.deepEqual(await listed(Query.contains('labels', ['math', 'vip']), Query.cursorBefore('d')), ['a', 'b']);
});

test('orders by every attribute, without regard to case, ties by creation', async () => {
  const folded = (user) => user.name.toLowerCase().replace('ß', 'ss');
  const expected = {
    $id: sorted((user) => user.$id), $sequence: ids, $createdAt: ids, registration: ids, name: sorted(folded),
    $updatedAt: sorted((user) => user.$updatedAt), email: sorted((user) => user.email), phone: sorted((user) => user.phone),
    status: sorted((user) => user.status), passwordUpdate: sorted((user) => user.passwordUpdate),
    emailVerification: sorted((user) => user.emailVerification), phoneVerification: ids, impersonator: ids, accessedAt: ids,
  };
  for (const [attribute, wanted] of Object.entries(expected)) assert.deepEqual(await listed(Query.orderAsc(attribute)), wanted, attribute);
  assert.deepEqual(await listed(Query.orderDesc('$createdAt')), [...ids].reverse());
  assert.deepEqual(await listed(Query.orderDesc('$sequence')), [...ids].reverse());
  for (const bare of [Query.orderDesc(''), '{"method":"orderDesc"}']) assert.deepEqual(await listed(bare), [...ids].reverse());
  assert.deepEqual(await listed(Query.orderDesc('name')), ['d', 'f', 'c', 'b', 'G', 'a', 'e']);
  assert.deepEqual(await listed(Query.orderDesc('email')), ['f', 'G', 'd', 'b', 'a', 'c', 'e']);
  assert.deepEqual(await listed(Query.orderDesc('phone')), ['c', 'd', 'a', 'b', 'e', 'f', 'G']);
  assert.deepEqual(await listed(Query.orderAsc('phone'), Query.limit(2), Query.offset(3)), ['G', 'a']);
  assert.deepEqual(await listed(Query.orderAsc('status'), Query.orderDesc('$id')), ['c', 'f', 'e', 'd', 'b', 'a', 'G']);
  assert.deepEqual((await listed(Query.orderRandom())).sort(), [...ids].sort());
  assert.equal((await listed(Query.orderRandom(), Query.limit(3))).length, 3);
});

test('a cursor where the order finds nothing is refused', async () => {
  await assert.rejects(list(Query.orderAsc('email'), Query.cursorAfter('e')), sdk_error(400, 'database_query_order_null'));
  await assert.rejects(list(Query.orderAsc('passwordUpdate'), Query.cursorBefore('a')), sdk_error(400, 'database_query_order_null'));
  assert.deepEqual(await listed(Query.orderAsc('email'), Query.cursorAfter('b')), ['d', 'G', 'f']);
  assert.deepEqual(await listed(Query.orderDesc('email'), Query.cursorAfter('b')), ['a']);
  assert.deepEqual(await listed(Query.orderAsc('email'), Query.cursorBefore('d')), ['a', 'b']);
  assert.deepEqual(await listed(Query.orderAsc('passwordUpdate'), Query.cursorAfter('d')), ['G']);
});

test('filters by every attribute', async () => {
  const { b, d } = made;
  const cases = [
    [Query.equal('$id', 'b'), 'b'], [Query.equal('$id', ['G', 'a', 'nobody', 'a']), 'a', 'G'], [Query.equal('$id', 'g')],
    [Query.notEqual('$id', 'b'), 'a', 'c', 'd', 'e', 'f', 'G'], [Query.greaterThan('$id', 'd'), 'e', 'f'],
    [Query.startsWith('$id', 'f'), 'f'], [Query.lessThan('$id', 'a'), 'G'],
    [Query.equal('$sequence', 2), 'b'], [Query.between('$sequence', 2, 3), 'b', 'c'], [Query.equal('$sequence', '3'), 'c'],
    [Query.greaterThanEqual('$sequence', 6), 'f', 'G'], [Query.lessThan('$sequence', -1)],
    [Query.createdAfter(d.$createdAt), 'e', 'f', 'G'], [Query.createdBefore(b.$createdAt), 'a'],
    [Query.createdBetween(b.$createdAt, d.$createdAt), 'b', 'c', 'd'], [Query.equal('$createdAt', b.$createdAt), 'b'],
    [Query.updatedAfter(d.$updatedAt), 'e', 'f', 'G'], [Query.greaterThanEqual('registration', d.registration), 'd', 'e', 'f', 'G'],
    [Query.lessThanEqual('registration', b.registration), 'a', 'b'], [Query.notBetween('registration', b.registration, d.registration), 'a', 'e', 'f', 'G'],
    [Query.equal('name', 'Ada Lovelace'), 'a'], [Query.equal('name', 'EMMY NOETHER'), 'd', 'f'], [Query.equal('name', ''), 'e'],
    [Query.equal('name', ['ada lovelace', 'Alan Turing']), 'a', 'G'], [Query.notEqual('name', 'emmy noether'), 'a', 'b', 'c', 'e', 'G'],
    [Query.startsWith('name', 'A'), 'a', 'G'], [Query.notStartsWith('name', 'a'), 'b', 'c', 'd', 'e', 'f'],
    [Query.endsWith('name', 'L'), 'b'], [Query.notEndsWith('name', 'ER'), 'a', 'b', 'c', 'e', 'G'],
    [Query.contains('name', 'noe'), 'd', 'f'], [Query.contains('name', ['tur', 'pas']), 'b', 'G'], [Query.notContains('name', 'a'), 'd', 'e', 'f'],
    [Query.containsAll('name', ['ada', 'love']), 'a'], [Query.contains('name', 'GAUSS'), 'c'], [Query.lessThan('name', 'b'), 'a', 'e', 'G'],
    [Query.equal('email', 'ADA@example.test'), 'a'], [Query.equal('email', ['emmy@example.test', 'zuse@other.test']), 'd', 'f'],
    [Query.endsWith('email', '@example.test'), 'a', 'd'], [Query.startsWith('email', 'man'), 'G'], [Query.isNull('email'), 'c', 'e'],
    [Query.isNotNull('email'), 'a', 'b', 'd', 'f', 'G'], [Query.notEqual('email', 'ada@example.test'), 'b', 'd', 'f', 'G'], [Query.equal('email', '')],
    [Query.between('email', 'b', 'n'), 'b', 'd', 'G'], [Query.greaterThan('email', 'manchester-united@club.test'), 'f'],
    [Query.equal('phone', '+14155550002'), 'd'], [Query.isNull('phone'), 'b', 'e', 'f', 'G'], [Query.contains('phone', '5000'), 'a', 'c', 'd'],
    [Query.equal('status', [false]), 'c'], [Query.equal('status', [true]), 'a', 'b', 'd', 'e', 'f', 'G'], [Query.notEqual('status', true), 'c'],
    [Query.equal('emailVerification', true), 'a'], [Query.equal('phoneVerification', true)], [Query.equal('impersonator', [false]), ...ids],
    [Query.isNull('passwordUpdate'), 'a', 'b', 'c', 'e', 'f'], [Query.isNotNull('passwordUpdate'), 'd', 'G'],
    [Query.lessThanEqual('passwordUpdate', d.passwordUpdate), 'd'], [Query.isNull('accessedAt'), ...ids],
    [Query.contains('labels', ['vip']), 'a', 'd'], [Query.contains('labels', 'VIP'), 'f'], [Query.contains('labels', ['math', 'VIP']), 'a', 'b', 'f'],
    [Query.containsAny('labels', ['math']), 'a', 'b'], [Query.containsAll('labels', ['vip', 'math']), 'a'], [Query.notContains('labels', ['vip', 'math']), 'c', 'e', 'f', 'G'],
    [Query.contains('labels', ['not-a-label'])], [Query.isNull('labels')],
    [Query.or([Query.equal('$id', 'a'), Query.equal('name', 'emmy noether')]), 'a', 'd', 'f'],
    [Query.and([Query.startsWith('name', 'A'), Query.isNotNull('phone')]), 'a'],
    [Query.or([Query.and([Query.isNull('email'), Query.isNull('phone')]), Query.equal('status', [false])]), 'c', 'e'],
  ];
  for (const [query, ...wanted] of cases) {
    const answer = await list(query);
    assert.deepEqual(answer.users.map((user) => user.$id), having(...wanted), query);
    assert.equal(answer.total, wanted.length, query);
    assert.deepEqual(await listed(query, Query.orderDesc('$createdAt')), having(...wanted).reverse(), query);
    assert.deepEqual(await listed(query, Query.orderAsc('$id')), having(...wanted).sort(), query);
    assert.deepEqual(await listed(query, Query.orderDesc('$sequence'), Query.limit(2)), having(...wanted).reverse().slice(0, 2), query);
  }
  assert.deepEqual(await listed(Query.startsWith('name', 'A'), Query.isNotNull('phone')), ['a']); // all must hold
});

test('search finds words, beginnings of the last word, and phrases in quotes', async () => {
  const cases = [
    ['ada', 'a'], ['ADA', 'a'], ['man', 'G'], ['manchester-united', 'G'], ['united', 'G'], ['nite'], ['lovelace ada', 'a'],
    ['emmy', 'd', 'f'], ['pascal turing', 'b', 'G'], ['turing pasc', 'b', 'G'], ['turin pascal', 'b'], ['"emmy noether"', 'd', 'f'], ['"noether emmy"'],
    ['"ada@example.test"', 'a'], ['"example.test"', 'a', 'd'], ['"ada"', 'a'], ['"ad"'], ['+14155550003', 'c'], ['14155550002', 'd'], ['vip', 'a', 'd', 'f'],
    ['label:math', 'a', 'b', 'd', 'f'], ['GAUSS', 'c'], ['gauß', 'c'], ['example', 'a', 'd'], ['>'], ['@+-*)(<>~"'], ['nobody'], ['(ada)*', 'a'], ['"', ], ['""'],
  ];
  for (const [term, ...wanted] of cases) {
    assert.deepEqual(await searched(term), having(...wanted), term);
    assert.equal(plain(await users.list({ search: term })).total, wanted.length, term);
    assert.deepEqual(await searched(term, Query.orderDesc('name')), (await listed(Query.orderDesc('name'))).filter((id) => wanted.includes(id)), term);
    assert.deepEqual(await searched(term, Query.limit(1), Query.orderDesc('$createdAt')), having(...wanted).reverse().slice(0, 1), term);
    for (const id of wanted) {
      const all = having(...wanted);
      assert.deepEqual(await searched(term, Query.cursorAfter(id)), all.slice(all.indexOf(id) + 1), `${term} after ${id}`);
      assert.deepEqual(await searched(term, Query.cursorBefore(id)), all.slice(0, all.indexOf(id)), `${term} before ${id}`);
    }
  }
  assert.deepEqual(await searched('emmy', Query.isNotNull('phone')), ['d']);
  assert.deepEqual(await searched('emmy', Query.equal('$id', ['a', 'f'])), ['f']);
  assert.deepEqual(await searched(''), ids);
  await assert.rejects(users.list({ search: 'x'.repeat(257) }), sdk_error(400, 'general_argument_invalid'));
});

test('what cannot be asked is refused', async () => {
  const q = (method, attribute, values) => JSON.stringify({ method, attribute, values });
  const invalid = [
    'not json', '[]', '"limit"', '{}', '{"method":5}', q('limit'), q('limit', undefined, [0]), q('limit', undefined, ['x']), q('limit', undefined, [1, 2]),
    q('offset', undefined, [-1]), q('offset', undefined, [1.5]), q('cursorAfter'), q('cursorAfter', undefined, ['_x']), q('cursorBefore', undefined, [5]),
    Query.select(['name']), q('nonsense', 'name', ['x']), q('regex', 'name', ['x']), Query.equal('password', 'x'), Query.equal('hash', 'x'), Query.equal('', 'x'), q('equal', 'name', []), q('equal', 'name'),
    q('equal', 'name', 'x'), q('equal', 5, ['x']), q('equal', 'name', [5]), q('equal', 'name', [null]), q('notEqual', 'name', ['x', 'y']), q('between', 'name', ['x']), q('startsWith', 'status', [true]),
    Query.equal('status', 'true'), Query.equal('status', 1), Query.equal('registration', 'yesterday'), Query.equal('$sequence', 'x'),
    Query.equal('labels', ['vip']), Query.notEqual('labels', 'vip'), Query.startsWith('labels', 'v'), Query.contains('status', 'x'), Query.contains('registration', 'x'),
    Query.orderAsc('password'), Query.orderAsc('labels'), q('orderUp', 'name'), q('or', undefined, [{ method: 'isNull', attribute: 'email' }]), Query.and([Query.limit(1), Query.limit(2)]),
    q('or', undefined, ['x', 'y']), Query.equal('name', Array.from({ length: 501 }, () => 'x')),
  ];
  for (const query of invalid) await assert.rejects(list(query), sdk_error(400, 'general_argument_invalid'), query);
  await assert.rejects(list(Query.search('name', 'ada')), sdk_error(400, 'general_query_invalid'));
  await assert.rejects(list(Query.notSearch('name', 'ada')), sdk_error(400, 'general_query_invalid'));
  await assert.rejects(list(Query.orderRandom(), Query.cursorAfter('a')), sdk_error(400, 'general_query_invalid'));
  assert.deepEqual(await listed(Query.orderAsc('status'), Query.offset(50001)), []); // only more than 50,000 users are too many
  for (const cursor of [Query.cursorAfter, Query.cursorBefore]) await assert.rejects(list(cursor('nobody')), sdk_error(400, 'general_cursor_not_found'));
  refused(await key.get('/v1/users?queries=limit'), 400, 'general_argument_invalid');
  refused(await key.get(`/v1/users?${Array.from({ length: 101 }, (_, i) => `queries[${i}]=x`).join('&')}`), 400, 'general_argument_invalid');
  refused(await key.get(`/v1/users?queries[]=${encodeURIComponent(Query.equal('name', 'x'.repeat(4096)))}`), 400, 'general_argument_invalid');
  assert.deepEqual(await listed(Query.equal('name', Array.from({ length: 400 }, () => 'x'))), []);
});

test('only keys with users.read may list, each their own project', async () => {
  for (const who of [new Caller(server), new Caller(server, { key: (await server.create_key('default', 'users.write')).secret })])
    refused(await who.get('/v1/users'), 401, 'general_unauthorized_scope');
  await server.create_project('other');
  const other = node_client(server, { project: 'other', key: (await server.create_key('other', 'users.read,users.write')).secret }).users;
  assert.deepEqual(plain(await other.list()), { total: 0, users: [] });
  await assert.rejects(other.list({ queries: [Query.cursorAfter('a')] }), sdk_error(400, 'general_cursor_not_found'));
  await other.create({ userId: 'a', name: 'Ada elsewhere' });
  assert.deepEqual(plain(await other.list({ search: 'ada' })).users.map((user) => user.name), ['Ada elsewhere']);
  assert.deepEqual(await searched('elsewhere'), []);
});

test('what is changed is found by its new values only, also after a restart', async () => {
  const { $id: userId } = await users.create({ userId: ID.unique(), email: fresh_email('before'), name: 'Former Name' });
  await users.updateName({ userId, name: 'Latter Name' });
  await users.updateEmail({ userId, email: 'changed@after.test' });
  await users.updatePhone({ userId, number: '+14155559999' });
  await users.updateLabels({ userId, labels: ['fresh'] });
  for (const hard of [undefined, true]) {
    if (hard) await server.restart({ hard });
    for (const word of ['former', 'before']) assert.deepEqual(await searched(word), [], word);
    for (const word of ['latter', 'changed', '+14155559999', 'fresh', userId]) assert.deepEqual(await searched(word), [userId], word);
    assert.deepEqual(await listed(Query.equal('name', 'former name')), []);
    assert.deepEqual(await listed(Query.equal('name', 'latter name')), [userId]);
    assert.deepEqual(await listed(Query.contains('labels', 'fresh')), [userId]);
    assert.deepEqual(await listed(Query.equal('phone', '+14155559999')), [userId]);
  }
  await users.updateEmail({ userId, email: '' });
  await users.updatePhone({ userId, number: '' });
  assert.deepEqual(await listed(Query.isNull('email'), Query.isNull('phone')), ['e', userId]);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
  await users.delete({ userId });
  assert.deepEqual(await searched('latter'), []);
  assert.deepEqual(await listed(), ids);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

test('pages of many users meet end to end', async () => {
  await server.create_project('many');
  const many = node_client(server, { project: 'many', key: (await server.create_key('many', 'users.read,users.write')).secret }).users;
  const count = 300;
  for (let i = 0; i < count; i += 20)
    await Promise.all(Array.from({ length: 20 }, (_, j) => many.create({ userId: ID.unique(), email: `person${i + j}@example.test`, name: `Person ${(i + j) % 7}` })));
  for (const order of [[], [Query.orderAsc('email')], [Query.orderDesc('name')], [Query.orderAsc('$id')], [Query.orderDesc('$updatedAt')], [Query.orderDesc('registration')]]) {
    const whole = plain(await many.list({ queries: [...order, Query.limit(count)] })).users.map((user) => user.$id);
    assert.equal(new Set(whole).size, count);
    const paged = [];
    for (;;) {
      const page = plain(await many.list({ total: false, queries: [...order, Query.limit(64), ...(paged.length ? [Query.cursorAfter(paged.at(-1))] : [])] }));
      if (page.users.length === 0) break;
      paged.push(...page.users.map((user) => user.$id));
    }
    assert.deepEqual(paged, whole, order);
    const third = plain(await many.list({ queries: [...order, Query.limit(100), Query.offset(200)] })).users.map((user) => user.$id);
    assert.deepEqual(third, whole.slice(200));
  }
  assert.equal(plain(await many.list({ queries: [Query.contains('name', 'person 3'), Query.limit(1)] })).total, 43);
  const found = plain(await many.list({ search: 'person1', queries: [Query.limit(200)] })); // person1, person1x, person1xx
  assert.deepEqual([found.total, found.users.length], [111, 111]);
  assert.equal(plain(await many.list({ search: 'per' })).total, count); // more words than are merged
});

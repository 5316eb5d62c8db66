// Administrators: who may become one, the projects they make and act on, and what others may not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Query } from 'node-appwrite';
import { Caller, accepted, refused } from './support/http.mjs';
import { fresh_email, fresh_id, good_password, sign_in, sign_up } from './support/people.mjs';
import { ID, node_client } from './support/sdk.mjs';
import { Server, sleep, until } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

const console_guest = (where = server, more = {}) => new Caller(where, { project: 'console', ...more });
const asking = (email = fresh_email()) => ({ userId: 'unique()', email, password: good_password, name: 'Root' });

/** Signs in at the console; the answer's cookie is the session text. */
async function sign_in_at_console(email, where = server, password = good_password) {
  const answer = await console_guest(where).post('/v1/account/sessions/email', { email, password });
  accepted(answer, 201);
  const text = answer.session_text('console');
  const cookie = { cookie: `a_session_console=${encodeURIComponent(text)}` };
  return {
    text,
    console: new Caller(where, { project: 'console', cookie: text }),
    on: (project, more = {}) => new Caller(where, { project, headers: { ...cookie, 'x-appwrite-mode': 'admin', ...more } }),
    cookie,
  };
}

/** An administrator made by the command. */
async function administrator(where = server) {
  const email = fresh_email();
  await where.command_with_password(good_password, 'admin', 'create', '--email', email, '--json');
  return { email, ...(await sign_in_at_console(email, where)) };
}

const with_code = (code, where) => console_guest(where, { headers: { 'x-portcullis-signup-code': code } });

test('one of those with the code is the administrator of what is there, and the last to sign up so', async () => {
  const own = await Server.start();
  try {
    const code = await own.printed_code();
    assert.match(code, /^[0-9a-f]{32}$/);
    refused(await console_guest(own).post('/v1/account', asking()), 501, 'user_console_count_exceeded');
    refused(await with_code('', own).post('/v1/account', asking()), 501, 'user_console_count_exceeded');
    for (const wrong of ['0'.repeat(32), code.slice(1), `${code}0`, 'code']) refused(await with_code(wrong, own).post('/v1/account', asking()), 401, 'user_invalid_token');
    // It outlives a kill, and is shown once.
    await own.restart({ hard: true });
    assert.equal(own.stdout.split(code).length, 2);
    const all = await Promise.all(Array.from({ length: 8 }, () => with_code(code, own).post('/v1/account', asking())));
    const made = all.filter((answer) => answer.status === 201);
    assert.equal(made.length, 1);
    for (const answer of all) if (answer.status !== 201) refused(answer, 501, 'user_console_count_exceeded');
    const root = await sign_in_at_console(made[0].json.email, own);
    assert.deepEqual(accepted(await root.console.get('/v1/teams')).teams.map((team) => [team.$id, team.total]), [['administrators', 1]]);
    assert.equal(accepted(await root.on('default').get('/v1/project')).teamId, 'administrators');
    await own.restart({ hard: true });
    refused(await with_code(code, own).post('/v1/account', asking()), 501, 'user_console_count_exceeded');
    await own.restart({ args: ['--console-signup', 'open'] });
    refused(await with_code(code, own).post('/v1/account', asking()), 401, 'user_invalid_token'); // used
    accepted(await root.on('default').get('/v1/project'));
    assert.notEqual((await own.try_command('admin', 'code')).code, 0);
    assert.equal((await own.command('check', '--json')).problemCount, 0);
    assert.ok(!own.log.includes(code));
  } finally {
    await own.stop();
  }
});

test('a new code ends the former one, and an administrator by command ends both', async () => {
  const own = await Server.start();
  try {
    const first = await own.printed_code();
    const { code } = await own.command('admin', 'code', '--json');
    assert.match(code, /^[0-9a-f]{32}$/);
    refused(await with_code(first, own).post('/v1/account', asking()), 401, 'user_invalid_token');
    await own.stop();
    assert.match(await own.command('admin', 'code'), /^code\s+[0-9a-f]{32}$/m); // of a server that does not run
    const { code: last } = await own.command('admin', 'code', '--json');
    await own.start();
    refused(await with_code(code, own).post('/v1/account', asking()), 401, 'user_invalid_token');
    // In the body too, however it was copied.
    const { $id } = accepted(await console_guest(own).post('/v1/account', { ...asking(), signupCode: ` ${last.toUpperCase()} ` }), 201);
    assert.ok($id);
    // Only that one browser request, which asks for it, may send the header.
    const preflight = await console_guest(own, { origin: own.url }).send('OPTIONS', '/v1/account', { headers: { 'access-control-request-headers': 'content-type,x-portcullis-signup-code' } });
    assert.ok(preflight.all('access-control-allow-headers').includes('X-Portcullis-Signup-Code'));
    assert.equal((await console_guest(own, { origin: own.url }).send('OPTIONS', '/v1/account')).all('access-control-allow-headers').length, 1);
  } finally {
    await own.stop();
  }
  const other = await Server.start();
  try {
    const code = await other.printed_code();
    await administrator(other);
    await other.restart({ args: ['--console-signup', 'open'] });
    refused(await with_code(code, other).post('/v1/account', asking()), 401, 'user_invalid_token');
    assert.equal(other.stdout.split(code).length, 2);
    assert.equal((await other.command('check', '--json')).problemCount, 0);
  } finally {
    await other.stop();
  }
});

test('the SDKs sign the first administrator up', async () => {
  const own = await Server.start();
  try {
    const { client, account } = node_client(own, { project: 'console' });
    client.addHeader('X-Portcullis-Signup-Code', await own.printed_code());
    const { $id } = await account.create({ userId: ID.unique(), email: fresh_email(), password: good_password });
    assert.ok($id);
  } finally {
    await own.stop();
  }
});

test('sign-up for administrators follows its options, and the command always works', async () => {
  const own = await Server.start({ args: ['--console-signup', 'closed'] });
  try {
    refused(await console_guest(own).post('/v1/account', asking()), 501, 'user_console_count_exceeded');
    const { email, on } = await administrator(own);
    accepted(await on('default').get('/v1/project'));
    const again = await own.try_command_with_password(good_password, 'admin', 'create', '--email', email);
    assert.notEqual(again.code, 0);
    await own.restart({ args: ['--console-signup', 'open', '--console-emails', 'listed@example.test,Other@example.test'] });
    refused(await console_guest(own).post('/v1/account', asking()), 401, 'user_email_not_whitelisted');
    accepted(await console_guest(own).post('/v1/account', asking('other@example.test')), 201);
    accepted(await console_guest(own).post('/v1/account', asking('listed@example.test')), 201);
    const stranger = await sign_in_at_console('listed@example.test', own);
    refused(await stranger.on('default').get('/v1/project'), 401, 'user_unauthorized');
    assert.equal(own.signup_code, undefined);
    refused(await console_guest(own).post('/v1/account/sessions/anonymous'), 401, 'user_anonymous_console_prohibited');
    for (const wrong of [['--console-signup', 'maybe'], ['--console-emails', 'nobody']]) await assert.rejects(Server.start({ args: wrong }), new RegExp(wrong[0]));
  } finally {
    await own.stop();
  }
});

test('an administrator makes projects for a team of their own and acts on them', async () => {
  const root = await administrator();
  const team = accepted(await root.console.post('/v1/teams', { teamId: 'unique()', name: 'Shop people', roles: ['boss'] }), 201);
  assert.deepEqual([team.name, team.total, team.prefs], ['Shop people', 1, {}]);
  assert.deepEqual(accepted(await root.console.get(`/v1/teams/${team.$id}`)), team);
  refused(await root.console.post('/v1/teams', { teamId: team.$id, name: 'Again' }), 409, 'team_already_exists');

  const id = fresh_id('shop').toLowerCase();
  const made = accepted(await root.console.post('/v1/projects', { projectId: id, name: 'Shop', teamId: team.$id }), 201);
  assert.deepEqual([made.$id, made.name, made.teamId, made.region], [id, 'Shop', team.$id, 'default']);
  refused(await root.console.post('/v1/projects', { projectId: id, name: 'Shop', teamId: team.$id }), 409, 'project_already_exists');
  refused(await root.console.post('/v1/projects', { projectId: 'console', name: 'Shop', teamId: team.$id }), 400, 'project_reserved_project');
  refused(await root.console.post('/v1/projects', { projectId: 'unique()', name: 'Shop', teamId: team.$id, region: 'mars' }), 400, 'project_region_unsupported');
  for (const wrong of [{ projectId: 'Upper' }, { projectId: '-x' }, { name: '' }])
    refused(await root.console.post('/v1/projects', { projectId: 'unique()', name: 'Shop', teamId: team.$id, ...wrong }), 400, 'general_argument_invalid');

  const on = root.on(id);
  const key = accepted(await on.post('/v1/project/keys', { keyId: 'unique()', name: 'Its key', scopes: ['users.read', 'users.write'] }), 201);
  assert.match(key.secret, /^standard_[0-9a-f]{256}$/);
  assert.deepEqual(accepted(await on.get(`/v1/project/keys/${key.$id}`)), key);
  const with_key = new Caller(server, { project: id, key: key.secret });
  const person = accepted(await with_key.post('/v1/users', { userId: 'unique()', email: fresh_email() }), 201);
  assert.equal(accepted(await on.get(`/v1/users/${person.$id}`)).$id, person.$id);
  assert.equal(accepted(await on.get('/v1/users')).total, 1);
  accepted(await on.patch('/v1/project/policies/session-limit', { total: 3 }));
  assert.equal(accepted(await on.patch(`/v1/projects/${id}/auth/jwt`, { enabled: false })).$id, id);

  // An old path names the project by itself: the session of the console is enough.
  const by_path = new Caller(server, { project: '', headers: root.cookie });
  assert.equal(accepted(await by_path.get(`/v1/projects/${id}`)).$id, id);
  assert.equal(accepted(await new Caller(server, { project: 'console', headers: root.cookie }).get(`/v1/projects/${id}/keys`)).total, 1);

  assert.equal(accepted(await root.console.patch(`/v1/projects/${id}`, { name: 'Renamed' })).name, 'Renamed');
  await server.restart({ hard: true });
  assert.deepEqual([accepted(await on.get('/v1/project')).name, accepted(await on.get('/v1/project')).teamId], ['Renamed', team.$id]);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

test('projects are listed with queries and search, each administrator their own', async () => {
  const [one, two] = [await administrator(), await administrator()];
  const team = accepted(await one.console.post('/v1/teams', { teamId: 'unique()', name: 'One' }), 201);
  const ids = [];
  for (const name of ['Alpha', 'Beta', 'Gamma']) ids.push(accepted(await one.console.post('/v1/projects', { projectId: 'unique()', name, teamId: team.$id }), 201).$id);
  const listed = async (who, ...queries) => accepted(await who.console.get(`/v1/projects?${queries.map((query, i) => `queries[${i}]=${encodeURIComponent(query)}`).join('&')}`));
  const own = Query.equal('teamId', team.$id);
  assert.deepEqual((await listed(one, own)).projects.map((project) => project.$id), ids);
  assert.equal((await listed(one, own)).total, 3);
  assert.deepEqual((await listed(one, own, Query.orderDesc('name'), Query.limit(2))).projects.map((project) => project.name), ['Gamma', 'Beta']);
  const in_turn = (await listed(one, own)).projects.map((project) => project.$id);
  for (const bare of [{ method: 'orderDesc' }, { method: 'orderDesc', attribute: '' }])
    assert.deepEqual((await listed(one, own, JSON.stringify(bare))).projects.map((project) => project.$id), [...in_turn].reverse());
  assert.deepEqual((await listed(one, own, Query.cursorAfter(ids[1]))).projects.map((project) => project.name), ['Gamma']);
  assert.deepEqual(accepted(await one.console.get('/v1/projects?search=beta')).projects.map((project) => project.$id), [ids[1]]);
  refused(await one.console.get(`/v1/projects?queries[0]=${encodeURIComponent(Query.equal('status', 'x'))}`), 400, 'general_argument_invalid');
  assert.deepEqual((await listed(two, own)).projects, []);
  assert.deepEqual(accepted(await one.console.get(`/v1/projects?teamId=${team.$id}`)).projects.map((project) => project.$id), ids);
  assert.equal(accepted(await one.console.get('/v1/projects?teamId=nobody')).total, 0);
  refused(await two.console.get(`/v1/projects?teamId=${team.$id}`), 401, 'user_unauthorized');
  refused(await two.console.patch(`/v1/projects/${ids[0]}`, { name: 'Mine' }), 401, 'user_unauthorized');
  refused(await two.console.patch(`/v1/projects/${ids[0]}/team`, { teamId: 'administrators' }), 401, 'user_unauthorized');
  refused(await one.console.patch(`/v1/projects/${ids[0]}/team`, { teamId: 'nobody' }), 404, 'team_not_found');
  refused(await two.console.get(`/v1/teams/${team.$id}`), 404, 'team_not_found');
  refused(await two.on(ids[0]).get('/v1/project'), 401, 'user_unauthorized');
  assert.equal(accepted(await one.console.patch(`/v1/projects/${ids[0]}/team`, { teamId: 'administrators' })).teamId, 'administrators');
  accepted(await two.on(ids[0]).get('/v1/project'));
});

test('the team decides before anything else of the request', async () => {
  const [one, two] = [await administrator(), await administrator()];
  const team = accepted(await one.console.post('/v1/teams', { teamId: 'unique()', name: 'One' }), 201).$id;
  const ask = (who, body) => who.console.post('/v1/projects', body);
  const well = { projectId: 'unique()', name: 'Shop' };
  for (const rest of [well, { projectId: '-x', name: '' }, {}]) {
    for (const teamId of [undefined, null, '', 'nobody', 5, ['administrators'], '../x', 'x'.repeat(300)]) refused(await ask(one, { ...rest, teamId }), 401, 'general_unauthorized_scope');
    refused(await ask(two, { ...rest, teamId: team }), 401, 'user_unauthorized');
  }
  const id = accepted(await ask(one, { ...well, teamId: team }), 201).$id;
  for (const path of [`/v1/projects/${id}`, `/v1/projects/${id}/team`])
    for (const body of [{ name: 'x', teamId: 'administrators' }, {}]) {
      refused(await two.console.patch(path, body), 401, 'user_unauthorized');
      refused(await one.console.patch(path.replace(id, 'nowhere'), body), 401, 'general_unauthorized_scope');
    }
  refused(await one.console.patch('/v1/projects/console', { name: 'x' }), 401, 'general_unauthorized_scope');

  // The path's project and the header's are one, or there is none.
  const other = accepted(await ask(two, { ...well, teamId: 'administrators' }), 201).$id;
  for (const headers of [two.cookie, { ...two.cookie, 'x-appwrite-mode': 'admin' }, {}]) {
    const caller = new Caller(server, { project: other, headers });
    for (const path of [`/v1/projects/${id}`, `/v1/projects/${id}/team`, '/v1/projects/0/team', '/v1/projects/nowhere', `/v1/projects/${id}/auth/jwt`])
      refused(await caller.patch(path, { teamId: 'administrators' }), 401, 'user_unauthorized');
    refused(await caller.patch(`/v1/projects/${other}`, { name: 'x' }), 401, 'general_access_forbidden');
  }
  assert.equal(accepted(await one.on(id).get('/v1/project')).teamId, team);
});

test('a list of projects shows what is selected of them', async () => {
  const root = await administrator();
  const team = accepted(await root.console.post('/v1/teams', { teamId: 'unique()', name: 'Many' }), 201);
  for (const name of ['Alpha', 'Beta']) accepted(await root.console.post('/v1/projects', { projectId: 'unique()', name, teamId: team.$id }), 201);
  const ask = (caller, ...queries) => caller.get(`/v1/projects?${[Query.equal('teamId', team.$id), ...queries].map((query, i) => `queries[${i}]=${encodeURIComponent(query)}`).join('&')}`);
  const { projects: whole } = accepted(await ask(root.console));
  const always = ({ $id, $createdAt, $updatedAt }) => ({ $id, $createdAt, $updatedAt });

  const some = accepted(await ask(root.console, Query.select(['name', 'teamId']), Query.select(['services', 'onboarding']), Query.orderDesc('name'), Query.limit(1)));
  const { name, teamId, services, onboarding } = whole[1];
  assert.deepEqual(some, { total: 2, projects: [{ ...always(whole[1]), name, teamId, services, onboarding }] });
  assert.deepEqual(accepted(await ask(root.console, Query.select(['name', '*']))).projects, whole);
  // A member that this format does not show is left out.
  assert.deepEqual(accepted(await ask(root.console, Query.select(['$id', 'platforms', 'accessedAt']))).projects, whole.map(always));
  const old = new Caller(server, { project: 'console', cookie: root.text, headers: { 'x-appwrite-response-format': '1.9.4' } });
  assert.deepEqual(accepted(await ask(old, Query.select(['platforms', 'authLimit']))).projects, whole.map((each) => ({ ...always(each), authLimit: 0, platforms: [] })));
  for (const wrong of [Query.select([]), Query.select(['nothing']), Query.select(['name', 'password']), '{"method":"select","values":[1]}', '{"method":"select"}', Query.or([Query.select(['name']), Query.select(['name'])])])
    refused(await ask(root.console, wrong), 400, 'general_argument_invalid');
  refused(await root.console.get(`/v1/teams?queries[0]=${encodeURIComponent(Query.select(['name']))}`), 400, 'general_argument_invalid');
});

test('what an administrator notes of a project stays', async () => {
  const root = await administrator();
  const made = accepted(await root.console.post('/v1/projects', { projectId: 'unique()', name: 'Shop', teamId: 'administrators' }), 201);
  const old = new Caller(server, { project: 'console', cookie: root.text, headers: { 'x-appwrite-response-format': '1.9.4' } });
  const change = async (body, caller = old) => accepted(await caller.patch(`/v1/projects/${made.$id}`, { name: 'Shop', ...body }));
  const notes = {
    description: 'Sells \u00fcbersee & more', logo: 'logo.png', url: 'https://shop.example/a?b=c', legalName: 'Shop Ltd', legalCountry: 'DE',
    legalState: 'Berlin', legalCity: 'Berlin', legalAddress: 'Street 1', legalTaxId: 'DE 123',
  };
  const noted = (project) => Object.fromEntries(Object.keys(notes).map((name) => [name, project[name]]));
  assert.deepEqual(noted(await change(notes)), notes);
  assert.ok(!('description' in (await change({}, root.console)))); // what is not named is kept
  await server.restart({ hard: true });
  const later = { ...notes, logo: '', legalCity: 'Potsdam' };
  assert.deepEqual(noted(await change({ logo: '', legalCity: 'Potsdam', url: null })), later);
  assert.deepEqual(noted(accepted(await old.get(`/v1/projects/${made.$id}`))), later);
  for (const [name, value] of [['description', 'x'.repeat(257)], ['logo', 'x'.repeat(1025)], ['url', 'shop.example'], ['url', 'https://'], ['url', 'javascript://shop.example/%0aalert(1)'], ['legalTaxId', 5]])
    refused(await old.patch(`/v1/projects/${made.$id}`, { name: 'Shop', [name]: value }), 400, 'general_argument_invalid', name);
  assert.deepEqual(noted(accepted(await old.get(`/v1/projects/${made.$id}`))), later);
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

test('nobody acts as an administrator without being one', async () => {
  const id = await server.create_project(fresh_id());
  const guest = new Caller(server, { project: id });
  const person = await sign_up(guest);
  const { caller } = await sign_in(guest, person);
  const admin_mode = { headers: { 'x-appwrite-mode': 'admin' } };
  refused(await guest.get('/v1/project', admin_mode), 401, 'user_unauthorized');
  refused(await caller.get('/v1/project', admin_mode), 401, 'user_unauthorized');
  refused(await guest.get('/v1/projects'), 401, 'general_access_forbidden');
  refused(await caller.post('/v1/projects', { projectId: 'unique()', name: 'x', teamId: 'administrators' }), 401, 'general_access_forbidden');
  refused(await caller.get('/v1/teams'), 404, 'general_route_not_found');
  refused(await console_guest().get('/v1/projects'), 401, 'general_unauthorized_scope');
  refused(await console_guest().post('/v1/projects', { projectId: 'unique()', name: 'x', teamId: 'administrators' }), 401, 'general_unauthorized_scope');

  const root = await administrator();
  refused(await root.console.get('/v1/account', admin_mode), 400, 'general_bad_request');
  refused(await root.console.get('/v1/project'), 401, 'general_access_forbidden');
  const on = root.on(id);
  refused(await on.get('/v1/account'), 401, 'general_unauthorized_scope'); // the administrator's account is elsewhere
  refused(await root.on('nowhere').get('/v1/project'), 404, 'project_not_found');
  // Without admin mode the console's session is nothing to another project.
  refused(await new Caller(server, { project: id, headers: root.cookie }).get('/v1/project'), 401, 'general_unauthorized_scope');
  // A page of a stranger's origin is refused, whoever the browser is signed in as.
  refused(await root.on(id, { origin: 'https://evil.example' }).get('/v1/project'), 403, 'general_unknown_origin');

  await server.command('user', 'block', '--project', 'console', root.email);
  refused(await on.get('/v1/project'), 403, 'user_blocked');
  await server.command('user', 'unblock', '--project', 'console', root.email);
  accepted(await on.get('/v1/project'));
  accepted(await root.console.delete('/v1/account/sessions/current'), 204);
  refused(await on.get('/v1/project'), 401, 'user_unauthorized');
});

test('switches and limits do not bind administrators', async () => {
  const id = await server.create_project(fresh_id());
  const on = (await administrator()).on(id);
  for (const service of ['users', 'project']) accepted(await on.patch(`/v1/project/services/${service}`, { enabled: false }));
  accepted(await on.patch('/v1/project/protocols/rest', { enabled: false }));
  accepted(await on.get('/v1/users'));
  accepted(await on.get('/v1/project'));
  accepted(await on.patch('/v1/project/protocols/rest', { enabled: true }));
  const person = accepted(await on.post('/v1/users', { userId: 'unique()', email: fresh_email(), password: good_password }), 201);
  const session = accepted(await on.post(`/v1/users/${person.$id}/sessions`), 201);
  assert.ok(session.secret.length > 100);
  assert.equal((await on.get('/v1/project')).header('x-ratelimit-limit'), undefined);
  await until(() => server.log_lines.some((line) => line.event === 'project_change' && line.reason.includes('service.users off by administrator')), 'the change in the log');
});

test("a project's own pages do not act on it with an administrator's cookies", async () => {
  const id = await server.create_project(fresh_id());
  const root = await administrator();
  accepted(await root.on(id).post('/v1/project/platforms/web', { platformId: 'unique()', name: 'Shop', hostname: 'shop.example' }), 201);
  const page = { origin: 'https://shop.example' };
  accepted(await new Caller(server, { project: id, ...page }).post('/v1/account/sessions/anonymous'), 201);
  const made = await root.on(id, page).post('/v1/project/keys', { keyId: 'unique()', name: 'Stolen', scopes: [] });
  refused(made, 403, 'general_unknown_origin');
  assert.notEqual(made.header('access-control-allow-origin'), page.origin);
  refused(await new Caller(server, { project: '', headers: { ...root.cookie, ...page } }).get(`/v1/projects/${id}/keys`), 403, 'general_unknown_origin');
  accepted(await root.on(id, { origin: server.url.replace(/\/$/, '') }).get('/v1/project/keys'));
});

test('teams are for people: a key of the console reaches none, and nobody takes the first name', async () => {
  const own = await Server.start({ args: ['--console-signup', 'open'] });
  try {
    const { secret } = await own.create_key('console');
    const key = console_guest(own, { key: secret });
    for (const answer of [await key.get('/v1/teams'), await key.get('/v1/teams/administrators'), await key.post('/v1/teams', { teamId: 'unique()', name: 'x' })])
      refused(answer, 401, 'general_unauthorized_scope');
    // Whoever was made by another command is no administrator, and cannot become one by the team's id.
    const email = fresh_email();
    await own.command_with_password(good_password, 'user', 'create', '--project', 'console', '--email', email, '--json');
    const stranger = await sign_in_at_console(email, own);
    refused(await stranger.console.post('/v1/teams', { teamId: 'administrators', name: 'x' }), 409, 'team_already_exists');
    refused(await stranger.on('default').get('/v1/project'), 401, 'user_unauthorized');
    for (let i = 0; i < 256; i++) {
      if (i === 255) await sleep(5); // those of one millisecond are in the order of their ids
      accepted(await stranger.console.post('/v1/teams', { teamId: 'unique()', name: `Team ${i}` }), 201);
    }
    refused(await stranger.console.post('/v1/teams', { teamId: 'unique()', name: 'One more' }), 400, 'general_bad_request');
    const ordered = accepted(await stranger.console.get(`/v1/teams?queries[]=${encodeURIComponent(Query.orderDesc('$sequence'))}&queries[]=${encodeURIComponent(Query.limit(1))}`));
    assert.deepEqual([ordered.total, ordered.teams[0].name], [256, 'Team 255']);
    accepted(await stranger.console.delete('/v1/account'), 204);
    assert.equal((await own.command('check', '--json')).problemCount, 0);
  } finally {
    await own.stop();
  }
});

test('an administrator who is deleted leaves the team', async () => {
  const [gone, stays] = [await administrator(), await administrator()];
  const count = async () => accepted(await stays.console.get('/v1/teams/administrators')).total;
  const before = await count();
  await server.command('user', 'delete', '--project', 'console', gone.email);
  assert.equal(await count(), before - 1);
  refused(await gone.on('default').get('/v1/project'), 401, 'user_unauthorized');
  assert.equal((await server.command('check', '--json')).problemCount, 0);
});

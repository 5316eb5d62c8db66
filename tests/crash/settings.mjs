// What an administrator changes while the program is killed: policies, switches and labels of a project, and its
// keys, platforms and mock phone numbers. An acknowledged value must be there after the restart, and one more may be
// that was sent and not answered.
import { Caller, accepted } from '../sdk/support/http.mjs';

const policy = (name, member, values) => ({
  name: `${name}.${member}`,
  values,
  send: (caller, value) => caller.patch(`/v1/project/policies/${name}`, { [member]: value }),
  read: async (caller) => (await caller.get(`/v1/project/policies/${name}`)).json[member],
});
const switched = [true, false];

/** Values that each have one writer and disturb nobody who signs in. */
const values = [
  policy('session-duration', 'duration', [86400, 864000, 31536000]),
  policy('session-limit', 'total', [10, 50, 100]),
  policy('session-alert', 'enabled', switched),
  policy('password-dictionary', 'enabled', switched),
  policy('membership-privacy', 'userName', switched),
  {
    name: 'labels',
    values: ['', 'one', 'one two'],
    send: (caller, value) => caller.put('/v1/project/labels', { labels: value.split(' ').filter(Boolean) }),
    read: async (caller) => (await caller.get('/v1/project')).json.labels.join(' '),
  },
  {
    name: 'graphql',
    values: switched,
    send: (caller, enabled) => caller.patch('/v1/project/protocols/graphql', { enabled }),
    read: async (caller) => (await caller.get('/v1/project')).json.protocols.find(({ $id }) => $id === 'graphql').enabled,
  },
];

/** Rows that are made, changed and deleted; `said` = what a row was last told to be, as it is shown. */
const kinds = [
  {
    path: '/v1/project/keys',
    create: (caller, id, said) => caller.post('/v1/project/keys', { keyId: id, name: said, scopes: [] }),
    update: (caller, id, said) => caller.put(`/v1/project/keys/${id}`, { name: said, scopes: [] }),
    shown: ({ name }) => name,
    id_of: (n, seed) => `key-${n}-${seed}`,
    word: (n) => `Key ${n}`,
  },
  {
    path: '/v1/project/platforms',
    create: (caller, id, said) => caller.post('/v1/project/platforms/web', { platformId: id, name: 'Web', hostname: said }),
    update: (caller, id, said) => caller.put(`/v1/project/platforms/web/${id}`, { name: 'Web', hostname: said }),
    shown: ({ hostname }) => hostname,
    id_of: (n, seed) => `web-${n}-${seed}`,
    word: (n) => `host-${n}.example.com`,
  },
  {
    path: '/v1/project/mock-phones',
    create: (caller, number, otp) => caller.post('/v1/project/mock-phones', { number, otp }),
    update: (caller, number, otp) => caller.put(`/v1/project/mock-phones/${number}`, { otp }),
    shown: ({ otp }) => otp,
    id_of: (n) => `+1555${String(1000000 + n)}`,
    word: (n) => String(100000 + (n % 900000)),
  },
];
const most_rows = 5;  // of a kind; a project holds 10 mock phone numbers

export class Settings {
  #held = new Map(values.map(({ name }) => [name, []]));  // what each may be; empty = not known yet
  #rows = [];
  #number = 0;

  /** `attempt` answers null when the connection broke before an answer. */
  constructor(server, { random, seed, claim, attempt }) {
    Object.assign(this, { server, random, seed, claim, attempt });
  }

  /** An administrator, whose session lives through all rounds. */
  async sign_in() {
    const [email, password] = ['administrator@example.test', 'password of the administrator'];
    await this.server.command_with_password(password, 'admin', 'create', '--email', email, '--json');
    const answer = await new Caller(this.server, { project: 'console' }).post('/v1/account/sessions/email', { email, password });
    accepted(answer, 201);
    const headers = { cookie: `a_session_console=${answer.session_text('console')}`, 'x-appwrite-mode': 'admin' };
    this.caller = new Caller(this.server, { project: 'default', headers });
  }

  #pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** Changes one thing after the other until an answer does not come; counts them by `count`. */
  async work(running, count) {
    while (running()) {
      const done = this.random() < 0.5 ? await this.#set() : await this.#edit();
      if (!done) return;
      count();
    }
  }

  async #set() {
    const each = this.#pick(values);
    const value = this.#pick(each.values);
    const held = this.#held.get(each.name);
    if (held.length > 0) held.push(value);
    const answer = await this.attempt(() => each.send(this.caller, value));
    if (!answer) return false;
    this.claim(answer.status === 200, `${each.name} = ${value} answered ${answer.status} ${answer.text}`);
    this.#held.set(each.name, [value]);
    return true;
  }

  async #edit() {
    const kind = this.#pick(kinds);
    const mine = this.#rows.filter((row) => row.kind === kind);
    const word = kind.word(++this.#number);
    if (mine.length < most_rows) {
      const row = { kind, id: kind.id_of(this.#number, this.seed), may_be: [null, word] };
      this.#rows.push(row);
      return this.#settle(row, word, 201, () => kind.create(this.caller, row.id, word));
    }
    const row = this.#pick(mine);
    if (this.random() < 0.5) {
      row.may_be.push(word);
      return this.#settle(row, word, 200, () => kind.update(this.caller, row.id, word));
    }
    row.may_be.push(null);
    if (!(await this.#settle(row, null, 204, () => this.caller.delete(`${kind.path}/${row.id}`)))) return false;
    this.#rows = this.#rows.filter((other) => other !== row);
    return true;
  }

  async #settle(row, becomes, status, send) {
    const answer = await this.attempt(send);
    if (!answer) return false;
    this.claim(answer.status === status, `${row.kind.path} ${row.id} answered ${answer.status} ${answer.text}`);
    row.may_be = [becomes];
    return true;
  }

  /** Is everything as acknowledged? Settles what was unsure. */
  async examine() {
    for (const { name, read } of values) {
      const held = this.#held.get(name);
      const found = await read(this.caller);
      this.claim(held.length === 0 || held.includes(found), `${name} is ${found}, not one of ${held}`);
      this.#held.set(name, [found]);
    }
    for (const row of this.#rows) {
      const answer = await this.caller.get(`${row.kind.path}/${row.id}`);
      this.claim([200, 404].includes(answer.status), `${row.kind.path} ${row.id} answered ${answer.status} ${answer.text}`);
      const found = answer.status === 200 ? row.kind.shown(answer.json) : null;
      this.claim(row.may_be.includes(found), `${row.kind.path} ${row.id} is ${found}, not one of ${row.may_be}`);
      row.may_be = [found];
    }
    this.#rows = this.#rows.filter(({ may_be }) => may_be[0] !== null);
  }
}

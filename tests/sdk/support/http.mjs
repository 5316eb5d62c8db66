// Plain HTTP without any SDK: every header can be set and every header can be read.
import assert from 'node:assert/strict';
import node_http from 'node:http';
import node_https from 'node:https';

const agent = new node_http.Agent({ keepAlive: true, maxSockets: 512 });
const tls_agent = new node_https.Agent({ keepAlive: true, rejectUnauthorized: false });

export class Response {
  constructor(status, raw_headers, body) {
    this.status = status;
    this.lines = [];
    for (let i = 0; i < raw_headers.length; i += 2) this.lines.push([raw_headers[i].toLowerCase(), raw_headers[i + 1]]);
    this.bytes = body;
  }

  get text() {
    return this.bytes.toString('utf8');
  }

  get json() {
    return JSON.parse(this.text);
  }

  /** First value, or undefined. */
  header(name) {
    return this.lines.find(([key]) => key === name.toLowerCase())?.[1];
  }

  all(name) {
    return this.lines.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);
  }

  get set_cookies() {
    return this.all('set-cookie').map(parse_set_cookie);
  }

  cookie(name) {
    return this.set_cookies.find((cookie) => cookie.name === name);
  }

  /** The session text of the fallback header or of the cookie. */
  session_text(project) {
    const name = `a_session_${project.toLowerCase()}`;
    const cookie = this.cookie(name);
    return cookie ? decodeURIComponent(cookie.value) : undefined;
  }

  get fallback() {
    const text = this.header('x-fallback-cookies');
    return text === undefined ? undefined : JSON.parse(text);
  }
}

export function parse_set_cookie(line) {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim());
  const mark = pair.indexOf('=');
  const cookie = { name: pair.slice(0, mark), value: pair.slice(mark + 1), attributes: {} };
  for (const attribute of attributes) {
    const [name, ...value] = attribute.split('=');
    cookie.attributes[name.toLowerCase()] = value.length > 0 ? value.join('=') : true;
  }
  return cookie;
}

/** One request. `json` and `form` encode the body; `body` goes as it is. */
export function send(method, url, { headers = {}, json, form, body, timeout = 60_000 } = {}) {
  const target = new URL(url);
  const lines = { ...headers };
  let bytes = body;
  if (json !== undefined) {
    lines['content-type'] ??= 'application/json';
    bytes = typeof json === 'string' ? json : JSON.stringify(json);
  } else if (form !== undefined) {
    lines['content-type'] ??= 'application/x-www-form-urlencoded';
    bytes = new URLSearchParams(form).toString();
  }
  if (bytes !== undefined) lines['content-length'] = String(Buffer.byteLength(bytes));
  const secure = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? node_https : node_http).request(
      {
        method, host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port, path: target.pathname + target.search,
        headers: lines, agent: secure ? tls_agent : agent, setHost: !('host' in lines || 'Host' in lines),
      },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve(new Response(answer.statusCode, answer.rawHeaders, Buffer.concat(parts)));
        });
      },
    );
    request.setTimeout(timeout, () => request.destroy(new Error(`${method} ${url}: no answer in ${timeout} ms`)));
    request.on('error', reject);
    if (bytes !== undefined) request.write(bytes);
    request.end();
  });
}

/** A caller: a project and whatever it shows of itself. Immutable; `as` makes another one. */
export class Caller {
  constructor(server, who = {}) {
    this.server = server;
    this.who = { project: server.project, ...who };
  }

  as(changes) {
    return new Caller(this.server, { ...this.who, ...changes });
  }

  get headers() {
    const { project, key, jwt, session, cookie, fallback, origin, ip, agent: user_agent, headers = {} } = this.who;
    const lines = {};
    const cookie_name = `a_session_${project}`;
    if (project) lines['x-appwrite-project'] = project;
    if (key) lines['x-appwrite-key'] = key;
    if (jwt) lines['x-appwrite-jwt'] = jwt;
    if (session) lines['x-appwrite-session'] = session;
    if (cookie) lines.cookie = `${cookie_name}=${encodeURIComponent(cookie)}`;
    if (fallback) lines['x-fallback-cookies'] = JSON.stringify({ [cookie_name]: fallback });
    if (origin) lines.origin = origin;
    if (ip) lines['x-forwarded-for'] = ip;
    if (user_agent) lines['user-agent'] = user_agent;
    return { ...lines, ...headers };
  }

  send(method, path, options = {}) {
    return send(method, this.server.url.replace(/\/$/, '') + path, { ...options, headers: { ...this.headers, ...options.headers } });
  }

  get(path, options) {
    return this.send('GET', path, options);
  }

  post(path, json, options = {}) {
    return this.send('POST', path, { ...(json === undefined ? {} : { json }), ...options });
  }

  put(path, json, options = {}) {
    return this.send('PUT', path, { json, ...options });
  }

  patch(path, json, options = {}) {
    return this.send('PATCH', path, { ...(json === undefined ? {} : { json }), ...options });
  }

  delete(path, json, options = {}) {
    return this.send('DELETE', path, { ...(json === undefined ? {} : { json }), ...options });
  }
}

export const allow_headers =
  'Accept, Origin, Cookie, Set-Cookie, Content-Type, Content-Range, X-Appwrite-Project, X-Appwrite-Key, X-Appwrite-Dev-Key, ' +
  'X-Appwrite-Locale, X-Appwrite-Mode, X-Appwrite-JWT, X-Appwrite-Organization, X-Appwrite-Response-Format, X-Appwrite-Timeout, ' +
  'X-Appwrite-ID, X-Appwrite-Timestamp, X-Appwrite-Session, X-Appwrite-Platform, X-Appwrite-Impersonate-User-Id, ' +
  'X-Appwrite-Impersonate-User-Email, X-Appwrite-Impersonate-User-Phone, X-SDK-Version, X-SDK-Name, X-SDK-Language, ' +
  'X-SDK-Platform, X-SDK-GraphQL, X-SDK-Profile, Range, Cache-Control, Expires, Pragma, X-Fallback-Cookies, X-Requested-With, ' +
  'X-Forwarded-For, X-Forwarded-User-Agent';

/** The headers every answer of the API carries. */
export function carries_common_headers(response) {
  assert.equal(response.header('server'), 'Appwrite');
  assert.equal(response.header('x-content-type-options'), 'nosniff');
  assert.equal(response.header('vary'), 'Origin');
  assert.equal(response.header('access-control-allow-methods'), 'GET, POST, PUT, PATCH, DELETE');
  assert.equal(response.header('access-control-allow-headers'), allow_headers);
  assert.equal(response.header('access-control-expose-headers'), 'X-Appwrite-Session, X-Fallback-Cookies');
  assert.equal(response.header('access-control-allow-credentials'), 'true');
  assert.equal(response.header('access-control-max-age'), '86400');
}

/** The answer is this error, in the one shape errors have. `names` must appear in the message. */
export function refused(response, status, type, names) {
  assert.equal(response.status, status, `status ${response.status}, wanted ${status} ${type}: ${response.text}`);
  const body = response.json;
  assert.equal(body.type, type, response.text);
  assert.equal(body.code, status);
  assert.equal(body.version, '1.9.6');
  assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'type', 'version']);
  assert.ok(typeof body.message === 'string' && body.message.length > 0);
  if (names) assert.ok(body.message.includes(names), `"${body.message}" does not name ${names}`);
  assert.equal(response.header('content-type'), 'application/json; charset=UTF-8');
  assert.equal(response.header('cache-control'), 'no-cache, no-store, must-revalidate');
  assert.equal(response.header('expires'), '0');
  assert.equal(response.header('pragma'), 'no-cache');
  carries_common_headers(response);
}

/** The answer is this success; gives its JSON body (none with 204). */
export function accepted(response, status = 200) {
  assert.equal(response.status, status, `status ${response.status}, wanted ${status}: ${response.text}`);
  carries_common_headers(response);
  assert.match(response.header('cache-control'), /no-store/);
  if (status === 204) {
    assert.equal(response.bytes.length, 0);
    return undefined;
  }
  assert.equal(response.header('content-type'), 'application/json; charset=UTF-8');
  return response.json;
}

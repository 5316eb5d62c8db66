// Starts, stops and kills the real program on a free port with a data folder of its own, and runs its commands.
// E2E_PROGRAM names the program, E2E_ENGINE the storage engine every server of the run uses, E2E_KEEP=1 keeps data folders,
// E2E_SLOW=1 says that the program is a slow build (sanitizers), for which time limits are wide.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export const program = path.resolve(process.env.E2E_PROGRAM ?? path.join(here, '../../../build/release/portcullis'));

/** How much longer than usual things may take. */
export const patience = process.env.E2E_SLOW ? 10 : 1;

/** Servers side by side would ask for one port for their metrics, and a busy machine would refuse sign-ins, so that there
 * is neither unless a test asks. */
const test_defaults = { PORTCULLIS_METRICS: 'off', PORTCULLIS_HASH_DEADLINE: '60000', PORTCULLIS_ADMIN_HASH_DEADLINE: '60000' };

/** The environment without the program's own variables, so that the caller's shell decides nothing. */
function clean_environment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PORTCULLIS_'));
  return { ...Object.fromEntries(kept), ...test_defaults, ...extra };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `condition` gives a truthy value; fails after `ms` with `what`. */
export async function until(condition, what, ms = 10_000 * patience) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await sleep(5);
  }
}

/** Runs the program to its end. Never throws for a failing command: look at `code`. */
export async function run_program(args, { env, input, timeout = 20_000 * patience } = {}) {
  const child = spawn(program, args, { env: clean_environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const watchdog = setTimeout(() => child.kill('SIGKILL'), timeout);
  const [code, signal] = await once(child, 'close');
  clearTimeout(watchdog);
  return { code, signal, stdout, stderr, output: stdout + stderr };
}

/** Like run_program, but a failure is an error and the answer is parsed when --json was asked for. */
export async function run_command(...args) {
  return run_command_with(undefined, ...args);
}

async function run_command_with(input, ...args) {
  const result = await run_program(args, { input });
  if (result.code !== 0) throw new Error(`portcullis ${args.join(' ')} ended with ${result.code ?? result.signal}: ${result.output}`);
  return args.includes('--json') ? JSON.parse(result.stdout) : result.stdout;
}

/** Removes folders at the end of the process, unless asked to keep them. */
const folders = new Set();
process.on('exit', () => {
  if (process.env.E2E_KEEP) return;
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

export function new_folder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-e2e-'));
  folders.add(folder);
  return folder;
}

/** Servers still running when the test process ends die with it. */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Server {
  /**
   * options: data (folder, default a new one), args (further flags), rate_limits ('on' | 'off', default 'off'),
   * host (default 127.0.0.1), engine, env, cheap (false = the program's own hash cost).
   */
  constructor(options = {}) {
    this.options = options;
    this.folder = options.data ? path.dirname(options.data) : new_folder();
    this.data = options.data ?? path.join(this.folder, 'data');
    this.project = 'default';
    this.log = '';
    this.stdout = '';
  }

  static async start(options = {}) {
    const server = new Server(options);
    await server.start();
    return server;
  }

  get arguments() {
    const { args = [], rate_limits = 'off', host = '127.0.0.1', cheap = true } = this.options;
    const engine = this.options.engine ?? process.env.E2E_ENGINE;
    return [
      'serve', '--listen', `${host}:${this.port ?? 0}`, '--data', this.data, '--ready-file', this.ready_file,
      '--log-format', 'json', '--rate-limits', rate_limits,
      ...(cheap ? ['--hash-memory', '8', '--hash-passes', '1', '--hash-threads', '2'] : []),
      ...(engine ? ['--engine', engine] : []),
      ...args,
    ];
  }

  async start(changes = {}) {
    if (!fs.existsSync(program)) throw new Error(`${program} is not there: build it, or name another in E2E_PROGRAM`);
    Object.assign(this.options, changes);
    this.ready_file = path.join(this.folder, `ready-${process.pid}-${Math.random().toString(36).slice(2)}`);
    this.started_at = performance.now();
    this.child = spawn(program, this.arguments, { env: clean_environment(this.options.env), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.child);
    const child = this.child;
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    this.ended.then(() => running.delete(child));
    let gone = null;
    this.ended.then((end) => (gone = end));
    child.on('error', (error) => (this.log += String(error)));
    child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    await until(() => {
      if (gone) throw new Error(`the server ended with ${gone.code ?? gone.signal}:\n${this.stdout}${this.log}`);
      return fs.existsSync(this.ready_file);
    }, 'the server to listen');
    this.url = fs.readFileSync(this.ready_file, 'utf8').trim();
    this.ready_ms = performance.now() - this.started_at;
    fs.rmSync(this.ready_file, { force: true });
    this.port = Number(new URL(this.url).port);
    this.endpoint = `${this.url.replace(/\/$/, '')}/v1`;
    return this;
  }

  get pid() {
    return this.child.pid;
  }

  /** Asks it to stop and waits; `{code, signal}`. An end that is not clean, or that a sanitizer reports on, is an error. */
  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    const end = await this.ended;
    const report = this.log.match(/^.*(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:)[^]*/m);
    if (report || (end.code !== 0 && end.signal !== 'SIGKILL')) {
      throw new Error(`the server ended with ${end.code ?? end.signal}:\n${(report?.[0] ?? this.log).slice(-6000)}`);
    }
    return end;
  }

  async kill9() {
    return this.stop('SIGKILL');
  }

  /** Stops politely, or with SIGKILL, and starts again on the same folder and port. */
  async restart({ hard = false, ...changes } = {}) {
    if (hard) await this.kill9();
    else await this.stop();
    return this.start(changes);
  }

  /** The whole access of the key made at first start. */
  get default_key() {
    return fs.readFileSync(path.join(this.data, 'default-key'), 'utf8').trim();
  }

  /** The code for the first administrator's sign-up, as a start of this server printed it. */
  get signup_code() {
    return this.stdout.match(/X-Portcullis-Signup-Code: ([0-9a-f]{32})\b/)?.[1];
  }

  /** The same, of a server that prints one: a moment after it listens. */
  async printed_code() {
    return until(() => this.signup_code, 'the code for the first sign-up');
  }

  /** A command with `--data` of this server: `server.command('key', 'create', '--scopes', 'all', '--json')`. */
  async command(...words) {
    return run_command(...this.with_data(words));
  }

  /** The same with a password on standard input. */
  async command_with_password(password, ...words) {
    return run_command_with(`${password}\n`, ...this.with_data([...words, '--password-stdin']));
  }

  /** The same without failing: gives `{code, stdout, stderr}`. */
  async try_command(...words) {
    return run_program(this.with_data(words));
  }

  async try_command_with_password(password, ...words) {
    return run_program(this.with_data([...words, '--password-stdin']), { input: `${password}\n` });
  }

  with_data(words) {
    const flag = words.findIndex((word) => word.startsWith('-'));
    const at = flag < 0 ? words.length : flag;
    return [...words.slice(0, at), '--data', this.data, ...words.slice(at)];
  }

  async create_project(id, settings = {}) {
    await this.command('project', 'create', '--id', id, '--name', `Project ${id}`, '--json');
    if (Object.keys(settings).length > 0) await this.set(id, settings);
    return id;
  }

  async set(project, settings) {
    const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return this.command('project', 'set', '--project', project, ...pairs);
  }

  async create_key(project = this.project, scopes = 'all', ...more) {
    return this.command('key', 'create', '--project', project, '--scopes', scopes, ...more, '--json');
  }

  /** JSON lines of the log so far. */
  get log_lines() {
    return this.log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }
}

// `portcullis plan`: a measurement of this machine, and the flags that follow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run_program } from './support/server.mjs';

test('every cost has a line, and a target names the dearest that reaches it', async () => {
  const { code, stdout } = await run_program(['plan', '--seconds', '0.1', '--hash-threads', '1', '--target', '0.1', '--json']);
  assert.equal(code, 0);
  const answer = JSON.parse(stdout);
  assert.deepEqual(answer.presets.map((line) => line.preset), ['owasp-7', 'owasp-12', 'owasp-19', 'owasp-46', 'rfc9106-64']);
  for (const line of answer.presets) {
    assert.ok(line.signInsPerSecond > 0 && line.hashMs > 0 && line.answerMs >= line.hashMs, JSON.stringify(line));
    assert.match(line.flags, /^--hash-memory \d+ --hash-passes \d+ --hash-threads 1$/);
  }
  assert.equal(answer.presets[2].memoryMiB, 19);
  assert.equal(answer.use, '--hash-memory 65536 --hash-passes 3 --hash-threads 1');
});

test('a target out of reach is said and fails; more load than capacity has no time', async () => {
  const far = await run_program(['plan', '--seconds', '0.1', '--target', '1000000', '--load', '1000000', '--json']);
  assert.equal(far.code, 1);
  assert.match(far.stderr, /no cost reaches 1e\+06 sign-ins a second/);
  for (const line of JSON.parse(far.stdout).presets) assert.equal(line.answerMs, null);
});

test('one cost is measured alone', async () => {
  const { code, stdout } = await run_program(['plan', '--seconds', '0.1', '--preset', 'owasp-46', '--json']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout).presets.map((line) => line.preset), ['owasp-46']);
});

test('wrong arguments are refused with their name', async () => {
  for (const args of [['--seconds', '0'], ['--target', '-1'], ['--hash-threads', '1000'], ['--preset', 'owasp-20']]) {
    const { code, output } = await run_program(['plan', ...args]);
    assert.equal(code, 2);
    assert.ok(output.includes(args[0]), output);
  }
});

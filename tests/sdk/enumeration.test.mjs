// Neither time nor any byte of a refusal tells which e-mails have an account: the bench program's workload in small. The
// whole of it, 20,000 samples a class and once at the usual hash cost, is `portcullis_bench enumeration` and
// `enumeration-real`. Times of sanitized programs and of the test engine say nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { program } from './support/server.mjs';

const bench = path.join(path.dirname(program), 'bench/portcullis_bench');
const skip = process.env.E2E_SLOW || process.env.E2E_ENGINE ? 'only the usual program is timed' : false;

test('refusals are alike in time and in every byte, and a planted difference is found', { skip }, () => {
  const run = spawnSync(bench, ['enumeration', '--samples', '1500', '--rounds', '3', '--program', program], { encoding: 'utf8' });
  assert.equal(run.status, 0, `${run.error ?? ''}${run.stdout}${run.stderr}`);
  for (const name of ['unknown e-mail', 'account without password', 'blocked, wrong password', 'right but for its end'])
    assert.match(run.stdout, new RegExp(`${name} .* as wanted`));
});

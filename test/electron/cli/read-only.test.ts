/** Viewing never writes: not a byte, not a time, no lock. Watched from outside, by strace. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshBundles } from '../../../build/bundles.mjs';
import { hasStrace, straceCommand, treeHash, writesBelow } from '../../support/write-calls';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/kafka/4.4.0/killed');
const folder = mkdtempSync(join(tmpdir(), 'strata-read-only-'));
const directory = join(folder, 'data');
let program = '';
beforeAll(async () => {
  program = join(await freshBundles({ window: false, log: () => undefined }), 'main/cli.js');
  cpSync(FIXTURE, directory, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMANDS = [
  ['inspect', directory, '--counts'],
  ['verify', directory],
  ['records', join(directory, 'transactions-0'), '--limit', '1000'],
  ['retention', directory],
];

describe('the tracer of these tests', () => {
  it.skipIf(!hasStrace())('sees a write where there is one', () => {
    if (!hasStrace()) return; // not run: strace is missing
    const trace = join(folder, 'touch.trace');
    const [command, ...args] = straceCommand(trace);
    spawnSync(command!, [...args, 'touch', join(directory, 'touched')]);
    rmSync(join(directory, 'touched'));
    expect(writesBelow(trace, directory)).not.toEqual([]);
  });
});

describe.each(COMMANDS)('strata %s', (...args) => {
  it('leaves the tree as it is, and makes no writing call in it', () => {
    const before = treeHash(directory);
    const trace = join(folder, `${args[0]}.trace`);
    const isTraced = hasStrace();
    if (!isTraced) console.log('not run: the system calls (strace is missing)');
    const [command, ...rest] = [
      ...(isTraced ? straceCommand(trace) : []),
      process.execPath,
      program,
      ...args,
    ];
    const { status } = spawnSync(command!, rest, { encoding: 'utf8' });
    expect(status).toBeLessThan(2);
    expect(treeHash(directory)).toBe(before);
    if (isTraced) expect(writesBelow(trace, directory)).toEqual([]);
  });
});

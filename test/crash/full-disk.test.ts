/**
 * Real full disks: tmpfs and ext4 short of bytes and of inodes, a limit of the file size, and a device that is smaller
 * than it said, so that fsync fails. The work is in full-disk-worker.ts, in a mount namespace of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../support/bundle-worker';
import { runWithMounts, whyNoMounts } from '../support/private-mounts';
import { countFor, SEED } from '../support/run-size';

const CASES = countFor({ short: 6, full: 240 });
const scratch = mkdtempSync(join(tmpdir(), 'strata-full-disk-'));
const obstacle = whyNoMounts();
if (obstacle !== null) console.log(`not run: real full disks (${obstacle})`);
afterAll(() => rmSync(scratch, { recursive: true }));

describe.skipIf(obstacle !== null)('a log on a disk that gets full', () => {
  it(`says so, stays readable, goes on when there is space, and stops when fsync fails: ${CASES} disks`, async () => {
    const program = await bundleWorker('test/support/full-disk-worker.ts');
    const counts = await runWithMounts(program, scratch, String(SEED), String(CASES));
    console.log(`full disks: ${JSON.stringify(counts)}, seed ${SEED}`);
    expect(Object.keys(counts as object)).toHaveLength(6);
  }, 3_600_000);
});

/**
 * Real read-only file systems: what would write is refused with READ_ONLY and leaves no trace, reading goes on. The work is
 * in read-only-worker.ts, in a mount namespace of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../support/bundle-worker';
import { runWithMounts, whyNoMounts } from '../support/private-mounts';

const scratch = mkdtempSync(join(tmpdir(), 'strata-read-only-'));
const obstacle = whyNoMounts();
if (obstacle !== null) console.log(`not run: read-only mounts (${obstacle})`);
afterAll(() => rmSync(scratch, { recursive: true }));

describe.skipIf(obstacle !== null)('a log on a file system that is mounted read-only', () => {
  it('is refused with READ_ONLY, and nothing is half-written', async () => {
    const program = await bundleWorker('test/support/read-only-worker.ts');
    const counts = await runWithMounts(program, scratch);
    console.log(`read-only mounts: ${JSON.stringify(counts)}`);
    expect(counts).toEqual({ tmpfs: 7, ext4: 7, 'ext4 that gives up': 1 });
  }, 120_000);
});

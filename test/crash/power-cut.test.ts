/**
 * Power cuts of a real ext4 while a process appends to a log on it, rolls, retains and purges: what was durable is
 * there. The work is in power-cut-worker.ts, in a mount namespace of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../support/bundle-worker';
import { runWithMounts, whyNoMounts } from '../support/private-mounts';
import { countFor, SEED } from '../support/run-size';

const CUTS = countFor({ short: 5, full: 200 });
const scratch = mkdtempSync(join(tmpdir(), 'strata-power-cut-'));
const obstacle = whyNoMounts();
if (obstacle !== null) console.log(`not run: power cuts of an ext4 (${obstacle})`);
afterAll(() => rmSync(scratch, { recursive: true }));

describe.skipIf(obstacle !== null)('a log on an ext4 that loses power', () => {
  it(`has everything that was durable, no hole, and goes on: ${CUTS} cuts`, async () => {
    const program = await bundleWorker('test/support/power-cut-worker.ts');
    const appender = fileURLToPath(await bundleWorker('test/support/appending-worker.ts'));
    const counts = await runWithMounts(program, scratch, String(SEED), String(CUTS), appender);
    console.log(`power cuts: ${JSON.stringify(counts)}, seed ${SEED}`);
    expect(counts).toMatchObject({ cuts: CUTS });
  }, 3_600_000);
});

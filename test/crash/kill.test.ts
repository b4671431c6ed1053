/**
 * kill -9 of a real process that appends: everything that it had told of is there, and the log goes on.
 *
 * The process appends with fsync always, transactions among the records, and rolls often.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../electron/engine/file-system';
import { Log } from '../../electron/engine/log/log';
import { bundleWorker } from '../support/bundle-worker';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';
import { expectSound, problemsIn } from '../support/sound-log';

const KILLS = countFor({ short: 20, full: 500 });
const LINES_MAX = 60;
const SETTINGS = { retentionBytes: 200_000, retentionCheckIntervalMs: 40, fileDeleteDelayMs: 20 };
const scratch = mkdtempSync(join(tmpdir(), 'strata-kill-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** @returns the log end offset that the program told of last before it was killed */
async function appendAndKill(program: URL, directory: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(program), directory, JSON.stringify(SETTINGS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let endOffset = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    endOffset = Number(line);
    count++;
    if (count === lines) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return endOffset;
}

describe('a log whose process was killed', () => {
  it(`has every record that counted as written, ${KILLS} times over`, async () => {
    const program = await bundleWorker('test/support/appending-worker.ts');
    const directory = join(scratch, 'data/orders-0');
    const random = seededRandom(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      const endOffset = await appendAndKill(program, directory, 1 + Math.floor(random() * LINES_MAX));
      const log = await Log.open(directory, SETTINGS);
      expect(log.recovery).not.toBeNull();
      expect(await expectSound(log)).toBeGreaterThanOrEqual(endOffset);
      await log.close();
      expect(await problemsIn(nodeFileSystem, directory)).toEqual([]);
    }
    console.log(`kill -9: ${KILLS} times, seed ${SEED}`);
  }, 3_600_000);
});

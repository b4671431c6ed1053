/**
 * kill -9 of a real process that appends: every record that it had told of is there, and the log goes on.
 * With fsync always, so that the offset of each line was durable before it was told.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Log } from '../../electron/engine/log/log';
import { bundleWorker } from '../support/bundle-worker';
import { countFor } from '../support/run-size';

const KILLS = countFor({ short: 10, full: 500 });
const scratch = mkdtempSync(join(tmpdir(), 'strata-kill-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** @returns the last offset that the program told of before it was killed */
async function appendAndKill(program: URL, directory: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(program), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let lastOffset = -1;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lastOffset = Number(line);
    count++;
    if (count === lines) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return lastOffset;
}

describe('a log whose process was killed', () => {
  it(`has every record that counted as written, ${KILLS} times over`, async () => {
    const program = await bundleWorker('test/support/appending-worker.ts');
    const directory = join(scratch, 'data/orders-0');
    for (let kill = 0; kill < KILLS; kill++) {
      const lastOffset = await appendAndKill(program, directory, 1 + ((kill * 37) % 60));
      await using log = await Log.open(directory);
      expect(log.recovery).not.toBeNull();
      expect(log.logEndOffset).toBeGreaterThan(lastOffset);
      let next = 0;
      for await (const { offset, value } of log.read()) {
        expect(offset).toBe(next);
        expect(String(value)).toBe(`${offset}`.padEnd(200, '.'));
        next++;
      }
      expect(next).toBe(log.logEndOffset);
    }
    console.log(`kill -9: ${KILLS} times`);
  }, 3_600_000);
});

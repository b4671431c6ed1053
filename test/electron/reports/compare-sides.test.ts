/** Two directories compared: one bar for all records, the end of it on demand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import {
  type ComparisonProgress,
  compareSides,
  readSides,
  type SideOptions,
} from '../../../electron/reports/compare-sides';
import { BATCH_SIZE, writeLog } from '../../support/one-record-log';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-sides-'));
  for (const side of ['x', 'y'])
    for (const log of ['a-0', 'b-0']) await writeLog(join(folder, side, log), [0, 5], 9);
});
afterEach(() => rm(folder, { recursive: true }));

function sides(part: Partial<SideOptions> = {}) {
  return readSides(fs, [join(folder, 'x'), join(folder, 'y')], {
    ...{ version: '0', nowMs: 0, counts: false, redactionKey: async () => 'a key of sixteen' },
    ...{ watch: () => ({ onProgress: () => {} }), ...part },
  });
}

it('tells how far the records of all logs are, and no growth of one time', async () => {
  const [before, after] = await sides();
  const seen: ComparisonProgress[] = [];
  const found = await compareSides(fs, before!, after!, { onProgress: (progress) => seen.push(progress) });
  const bytesTotal = 2 * 9 * BATCH_SIZE;
  expect(seen.at(-1)).toEqual({ step: 'compared', bytesDone: bytesTotal, bytesTotal });
  expect(seen.map(({ bytesDone }) => bytesDone)).toEqual(
    seen.map(({ bytesDone }) => bytesDone).sort((a, b) => a - b),
  );
  expect(found.growthBytesPerMs).toBeNull();
});

it('ends where it is told to', async () => {
  const [before, after] = await sides();
  const stop = new AbortController();
  const comparing = compareSides(fs, before!, after!, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(comparing).rejects.toThrow();
  await expect(sides({ watch: () => ({ signal: stop.signal, onProgress: () => {} }) })).rejects.toThrow();
});

/** A log inspected again: unchanged segments are taken over, and the result is that of a full inspection. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../../electron/engine/file-system';
import { inspectLog, type KnownSegment } from '../../../../electron/engine/inspect/inspect-log';
import { batches, segmentFile, writeLog } from '../../../support/one-record-log';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-known-'));
  path = join(directory, 'orders-0');
  await writeLog(path, [0, 10, 20], 25);
});
afterEach(() => rm(directory, { recursive: true }));

/** What is looked at to tell the format: the first bytes of the first files, each time. */
const FORMAT_BYTES = 64;

/** @returns The inspection, the .log files that were read for it, and what the next one may take over. */
async function inspect(known?: ReadonlyMap<number, KnownSegment>) {
  const read = new Set<string>();
  const fs: ReadingFileSystem = {
    ...nodeReadingFileSystem,
    async openForReading(file) {
      const handle = await nodeReadingFileSystem.openForReading(file);
      return {
        status: () => handle.status(),
        close: () => handle.close(),
        read(target, position) {
          if (file.endsWith('.log') && target.length > FORMAT_BYTES) read.add(basename(file));
          return handle.read(target, position);
        },
      };
    },
  };
  const log = {
    name: 'orders-0',
    path,
    topic: 'orders',
    partition: 0,
    state: 'current',
    format: 'kafka',
  } as const;
  const segments = new Map<number, KnownSegment>();
  const inspection = await inspectLog(fs, log, {
    depth: 'headers',
    ...(known === undefined ? {} : { known }),
    onSegment: (found) => segments.set(found.segment.baseOffset, found),
  });
  return { inspection, read, segments };
}

/** What is known of the segments with these base offsets. */
async function known(...baseOffsets: number[]) {
  const { segments } = await inspect();
  return new Map([...segments].filter(([baseOffset]) => baseOffsets.includes(baseOffset)));
}

describe('inspectLog with known segments', () => {
  it('reads only the active segment of a log that grew', async () => {
    const before = await known(0, 10);
    await appendFile(join(path, segmentFile(20)), batches(25, 27));
    const again = await inspect(before);
    expect(again.read).toEqual(new Set([segmentFile(20)]));
    expect(again.inspection).toEqual((await inspect()).inspection);
    expect(again.inspection).toMatchObject({ recordCount: 27, logEndOffset: 27, recordCountIsExact: true });
  });

  it('goes on checking the sequence from where the known segments end', async () => {
    const before = await known(0, 10);
    await writeFile(join(path, segmentFile(20)), Buffer.concat([batches(19, 20), batches(22, 25)]));
    const again = await inspect(before);
    expect(again.inspection.problems.map(({ code }) => code)).toEqual(
      (await inspect()).inspection.problems.map(({ code }) => code),
    );
    expect(again.inspection.problems.length).toBeGreaterThan(0);
  });

  it('keeps the problems of known segments, gaps included', async () => {
    await writeFile(join(path, segmentFile(0)), Buffer.concat([batches(0, 4), batches(6, 10)]));
    const before = await known(0, 10);
    const again = await inspect(before);
    expect(again.inspection.problems.map(({ code }) => code)).toContain('batch-offset-gap');
    expect(again.inspection).toEqual((await inspect()).inspection);
  });

  it('forgets the problems of segments that were deleted since', async () => {
    await writeFile(join(path, segmentFile(0)), Buffer.concat([batches(0, 4), batches(6, 10)]));
    const before = await known(0, 10);
    for (const ending of ['log', 'index', 'timeindex']) await rm(join(path, segmentFile(0, ending)));
    const again = await inspect(before);
    expect([...again.read]).not.toContain(segmentFile(10));
    expect(again.inspection).toEqual((await inspect()).inspection);
  });

  it('reads a segment whose neighbour is another one now, and everything behind it', async () => {
    const before = await known(0, 10);
    for (const ending of ['log', 'index', 'timeindex']) await rm(join(path, segmentFile(10, ending)));
    const again = await inspect(before);
    expect(again.read).toEqual(new Set([segmentFile(0), segmentFile(20)]));
    expect(again.inspection).toEqual((await inspect()).inspection);
  });

  it('never takes over the active segment', async () => {
    const again = await inspect(await known(0, 10, 20));
    expect(again.read).toEqual(new Set([segmentFile(20)]));
  });
});

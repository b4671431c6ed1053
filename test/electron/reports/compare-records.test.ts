/** Two copies of a log side by side: the first offset at which their records differ, however the batches are cut. */
import { cp, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { firstDifference } from '../../../electron/reports/compare-records';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { BATCH_SIZE, segmentFile, writeLog } from '../../support/one-record-log';

const FIXTURES = kafkaFixtures();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-compare-'));
});
afterEach(() => rm(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const compare = (a: string, b: string, fromOffset: number, endOffset: number) =>
  firstDifference(fs, a, b, { fromOffset, endOffset });

async function change(file: string, position: number, bytes: readonly number[]): Promise<void> {
  const opened = await open(file, 'r+');
  await opened.write(Uint8Array.from(bytes), 0, bytes.length, position);
  await opened.close();
}

describe('firstDifference', () => {
  it.each(
    FIXTURES.filter(({ id }) => /\/data-directory\//.test(id)).map(({ id, directory }) => [
      id,
      directory.path,
    ]),
  )('finds none between %s and its copy', async (_id, source) => {
    await cp(source, path('copy'), { recursive: true });
    expect(await compare(source, path('copy'), 0, Number.MAX_SAFE_INTEGER)).toBeNull();
  });

  it('finds none where only the segments are cut elsewhere', async () => {
    await writeLog(path('a'), [0, 5], 12);
    await writeLog(path('b'), [0, 3, 9], 12);
    expect(await compare(path('a'), path('b'), 0, 12)).toBeNull();
  });

  it('finds none between the same records in batches of other codecs', async () => {
    const ids = ['codec-none-0', 'codec-gzip-0', 'codec-zstd-0'].map(
      (name) => `4.4.0/data-directory/${name}`,
    );
    const [none, gzip, zstd] = ids.map((id) => FIXTURES.find((fixture) => fixture.id === id)!);
    const sameValues = (a: typeof none, b: typeof none) =>
      JSON.stringify(a!.records?.map(({ offset, key, value, headers }) => [offset, key, value, headers])) ===
      JSON.stringify(b!.records?.map(({ offset, key, value, headers }) => [offset, key, value, headers]));
    for (const other of [gzip, zstd]) {
      const found = await compare(none!.directory.path, other!.directory.path, 0, 90);
      expect([other!.id, found === null]).toEqual([other!.id, sameValues(none, other)]);
    }
  });

  it('names the offset that only one of them has', async () => {
    await writeLog(path('a'), [0], 9);
    await writeLog(path('b'), [0, 4], 9);
    await rm(join(path('b'), segmentFile(4)));
    expect(await compare(path('a'), path('b'), 0, 9)).toEqual({ offset: 4, kind: 'only-before' });
    expect(await compare(path('b'), path('a'), 0, 9)).toEqual({ offset: 4, kind: 'only-after' });
    expect(await compare(path('b'), path('a'), 0, 4)).toBeNull();
  });

  it('names the first offset of a hole in the middle of one of them', async () => {
    await writeLog(path('a'), [0], 9);
    await writeLog(path('b'), [0, 4, 6], 9);
    await rm(join(path('b'), segmentFile(4)));
    expect(await compare(path('a'), path('b'), 0, 9)).toEqual({ offset: 4, kind: 'only-before' });
    expect(await compare(path('b'), path('a'), 0, 9)).toEqual({ offset: 4, kind: 'only-after' });
  });

  it('names the batch that is damaged in one of them', async () => {
    await writeLog(path('a'), [0], 9);
    await writeLog(path('b'), [0], 9);
    await change(join(path('b'), segmentFile(0)), 6 * BATCH_SIZE + 68, [0xff]);
    expect(await compare(path('a'), path('b'), 0, 9)).toEqual({ offset: 6, kind: 'damaged-after' });
    expect(await compare(path('a'), path('b'), 7, 9)).toBeNull();
  });

  it('passes over a leader epoch, which the CRC does not cover and no record has', async () => {
    await writeLog(path('a'), [0], 4);
    await writeLog(path('b'), [0], 4);
    await change(join(path('b'), segmentFile(0)), 12, [0, 0, 0, 7]);
    expect(await compare(path('a'), path('b'), 0, 4)).toBeNull();
  });
});

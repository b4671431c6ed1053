/** What a report asks of a disk twice it reads once: bytes as they are, and no file opened for what is known. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../electron/engine/file-system';
import { rememberingReads } from '../../../electron/reports/remembered-reads';
import { makeReport } from '../../../electron/reports/report-model';
import { segmentFile, writeLog } from '../../support/one-record-log';
import { REPORT_NOW_MS, reportOf } from '../../support/report-of';

let folder: string;
let opened: string[];
const counting: ReadingFileSystem = {
  ...{ list: nodeReadingFileSystem.list, status: nodeReadingFileSystem.status },
  ...{ realPath: nodeReadingFileSystem.realPath, diskSpace: nodeReadingFileSystem.diskSpace },
  openForReading(path) {
    opened.push(path.slice(folder.length + 1));
    return nodeReadingFileSystem.openForReading(path);
  },
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-remembered-'));
  opened = [];
});
afterEach(() => rm(folder, { recursive: true }));

async function read(fs: ReadingFileSystem, name: string, position: number, length: number): Promise<string> {
  const file = await fs.openForReading(join(folder, name));
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, await file.read(bytes, position)).toString();
  } finally {
    await file.close();
  }
}

describe('rememberingReads', () => {
  it('opens a file once for the same bytes, and again for others', async () => {
    await writeFile(join(folder, 'a'), '0123456789');
    const fs = rememberingReads(counting);
    for (let round = 0; round < 3; round++) expect(await read(fs, 'a', 8, 5)).toBe('89');
    expect(opened).toEqual(['a']);
    expect([await read(fs, 'a', 0, 3), await read(fs, 'a', 0, 3)]).toEqual(['012', '012']);
    expect(opened).toEqual(['a', 'a']);
  });

  it('keeps nothing large', async () => {
    await writeFile(join(folder, 'a'), 'x'.repeat(9_000));
    const fs = rememberingReads(counting);
    for (let round = 0; round < 2; round++) expect((await read(fs, 'a', 0, 5_000)).length).toBe(5_000);
    expect(opened).toEqual(['a', 'a']);
  });

  it('says of a file that is not there what the disk says', async () => {
    const fs = rememberingReads(counting);
    await expect(fs.openForReading(join(folder, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('a report reads no index and no small segment twice', async () => {
  const log = join(folder, 'orders-0');
  await writeLog(log, [0, 5, 9, 14], 20);
  const options = {
    version: '9.9.9',
    nowMs: REPORT_NOW_MS,
    depth: 'headers',
    analysesCompaction: false,
  } as const;
  const rest = {
    ...{ readsStatistics: false, listsBatches: false, listsTransactions: false, plansStartup: false },
    plansIndexRebuild: false,
    ...{ hostName: null, brokerConfig: null, stateDirectory: null },
  };
  const report = await makeReport(counting, log, { ...options, ...rest });
  const count = (name: string) => opened.filter((each) => each === `orders-0/${name}`).length;
  for (const baseOffset of [0, 5, 9]) {
    expect(count(segmentFile(baseOffset, 'timeindex'))).toBe(1);
    // Besides its format is told twice: where the directory and where the log is listed.
    expect(count(segmentFile(baseOffset))).toBeLessThanOrEqual(3);
  }
  expect(report.logs).toEqual((await reportOf(log, { ...options, ...rest })).logs);
});

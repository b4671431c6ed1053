/** The sample log over an in-memory file system, read by the inspection. */
import { describe, expect, it } from 'vitest';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { Log } from '../../../../electron/engine/log/log';
import {
  freeSampleDirectory,
  type SampleOptions,
  writeSampleLog,
} from '../../../../electron/engine/log/write-sample-log';
import { MemFileSystem } from '../../../support/mem-file-system';

const NOW_MS = 1_750_000_000_000;
const DAY_MS = 86_400_000;

async function written(options: Partial<SampleOptions> = {}) {
  const fs = new MemFileSystem();
  const sample = await writeSampleLog(
    { directory: '/sample', recordCount: 8000, seed: 7, isDamaged: false, nowMs: NOW_MS, ...options },
    { fs },
  );
  return { fs, sample };
}

function inspection(fs: MemFileSystem) {
  const log = {
    name: 'orders-0',
    path: '/sample/orders-0',
    topic: 'orders',
    partition: 0,
    format: 'kafka',
  } as const;
  return inspectLog(fs, { ...log, state: 'current' }, { depth: 'records' });
}

async function recordsOf(fs: MemFileSystem) {
  await using log = await Log.open('/sample/orders-0', {}, { fs });
  const records = [];
  for await (const record of log.read()) records.push(record);
  return records;
}

describe('writeSampleLog', () => {
  it('writes weeks of records with hot keys, tombstones, headers, every codec and transactions, without a flaw', async () => {
    const { fs, sample } = await written();
    expect(sample).toMatchObject({ path: '/sample/orders-0', recordCount: 8000 });
    const found = await inspection(fs);
    expect(found.problems).toEqual([]);
    expect(found.segments).toHaveLength(sample.segmentCount);
    expect(sample.segmentCount).toBeGreaterThan(5);
    expect(new Set(found.segments.flatMap(({ codecs }) => codecs))).toEqual(
      new Set(['none', 'gzip', 'snappy', 'lz4', 'zstd']),
    );
    const records = await recordsOf(fs);
    expect(records).toHaveLength(8000);
    expect(records.at(-1)!.timestampMs - records[0]!.timestampMs).toBeGreaterThan(34 * DAY_MS);
    expect(records.filter(({ value }) => value === null).length).toBeGreaterThan(100);
    expect(records.filter(({ headers }) => headers.length === 2).length).toBeGreaterThan(2000);
    const counts = new Map<string, number>();
    for (const { key } of records) counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeGreaterThan(1000);
    expect(counts.size).toBeGreaterThan(200);
    expect(found.recordCount).toBeGreaterThan(8000);
  });

  it('draws the same records from the same seed, and others from another', async () => {
    const values = async (seed: number) =>
      (await recordsOf((await written({ seed, recordCount: 1000 })).fs)).map(({ value }) => String(value));
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  it('plants damage that the inspection finds', async () => {
    const { fs } = await written({ isDamaged: true });
    const codes = new Set((await inspection(fs)).problems.map(({ code }) => code));
    expect([...codes]).toEqual(
      expect.arrayContaining(['batch-crc-mismatch', 'offset-index-misleading', 'segment-torn-tail']),
    );
  });

  it('refuses a directory with something in it, and stops when it is aborted', async () => {
    const fs = new MemFileSystem();
    fs.put('/full/file', 'x');
    const options = { recordCount: 1000, seed: 1, isDamaged: false, nowMs: NOW_MS };
    await expect(writeSampleLog({ ...options, directory: '/full' }, { fs })).rejects.toMatchObject({
      code: 'ALREADY_THERE',
    });
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error('enough'));
    await expect(
      writeSampleLog({ ...options, directory: '/sample' }, { fs, signal: abort.signal, onProgress }),
    ).rejects.toThrow('enough');
    expect(fs.openCount).toBe(0);
  });

  it('tells how far it is, and leaves nothing behind when it is cancelled', async () => {
    const fs = new MemFileSystem();
    fs.makeDirectory('/home');
    const controller = new AbortController();
    const shares: number[] = [];
    const writing = writeSampleLog(
      { directory: '/home/sample', recordCount: 8000, seed: 7, isDamaged: false, nowMs: NOW_MS },
      {
        fs,
        signal: controller.signal,
        onProgress({ bytesDone, bytesTotal }) {
          shares.push(bytesDone / bytesTotal);
          if (bytesDone > bytesTotal / 2) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(writing).rejects.toThrow('enough');
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(await fs.list('/home')).toEqual([]);
    expect(fs.openCount).toBe(0);
  });

  it('makes no directory in a data directory: a broker would not start with it', async () => {
    const fs = new MemFileSystem();
    fs.put('/broker/meta.properties', 'version=1');
    await expect(
      writeSampleLog(
        { directory: '/broker/sample', recordCount: 1000, seed: 7, isDamaged: false, nowMs: NOW_MS },
        { fs },
      ),
    ).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    expect((await fs.list('/broker')).map(({ name }) => name)).toEqual(['meta.properties']);
  });
});

describe('freeSampleDirectory', () => {
  it('is the first name that nobody has', async () => {
    const fs = new MemFileSystem();
    fs.makeDirectory('/home');
    expect(await freeSampleDirectory(fs, '/home')).toBe('/home/strata-sample');
    fs.makeDirectory('/home/strata-sample');
    expect(await freeSampleDirectory(fs, '/home')).toBe('/home/strata-sample-2');
  });
});

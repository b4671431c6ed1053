/** What bad input gets from a log: a typed error with a stable code, and nothing half-written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Log, type OpenOptions } from '../../../../electron/engine/log/log';
import type { RecordInput } from '../../../../electron/engine/log/record-input';
import type { LogSettings } from '../../../../electron/engine/log/settings';
import { bundleWorker } from '../../../support/bundle-worker';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

const DIRECTORY = '/data/orders-0';
const NOW_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const scratch = mkdtempSync(join(tmpdir(), 'strata-bad-input-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let fs: MemFileSystem;
let clock: FakeClock;
beforeEach(() => {
  fs = new MemFileSystem();
  clock = new FakeClock(NOW_MS);
});

const open = (settings: Partial<LogSettings> = {}, directory = DIRECTORY, options: OpenOptions = {}) =>
  Log.open(directory, settings, { fs, clock, ...options });
/** What a program without types may pass. */
const untyped = <T>(value: unknown): T => value as T;
const valuesOf = async (log: Log): Promise<string[]> => {
  const values: string[] = [];
  for await (const { value } of log.read()) values.push(String(value));
  return values;
};
const producer = { producerId: 1, producerEpoch: 0, outcome: 'commit' } as const;

describe('Log.append', () => {
  it.each<[string, unknown, string]>([
    ['no record', null, 'INVALID_RECORD'],
    ['a text in place of a record', 'value', 'INVALID_RECORD'],
    ['no value', {}, 'INVALID_RECORD'],
    ['a number as value', { value: 5 }, 'INVALID_RECORD'],
    ['an object as key', { key: {}, value: 'x' }, 'INVALID_RECORD'],
    ['headers that are no list', { value: 'x', headers: 'trace' }, 'INVALID_RECORD'],
    ['a header without a name', { value: 'x', headers: [{ name: null, value: 'x' }] }, 'INVALID_RECORD'],
    ['a header with a number', { value: 'x', headers: [{ name: 'n', value: 1 }] }, 'INVALID_RECORD'],
    ['a negative timestamp', { value: 'x', timestampMs: -1 }, 'INVALID_TIMESTAMP'],
    ['a timestamp that is no number', { value: 'x', timestampMs: Number.NaN }, 'INVALID_TIMESTAMP'],
    ['a timestamp with a fraction', { value: 'x', timestampMs: 1.5 }, 'INVALID_TIMESTAMP'],
    ['a Date', { value: 'x', timestampMs: new Date(NOW_MS) }, 'INVALID_TIMESTAMP'],
    ['a timestamp too far ahead', { value: 'x', timestampMs: NOW_MS + HOUR_MS + 1 }, 'INVALID_TIMESTAMP'],
    ['a record over the limit', { value: 'x'.repeat(1000) }, 'RECORD_TOO_LARGE'],
    ['a key over the limit', { key: 'x'.repeat(1000), value: null }, 'RECORD_TOO_LARGE'],
  ])('refuses %s, and writes none of what came with it', async (_name, record, code) => {
    await using log = await open({ maxMessageBytes: 1000 });
    await expect(log.append(untyped<RecordInput>(record))).rejects.toMatchObject({ code });
    await expect(log.appendMany([{ value: 'fine' }, untyped(record)])).rejects.toMatchObject({ code });
    await expect(log.appendTransaction([untyped(record)], producer)).rejects.toMatchObject({ code });
    expect(log.logEndOffset).toBe(0);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000000.log`)).toHaveLength(0);
    expect(await log.append({ value: 'next' })).toBe(0);
  });

  it('takes what is just within the limits', async () => {
    await using log = await open({ maxMessageBytes: 1000 });
    expect(await log.append({ value: 'x', timestampMs: NOW_MS + HOUR_MS })).toBe(0);
    expect(await log.append({ value: 'x'.repeat(1000 - 61 - 9) })).toBe(1);
    expect(await log.append({ value: null, timestampMs: 0 })).toBe(2);
  });

  it('goes by the list as it was given, and refuses what was made unwritable while it waited', async () => {
    await using log = await open({});
    const list = [{ value: Buffer.from('first') }, { value: Buffer.from('second') }];
    const written = log.appendMany(list);
    list.length = 0;
    expect(await written).toEqual({ firstOffset: 0, lastOffset: 1 });
    const record = { value: Buffer.from('changed') };
    const refused = log.appendMany([{ value: 'before' }, record]);
    record.value = untyped(5);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(await log.append({ value: 'next' })).toBe(2);
    expect(await valuesOf(log)).toEqual(['first', 'second', 'next']);
  });

  it('takes one record as it is at the call, so that its object may be used for the next', async () => {
    await using log = await open({});
    const record = { value: Buffer.from('first'), timestampMs: 1 };
    const appends = [log.append(record)];
    record.value = Buffer.from('second');
    appends.push(
      log.append(record),
      log.appendTransaction([record], producer).then((r) => r.firstOffset),
    );
    record.value = Buffer.from('third');
    record.timestampMs = -1;
    expect(await Promise.all(appends)).toEqual([0, 1, 2]);
    expect(await valuesOf(log)).toEqual(['first', 'second', 'second']);
  });

  it('refuses a record without a key in a compacted log', async () => {
    await using log = await open({ cleanupPolicy: 'compact,delete' });
    for (const record of [{ value: 'x' }, { key: null, value: 'x' }])
      await expect(log.append(record)).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(log.logEndOffset).toBe(0);
  });

  it.each<[string, () => RecordInput[], unknown]>([
    ['no record', () => [], producer],
    ['a negative producer', () => [{ value: 'x' }], { ...producer, producerId: -1 }],
    ['a producer epoch out of range', () => [{ value: 'x' }], { ...producer, producerEpoch: 32_768 }],
    ['another outcome', () => [{ value: 'x' }], { ...producer, outcome: 'maybe' }],
  ])('refuses a transaction with %s', async (_name, records, transaction) => {
    await using log = await open();
    const refused = log.appendTransaction(records(), untyped(transaction));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(log.appendMany(untyped('x'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(log.logEndOffset).toBe(0);
  });

  it('refuses a transaction that does not fit into a segment with its marker', async () => {
    await using log = await open({ segmentBytes: 1000 });
    const sized = (valueBytes: number) => [{ value: 'x'.repeat(valueBytes) }];
    // 61 bytes of the batch's header, 9 around the value, 78 of the marker.
    const refused = log.appendTransaction(sized(1000 - 61 - 9 - 78 + 1), producer);
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'RECORD_TOO_LARGE', details: { sizeInBytes: 1001, limit: 1000 } },
    });
    await log.appendTransaction(sized(1000 - 61 - 9 - 78), producer);
    expect(log.segments.map(({ sizeInBytes }) => sizeInBytes)).toEqual([1000]);
  });

  it('refuses a transaction that is too large for a batch', async () => {
    await using log = await open({ maxMessageBytes: 1000 });
    const records = Array.from({ length: 3 }, () => ({ value: 'x'.repeat(400) }));
    await expect(log.appendTransaction(records, producer)).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
    });
    expect(log.logEndOffset).toBe(0);
  });
});

describe('Log.compact', () => {
  it.each([-0.1, 1.1, Number.NaN])('refuses a ratio of %s', async (minCleanableDirtyRatio) => {
    await using log = await open({ cleanupPolicy: 'compact' });
    await expect(log.compact({ minCleanableDirtyRatio })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { setting: 'minCleanableDirtyRatio' },
    });
  });
});

describe('Log.read', () => {
  it.each([-1, 3, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('has no offset %s', async (fromOffset) => {
    await using log = await open();
    await log.appendMany([{ value: 'a' }, { value: 'b' }]);
    await expect(log.read({ fromOffset }).next()).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      details: { logStartOffset: 0, logEndOffset: 2 },
    });
  });

  it.each(['fromTimestampMs', 'toOffset', 'recordsMax'])('refuses a %s that is no number', async (name) => {
    await using log = await open();
    for (const value of [Number.NaN, '5'])
      await expect(log.read(untyped({ [name]: value })).next()).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
  });

  it('gives the reason of a signal that was aborted', async () => {
    await using log = await open();
    await log.append({ value: 'a' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(log.read({ signal }).next()).rejects.toThrow('enough');
  });
});

describe('a closed log', () => {
  it('refuses everything but being closed again', async () => {
    const log = await open();
    await log.append({ value: 'a' });
    await log.close();
    const calls = [
      () => log.append({ value: 'b' }),
      () => log.appendMany([{ value: 'b' }]),
      () => log.appendTransaction([{ value: 'b' }], producer),
      () => log.flush(),
      () => log.roll(),
      () => log.applyRetention(),
      () => log.offsetForTimestamp(0),
      () => log.read().next(),
      () => log.readBatches().next(),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await log.close();
  });

  it('ends the readers that were under way', async () => {
    const log = await open({ batchBytes: 100 });
    for (let index = 0; index < 2000; index++) await log.append({ value: 'x'.repeat(80) });
    const reader = log.read();
    await reader.next();
    await log.close();
    const rest = (async () => {
      for await (const _record of reader);
    })();
    await expect(rest).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });
});

describe('Log.open', () => {
  it('refuses a file, a place without a parent, and what is not for it to write', async () => {
    fs.put('/file', 'x');
    await expect(open({}, '/file')).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    await expect(open({}, '/file/orders-0')).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    await expect(open({}, '/no/such/orders-0')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    fs.put('/broker/meta.properties', 'version=1');
    await expect(open({}, '/broker/plain')).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    await expect(open({}, '/broker/__cluster_metadata-0')).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    expect((await fs.list('/broker')).map(({ name }) => name)).not.toContain('plain');
    expect(fs.openCount).toBe(0);
  });

  it.each([
    ['EROFS', 'READ_ONLY'],
    ['EACCES', 'PERMISSION_DENIED'],
    ['ENOSPC', 'DISK_FULL'],
    ['EMFILE', 'TOO_MANY_OPEN_FILES'],
  ] as const)('says %s as %s, and changes nothing', async (errno, code) => {
    await (await open()).close();
    const before = fs.fingerprint();
    fs.before = ({ kind, path }) => {
      if (kind !== 'read') throw storageError(errno, path);
    };
    await expect(open()).rejects.toMatchObject({ code });
    fs.before = null;
    expect(fs.fingerprint()).toBe(before);
    await (await open()).close();
  });

  it.each([
    ['/home/lone-0/.strata-log-start', '2'],
    ['/home/lone-0/.strata-log-start', '4\n'],
    ['/data/log-start-offset-checkpoint', '0\n1\norders 0 4\n'],
  ])('refuses a log start in %s that is damaged, or behind the end of the log: %j', async (file, text) => {
    await fs.createDirectory('/home');
    const directory = file.startsWith('/data') ? DIRECTORY : '/home/lone-0';
    const log = await open({}, directory);
    await log.appendMany([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
    await log.close();
    const before = fs.contentOf(file);
    fs.put(file, text);
    await expect(open({}, directory)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(fs.openCount).toBe(0);
    if (before === null) await fs.removeFile(file);
    else fs.put(file, before);
    const again = await open({}, directory);
    expect([again.recovery, again.logEndOffset]).toEqual([null, 3]);
    await again.close();
  });

  it.each<[keyof LogSettings, unknown]>([
    ['segmentBytes', 0],
    ['segmentBytes', 2 ** 31],
    ['retentionMs', -2],
    ['retentionBytes', 1.5],
    ['fileDeleteDelayMs', Number.NaN],
    ['compressionType', 'brotli'],
    ['cleanupPolicy', 'shred'],
    ['fsync', 'sometimes'],
    ['fsync', { intervalMs: 0 }],
    ['diskUsedPercentMax', 101],
    ['openFilesMax', 0],
  ])('refuses %s %s before it touches anything', async (setting, value) => {
    const refused = open({ [setting]: value });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { setting } });
    expect(await fs.list('/')).toEqual([]);
  });

  it('refuses a setting that there is not: a misspelt retention is not the default one', async () => {
    const refused = open(untyped({ retentionHours: 168 }));
    await expect(refused).rejects.toMatchObject({ details: { setting: 'retentionHours' } });
    expect(await fs.list('/')).toEqual([]);
  });

  it('makes no log in a data directory itself, nor where no path is given', async () => {
    await (await open({}, '/data/orders-0')).close();
    await fs.createDirectory('/broker');
    fs.put('/broker/meta.properties', '');
    for (const directory of ['/data', '/broker']) {
      const before = await fs.list(directory);
      await expect(open({}, directory)).rejects.toMatchObject({ code: 'NOT_A_LOG' });
      expect(await fs.list(directory)).toEqual(before);
    }
    await expect(open({}, '')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('makes a log beside files of its program, where a crash left side files, and where a disk was just mounted', async () => {
    for (const name of ['notes.txt', 'partition.metadata.tmp', 'leader-epoch-checkpoint']) {
      const directory = `/left-${name.length}`;
      for (const one of [directory, `${directory}/lost+found`, `${directory}/release-2`])
        await fs.createDirectory(one);
      fs.put(`${directory}/${name}`, name.startsWith('leader') ? '0\n0\n' : '');
      const log = await open({}, directory);
      await log.append({ value: 'a' });
      await log.close();
    }
  });

  it('is refused while another process has the log', async () => {
    const program = fileURLToPath(await bundleWorker('test/support/appending-worker.ts'));
    const directory = join(scratch, 'data/orders-0');
    const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await expect(Log.open(directory)).rejects.toMatchObject({ code: 'LOCKED' });
    child.kill('SIGKILL');
    await exited;
    const log = await Log.open(directory);
    expect(log.recovery).not.toBeNull();
    await log.close();
  });
});

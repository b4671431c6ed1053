/** Inspection of a log made of batches that Kafka's format documents byte by byte, whole and damaged. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { listLogs } from '../../../../electron/engine/inspect/list-logs';
import { readSpans } from '../../../../electron/engine/inspect/read-spans';
import { MemFileSystem } from '../../../support/mem-file-system';

/** One record k to v at offset 0. */
const ONE_RECORD =
  '00000000000000000000003a0000000002fe917cab00000000000000000000000000000000000000000000ffffffffffffffffffffffffffff0000000110000000026b027600';
/** Kept by the cleaner without records, offsets 5 to 8. */
const EMPTY_BATCH =
  '0000000000000005000000310000000002c914dbd9000000000003ffffffffffffffff0000018bcfe56800000000000000000900000000000000000000';
const FILE = '00000000000000000000.log';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strata-inspect-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function writeLog(bytes: Buffer): void {
  writeFileSync(join(directory, FILE), bytes);
  writeFileSync(join(directory, FILE.replace('.log', '.index')), '');
  writeFileSync(join(directory, FILE.replace('.log', '.timeindex')), '');
}

async function inspect(depth: 'headers' | 'records') {
  const { logs } = await listLogs(fs, directory);
  return inspectLog(fs, logs[0]!, { depth });
}

const sound = () => Buffer.from(ONE_RECORD + EMPTY_BATCH, 'hex');

describe('inspectLog', () => {
  it('counts batches, records and offsets', async () => {
    writeLog(sound());
    const log = await inspect('records');
    expect(log).toMatchObject({
      logStartOffset: 0,
      logEndOffset: 9,
      recordCount: 1,
      recordCountIsExact: true,
    });
    expect(log.segments[0]).toMatchObject({ batchCount: 2, recordCount: 1, lastOffset: 8, codecs: ['none'] });
    expect(log.problems).toEqual([]);
  });

  it('misses no offsets below the log start, where a deletion that was cut off leaves holes', async () => {
    writeLog(Buffer.from(ONE_RECORD, 'hex'));
    const later = Buffer.from(ONE_RECORD, 'hex');
    later.writeBigInt64BE(50n, 0);
    writeFileSync(join(directory, FILE.replace('00.log', '50.log')), later);
    const codes = async () => (await inspect('headers')).problems.map(({ code }) => code);
    expect(await codes()).toContain('batch-offset-gap');
    writeFileSync(join(directory, '.strata-log-start'), '49\n');
    expect(await codes()).toContain('batch-offset-gap');
    writeFileSync(join(directory, '.strata-log-start'), '50\n');
    expect(await codes()).not.toContain('batch-offset-gap');
  });

  it('names what is missing behind the log start, however many holes lie below it', async () => {
    writeLog(Buffer.from(ONE_RECORD, 'hex'));
    for (const baseOffset of [10, 20, 30, 40, 50]) {
      const bytes = Buffer.from(ONE_RECORD, 'hex');
      bytes.writeBigInt64BE(BigInt(baseOffset), 0);
      writeFileSync(join(directory, FILE.replace('00.log', `${baseOffset}.log`)), bytes);
    }
    writeFileSync(join(directory, '.strata-log-start'), '40\n');
    const gaps = (await inspect('headers')).problems.filter(({ code }) => code === 'batch-offset-gap');
    expect(gaps.map(({ message }) => message)).toEqual(['Offsets 41 to 49 are missing.']);
  });

  it('names a flipped byte and reads on behind it', async () => {
    const bytes = sound();
    bytes[68]! ^= 1;
    writeLog(bytes);
    const log = await inspect('records');
    expect(log.problems).toMatchObject([{ code: 'batch-crc-mismatch', position: 0, sizeInBytes: 70 }]);
    expect(log.logEndOffset).toBe(9);
  });

  it('names a torn tail', async () => {
    writeLog(sound().subarray(0, 100));
    const log = await inspect('headers');
    expect(log.problems).toMatchObject([{ code: 'segment-torn-tail', position: 70, sizeInBytes: 30 }]);
  });

  it('names zeros between batches', async () => {
    writeLog(Buffer.concat([sound().subarray(0, 70), Buffer.alloc(5000), sound().subarray(70)]));
    const log = await inspect('records');
    expect(log.problems).toMatchObject([{ code: 'segment-zero-bytes', position: 70, sizeInBytes: 5000 }]);
    expect(log.logEndOffset).toBe(9);
  });
});

describe('readSpans', () => {
  it('tiles the file', async () => {
    writeLog(sound());
    const { rows, nextPosition } = await readSpans(fs, directory, {
      baseOffset: 0,
      fromPosition: 0,
      limit: 10,
    });
    expect(rows.map(({ position, sizeInBytes }) => [position, sizeInBytes])).toEqual([
      [0, 70],
      [70, 61],
    ]);
    expect(nextPosition).toBeNull();
  });
});

describe('inspectLog of a log that is shortened meanwhile', () => {
  const path = '/data/orders-0';
  const fileAt = (base: number, suffix: string) => `${path}/${String(base).padStart(20, '0')}.${suffix}`;
  const log = {
    name: 'orders-0',
    path,
    topic: 'orders',
    partition: 0,
    format: 'kafka',
    state: 'current',
  } as const;
  function putSegment(mem: MemFileSystem, base: number): void {
    const batch = Buffer.from(ONE_RECORD, 'hex');
    batch.writeBigInt64BE(BigInt(base)); // the CRC does not cover it
    mem.put(fileAt(base, 'log'), batch);
    for (const suffix of ['index', 'timeindex']) mem.put(fileAt(base, suffix), '');
  }
  /** Removes the segments when the first one is read for the first time. */
  function removeDuringReading(mem: MemFileSystem, bases: readonly number[], instead: () => void): void {
    mem.before = async ({ kind, path: read }) => {
      if (kind !== 'read' || read !== fileAt(0, 'log')) return;
      mem.before = null;
      for (const base of bases)
        for (const suffix of ['log', 'index', 'timeindex']) await mem.removeFile(fileAt(base, suffix));
      instead();
    };
  }

  it('leaves out what is gone, and finds nothing wrong with that', async () => {
    const mem = new MemFileSystem();
    for (const base of [0, 1, 2]) putSegment(mem, base);
    removeDuringReading(mem, [1], () => {});
    const { segments, problems, logEndOffset } = await inspectLog(mem, log, { depth: 'headers' });
    expect(segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2]);
    expect(problems.map(({ code }) => code)).not.toContain('segment-unreadable');
    expect(logEndOffset).toBe(3);
  });

  it('looks anew where even the last segment that it knew is gone', async () => {
    const mem = new MemFileSystem();
    for (const base of [0, 1, 2]) putSegment(mem, base);
    removeDuringReading(mem, [0, 1, 2], () => putSegment(mem, 7));
    const { segments, problems, logEndOffset } = await inspectLog(mem, log, { depth: 'headers' });
    expect(segments.map(({ baseOffset }) => baseOffset)).toEqual([7]);
    expect(problems.map(({ code }) => code)).not.toContain('segment-unreadable');
    expect(logEndOffset).toBe(8);
  });
});

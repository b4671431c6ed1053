/** Directories of the original log manager, written by an independent writer: recognised, read, checked, never changed. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { listLogs } from '../../../../electron/engine/inspect/list-logs';
import { readSpans } from '../../../../electron/engine/inspect/read-spans';
import { readStatistics } from '../../../../electron/engine/inspect/read-statistics';
import { readRecordPage } from '../../../../electron/engine/inspect/record-page';
import { kafkaFixtures } from '../../../support/kafka-fixtures';
import { oldRecordBytes, oldRecords, writeOldSegment } from '../../../support/original-log';

const FIRST = oldRecords(300);
const SECOND = oldRecords(50, 300);

let folder: string;
let directory: string;
let first: ReturnType<typeof writeOldSegment>;
let second: ReturnType<typeof writeOldSegment>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-log-manager-'));
  directory = join(folder, 'orders');
  first = writeOldSegment(directory, 0, FIRST);
  second = writeOldSegment(directory, 300, SECOND, 2 * 1024 * 1024);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function listed() {
  const { logs } = await listLogs(fs, directory);
  return logs[0]!;
}

const inspect = async (depth: 'glance' | 'headers' | 'records') => inspectLog(fs, await listed(), { depth });
const page = async (fromOffset: number, limit: number) =>
  readRecordPage(fs, await listed(), { fromOffset, limit, contentBytesMax: 1000 });

describe('a directory of the original log manager', () => {
  it('is told from one of Kafka by its first record', async () => {
    expect((await listed()).format).toBe('log-manager');
    for (const fixture of kafkaFixtures().slice(0, 20))
      expect((await listLogs(fs, fixture.directory.path)).logs[0]!.format).toBe('kafka');
  });

  it.each(['glance', 'headers', 'records'] as const)('is inspected by %s', async (depth) => {
    const log = await inspect(depth);
    expect(log).toMatchObject({ format: 'log-manager', logStartOffset: 0, logEndOffset: 350, problems: [] });
    expect(log.segments).toMatchObject([
      { baseOffset: 0, lastOffset: 299, isActive: false },
      { baseOffset: 300, lastOffset: 349, isActive: true, largestTimestampMs: SECOND.at(-1)!.timestampMs },
    ]);
    expect(log.segments[0]!.offsetIndex!.entryCount).toBe(
      statSync(first.file.replace('.log', '.index')).size / 8,
    );
    if (depth !== 'glance') expect(log).toMatchObject({ recordCount: 350, recordCountIsExact: true });
  });

  it('gives its records with offsets, times, keys and values, from any offset on', async () => {
    const all = [...FIRST, ...SECOND];
    for (const from of [0, 1, 150, 299, 300, 349]) {
      const { rows } = await page(from, 1000);
      expect(rows.map(({ offset }) => offset)).toEqual(all.slice(from).map((_, index) => from + index));
      expect(
        rows.map(({ keyText, valueText, timestampMs }) => ({ timestampMs, key: keyText, value: valueText })),
      ).toEqual(all.slice(from));
    }
  });

  it('shows each record as a span of its own, page by page', async () => {
    const rows = [];
    for (let fromPosition: number | null = 0; fromPosition !== null; ) {
      const found = await readSpans(fs, directory, { baseOffset: 0, fromPosition, limit: 70 });
      rows.push(...found.rows);
      fromPosition = found.nextPosition;
    }
    expect(rows.map(({ position }) => position)).toEqual(first.positions);
    expect(rows.map(({ baseOffset }) => baseOffset)).toEqual(FIRST.map((_, index) => index));
    expect(rows.every(({ problem }) => problem === null)).toBe(true);
  });

  it('attributes every byte', async () => {
    const { bytes, counts, uniqueKeys } = await readStatistics(fs, await listed(), {
      segmentBaseOffset: null,
    });
    expect(counts).toMatchObject({ records: 350, nullKeys: 35, tombstones: 0 });
    expect(uniqueKeys).toMatchObject({ count: 18 });
    const { total, compressionGain, ...parts } = bytes;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0) - compressionGain).toBe(total);
    expect(bytes.slack).toBe(2 * 1024 * 1024);
  });

  it('keeps the offsets behind a record whose CRC fails', async () => {
    const bytes = readFileSync(first.file);
    bytes[first.positions[10]! + 40]! ^= 1;
    writeFileSync(first.file, bytes);
    const log = await inspect('records');
    expect(log.problems).toMatchObject([{ code: 'batch-crc-mismatch', position: first.positions[10] }]);
    expect(log).toMatchObject({ recordCount: 349, recordCountIsExact: false, logEndOffset: 350 });
    expect((await page(9, 2)).rows.map(({ offset, valueText }) => [offset, valueText])).toEqual([
      [9, FIRST[9]!.value],
      [11, FIRST[11]!.value],
    ]);
  });

  it('names a torn tail, and finds what was appended behind it', async () => {
    truncateSync(second.file, second.positions[49]! + 20);
    expect((await inspect('records')).problems).toMatchObject([
      { code: 'segment-torn-tail', position: second.positions[49], sizeInBytes: 20 },
    ]);
    appendFileSync(second.file, oldRecordBytes(SECOND[0]!));
    const log = await inspect('records');
    expect(log.problems).toMatchObject([{ code: 'batch-length-invalid', sizeInBytes: 20 }]);
    expect(log.recordCount).toBe(350);
  });

  it('names zeros behind the records, and leftovers of its compaction', async () => {
    appendFileSync(second.file, Buffer.alloc(500));
    writeFileSync(join(directory, `${'0'.repeat(20)}.log.backup`), 'x');
    const { problems } = await inspect('records');
    expect(problems.map(({ code, sizeInBytes }) => [code, sizeInBytes])).toEqual([
      ['file-leftover', null],
      ['segment-zero-bytes', 500],
    ]);
  });

  it('names an index entry that points behind its record', async () => {
    const index = first.file.replace('.log', '.index');
    const bytes = readFileSync(index);
    bytes.writeUInt32BE(bytes.readUInt32BE(0) - 2, 0);
    writeFileSync(index, bytes);
    expect((await inspect('records')).problems).toMatchObject([{ code: 'offset-index-misleading' }]);
  });
});

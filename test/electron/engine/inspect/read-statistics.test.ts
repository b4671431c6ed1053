/** Statistics of the logs that Kafka wrote against what its own clients and tools counted, and of damaged ones. */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { type LogStatistics, readStatistics } from '../../../../electron/engine/inspect/read-statistics';
import { type KafkaFixture, kafkaFixtures, type ManifestBytes } from '../../../support/kafka-fixtures';

const FIXTURES = kafkaFixtures();
const folder = mkdtempSync(join(tmpdir(), 'strata-statistics-'));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = (fixture: KafkaFixture) => readStatistics(fs, fixture.directory, { segmentBaseOffset: null });

function fileBytes(path: string, isWanted: (name: string) => boolean = () => true): number {
  return readdirSync(path)
    .filter(isWanted)
    .map((name) => statSync(join(path, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

function sumOfParts({ bytes }: LogStatistics): number {
  const { total, compressionGain, ...parts } = bytes;
  for (const part of Object.values(parts)) expect(part).toBeGreaterThanOrEqual(0);
  return Object.values(parts).reduce((sum, part) => sum + part, 0) - compressionGain;
}

function sizeOf(bytes: ManifestBytes): number {
  if (bytes === null) return 0;
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64').length : bytes.sizeInBytes;
}

describe('readStatistics', () => {
  it.each(FIXTURES.map((fixture) => [fixture.id, fixture] as const))(
    'counts what Kafka counted, and attributes every byte: %s',
    async (_id, fixture) => {
      const statistics = await whole(fixture);
      expect(sumOfParts(statistics)).toBe(statistics.bytes.total);
      expect(statistics.bytes.total).toBe(fileBytes(fixture.directory.path));
      expect(statistics).toMatchObject({ isComplete: true, bytes: { damaged: 0 } });
      const batches = fixture.segments.flatMap((segment) => segment.batches);
      expect(statistics.counts).toMatchObject({
        records: fixture.recordCount.data,
        controlRecords: fixture.recordCount.control,
        batches: fixture.segments.reduce((sum, { batchCount }) => sum + batchCount, 0),
        controlBatches: batches.filter(({ isControl }) => isControl).length,
        unreadableBatches: 0,
      });
      const byCodec = new Map<string, number>();
      for (const { codec } of batches) byCodec.set(codec, (byCodec.get(codec) ?? 0) + 1);
      expect(new Map(statistics.codecs.map(({ codec, batchCount }) => [codec, batchCount]))).toEqual(byCodec);
      const { records } = fixture;
      if (records?.length !== fixture.recordCount.data) return;
      const keys = records.map(({ key }) => key).filter((key) => key !== null);
      const headers = records.flatMap((record) => record.headers);
      expect(statistics.counts).toMatchObject({
        tombstones: records.filter(({ value }) => value === null).length,
        nullKeys: records.length - keys.length,
        headers: headers.length,
        recordsWithHeaders: records.filter((record) => record.headers.length > 0).length,
      });
      expect(statistics.uniqueKeys).toMatchObject({
        count: new Set(keys.map((key) => JSON.stringify(key))).size,
        isExact: true,
      });
      const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
      expect(statistics.bytes).toMatchObject({
        keys: sum(keys.map(sizeOf)),
        values: sum(records.map(({ value }) => sizeOf(value))),
        headerNames: sum(headers.map(([name]) => Buffer.byteLength(name))),
        headerValues: sum(headers.map(([, value]) => sizeOf(value))),
      });
      const valueSizes = records.filter(({ value }) => value !== null).map(({ value }) => sizeOf(value));
      valueSizes.sort((a, b) => a - b);
      const { value } = statistics.sizes;
      expect([value.min, value.max]).toEqual([valueSizes[0] ?? 0, valueSizes.at(-1) ?? 0]);
      for (const { percent, size, isExact } of value.percentiles) {
        const least = valueSizes[Math.max(1, Math.ceil((valueSizes.length * percent) / 100)) - 1] ?? 0;
        if (isExact) expect(size).toBe(least);
        else expect(size / least).toBeLessThan(1 + 1 / 128);
      }
    },
  );

  it('gives the segments of a log figures that add up to those of the log', async () => {
    const fixture = FIXTURES.find(({ segments }) => segments.length > 2)!;
    const all = await whole(fixture);
    const parts: LogStatistics[] = [];
    for (const { baseOffset: segmentBaseOffset } of fixture.segments)
      parts.push(await readStatistics(fs, fixture.directory, { segmentBaseOffset }));
    const sum = (of: (statistics: LogStatistics) => number) =>
      parts.reduce((total, each) => total + of(each), 0);
    for (const part of ['keys', 'values', 'recordOverhead', 'batchOverhead', 'compressionGain'] as const)
      expect(sum(({ bytes }) => bytes[part])).toBe(all.bytes[part]);
    expect(sum(({ counts }) => counts.records)).toBe(all.counts.records);
    expect(parts[0]!.bytes.total).toBe(
      fileBytes(fixture.directory.path, (name) => name.startsWith('00000000000000000000.')),
    );
  });

  it('makes damage, zeros and a torn tail parts of their own', async () => {
    const fixture = FIXTURES.find(({ segments }) => segments.some(({ batches }) => batches.length > 3))!;
    const path = join(folder, fixture.name);
    cpSync(fixture.directory.path, path, { recursive: true });
    const index = fixture.segments.findIndex(({ batches }) => batches.length > 3);
    const { batches, baseOffset } = fixture.segments[index]!;
    const file = join(path, `${String(baseOffset).padStart(20, '0')}.log`);
    const bytes = readFileSync(file);
    const broken = batches[1]!;
    bytes[broken.position + broken.sizeInBytes - 1]! ^= 1;
    writeFileSync(file, bytes);
    const log = { ...fixture.directory, path };
    const damaged = await readStatistics(fs, log, { segmentBaseOffset: null });
    expect(damaged.isComplete).toBe(false);
    expect(damaged.bytes.damaged).toBe(broken.sizeInBytes);
    expect(damaged.counts.records).toBe(fixture.recordCount.data - broken.offsets.length);
    expect(sumOfParts(damaged)).toBe(fileBytes(path));
    truncateSync(file, bytes.length - 3);
    const before = await whole(fixture);
    const torn = await readStatistics(fs, log, { segmentBaseOffset: null });
    expect(torn.bytes.damaged).toBe(broken.sizeInBytes + batches.at(-1)!.sizeInBytes - 3);
    expect(sumOfParts(torn)).toBe(fileBytes(path));
    writeFileSync(
      file,
      Buffer.concat([
        readFileSync(join(fixture.directory.path, file.slice(path.length + 1))),
        Buffer.alloc(5000),
      ]),
    );
    const zeros = await readStatistics(fs, log, { segmentBaseOffset: null });
    expect(zeros.bytes.slack).toBe(before.bytes.slack + 5000);
    expect(sumOfParts(zeros)).toBe(fileBytes(path));
  });

  it('says that there is no such segment', async () => {
    await expect(
      readStatistics(fs, FIXTURES[0]!.directory, { segmentBaseOffset: 77_777 }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('stops when it is cancelled', async () => {
    const { directory } = FIXTURES[0]!;
    const options = { segmentBaseOffset: null, signal: AbortSignal.abort(new Error('enough')) };
    await expect(readStatistics(fs, directory, options)).rejects.toThrow('enough');
  });
});

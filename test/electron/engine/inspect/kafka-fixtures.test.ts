/** What Kafka's clients and DumpLogSegments say of the fixtures, against what the inspection reads. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { controlTypeOf } from '../../../../electron/engine/format/control-record';
import {
  CONTROL_BIT,
  codecOf,
  type RecordBatchHeader,
  timestampTypeOf,
} from '../../../../electron/engine/format/record-batch';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { type RecordBatchFound, readRecords } from '../../../../electron/engine/inspect/read-records';
import { kafkaFixtures, type ManifestBytes } from '../../../support/kafka-fixtures';

const fixtures = kafkaFixtures();
/** Longer bytes stand in the manifest as their hash. */
const BYTES_IN_FULL_MAX = 64;

function manifestBytes(bytes: Uint8Array | null): ManifestBytes {
  if (bytes === null) return null;
  if (bytes.length <= BYTES_IN_FULL_MAX) return Buffer.from(bytes).toString('base64');
  return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeInBytes: bytes.length };
}

/** DumpLogSegments names the types of end transaction markers only. */
function isMarker({ attributes }: RecordBatchHeader) {
  return (type: string | null) => (attributes & CONTROL_BIT) !== 0 && (type === 'ABORT' || type === 'COMMIT');
}

async function allBatches(directory: string): Promise<RecordBatchFound[]> {
  const found: RecordBatchFound[] = [];
  const onProblem = (problem: { message: string }) => expect.fail(problem.message);
  for await (const batch of readRecords(fs, directory, { onProblem })) found.push(batch);
  return found;
}

describe.each(fixtures.map((fixture) => [fixture.id, fixture] as const))('%s', (_id, fixture) => {
  it.each(['headers', 'records'] as const)('is counted exactly by %s, without a problem', async (depth) => {
    const inspection = await inspectLog(fs, fixture.directory, { depth });
    const problems = inspection.problems.filter(({ code }) => code !== 'file-leftover');
    expect(problems).toEqual([]);
    expect([inspection.recordCount, inspection.recordCountIsExact]).toEqual([
      fixture.recordCount.total,
      true,
    ]);
    expect(inspection.logStartOffset).toBe(fixture.logStartOffset ?? 0);
    if (fixture.logEndOffset !== undefined) expect(inspection.logEndOffset).toBe(fixture.logEndOffset);
    expect(
      inspection.segments.map(({ baseOffset, sizeInBytes, batchCount, recordCount }) => ({
        baseOffset,
        sizeInBytes,
        batchCount,
        recordCount,
      })),
    ).toEqual(
      fixture.segments.map(({ baseOffset, sizeInBytes, batchCount, recordCount }) => ({
        baseOffset,
        sizeInBytes,
        batchCount,
        recordCount,
      })),
    );
  });

  it('has the records that a consumer was given', async () => {
    const records = (await allBatches(fixture.directory.path))
      .filter(({ header }) => (header.attributes & CONTROL_BIT) === 0)
      .flatMap(({ header, records }) => records.map((record) => ({ header, record })))
      .filter(({ record }) => record.offset >= (fixture.logStartOffset ?? 0));
    if (fixture.records === undefined) return expect(records).toHaveLength(fixture.recordCount.data);
    expect(
      records.map(({ header, record }) => ({
        offset: record.offset,
        timestamp: record.timestampMs,
        timestampType: timestampTypeOf(header.attributes),
        key: manifestBytes(record.key),
        value: manifestBytes(record.value),
        headers: record.headers.map(({ name, value }) => [
          Buffer.from(name).toString(),
          manifestBytes(value),
        ]),
      })),
    ).toEqual(
      fixture.records.map(({ offset, timestamp, timestampType, key, value, headers }) => ({
        offset,
        timestamp,
        timestampType: timestampType === 'NoTimestampType' ? 'CreateTime' : timestampType,
        key,
        value,
        headers,
      })),
    );
  });

  it('has the batches that DumpLogSegments shows', async () => {
    const batches = await allBatches(fixture.directory.path);
    const expected = fixture.segments
      .flatMap((segment) => segment.batches)
      .filter(({ offsets }) => offsets.length > 0);
    expect(
      batches.map(({ header, position, records }) => ({
        baseOffset: header.baseOffset,
        lastOffset: header.lastOffset,
        position,
        codec: codecOf(header.attributes),
        maxTimestamp: header.maxTimestampMs,
        producerId: header.producerId,
        offsets: records.map(({ offset }) => offset),
        isControl: (header.attributes & CONTROL_BIT) !== 0,
        transactionMarkers: records.map(({ key }) => controlTypeOf(key)).filter(isMarker(header)),
      })),
    ).toEqual(
      expected.map(
        ({
          baseOffset,
          lastOffset,
          position,
          codec,
          maxTimestamp,
          producerId,
          offsets,
          isControl,
          controlTypes,
        }) => ({
          baseOffset,
          lastOffset,
          position,
          codec,
          maxTimestamp,
          producerId,
          offsets,
          isControl,
          transactionMarkers: controlTypes,
        }),
      ),
    );
  });

  it('is read from any offset on', async () => {
    const all = (await allBatches(fixture.directory.path)).flatMap(({ records }) =>
      records.map(({ offset }) => offset),
    );
    for (const [index, fromOffset] of all.entries()) {
      const read = readRecords(fs, fixture.directory.path, { fromOffset });
      const { value } = await read.next();
      await read.return();
      expect((value as RecordBatchFound).records[0]!.offset).toBe(all[index]);
    }
  });
});

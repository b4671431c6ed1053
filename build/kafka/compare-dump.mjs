/**
 * What the command line says of one log against DumpLogSegments, batch by batch and record by record. Throws an
 * AssertionError at the first difference; runs nothing itself.
 */
import assert from 'node:assert/strict';

/** What is true of a sound log, too: files that a cleaner left behind, timestamps that a producer set ahead. */
const HARMLESS = new Set(['file-leftover', 'timestamp-in-future']);

/** One log of `strata inspect` or `verify` against its dumped segments: [{ baseOffset, sizeInBytes, batches }]. */
export function compareSegments(log, dumped) {
  const problems = log.problems.filter(({ code }) => !HARMLESS.has(code));
  assert.deepEqual(problems, [], 'problems');
  const ours = log.segments.map((segment) => ({
    baseOffset: segment.baseOffset,
    lastOffset: segment.lastOffset,
    sizeInBytes: segment.sizeInBytes,
    batchCount: segment.batchCount,
    recordCount: segment.recordCount,
    codecs: [...segment.codecs].sort(),
  }));
  const theirs = dumped.map(({ baseOffset, sizeInBytes, batches }) => ({
    baseOffset,
    lastOffset: batches.length === 0 ? null : lastOffsetOf(batches.at(-1)),
    sizeInBytes,
    batchCount: batches.length,
    recordCount: batches.reduce((sum, { records }) => sum + records.length, 0),
    codecs: [...new Set(batches.map(codecOf))].sort(),
  }));
  assert.deepEqual(ours, theirs, 'segments');
  assert.equal(log.recordCountIsExact, true, 'recordCountIsExact');
}

/** Lines of `strata records` against the batches of all dumped segments of the log. */
export function compareRecords(rows, dumped) {
  const theirs = dumped.flatMap(({ baseOffset, batches }) =>
    batches.flatMap((batch) => batch.records.map((record) => dumpedRow(baseOffset, batch, record))),
  );
  assert.deepEqual(
    rows.map((row) => row.offset),
    theirs.map((row) => row.offset),
    'offsets',
  );
  for (const [index, row] of rows.entries()) {
    const their = theirs[index];
    assert.deepEqual(printedRow(row, their), their, `record at offset ${row.offset}`);
  }
}

const lastOffsetOf = (batch) => Number(batch.lastOffset ?? batch.offset);
const codecOf = (batch) => batch.compresscodec.toLowerCase();
const sizeOf = (text) => (Number(text) < 0 ? null : Number(text));

/** Formats 0 and 1 have no first offset of a batch: the tool prints the last one only. */
function dumpedRow(segmentBaseOffset, batch, record) {
  const isControl = batch.isControl === 'true';
  const content = isControl ? {} : { key: plain(record.key), payload: plain(record.payload) };
  return {
    offset: Number(record.offset),
    timestampMs: Number(record.CreateTime ?? record.LogAppendTime ?? record.NoTimestampType),
    timestampType: 'LogAppendTime' in record ? 'LogAppendTime' : 'CreateTime',
    ...('keySize' in record ? { keySize: sizeOf(record.keySize) } : {}),
    ...('valueSize' in record ? { valueSize: sizeOf(record.valueSize) } : {}),
    ...('headerKeys' in record ? { headerKeys: record.headerKeys } : {}),
    ...('endTxnMarker' in record ? { controlType: record.endTxnMarker } : {}),
    ...content,
    segmentBaseOffset,
    batchBaseOffset: Number(batch.baseOffset ?? batch.records[0].offset),
    position: Number(batch.position),
    codec: codecOf(batch),
    magic: Number(batch.magic),
    producerId: Number(batch.producerId ?? -1),
    isTransactional: batch.isTransactional === 'true',
    isControl,
  };
}

/** A row of ours with the fields that the tool printed for the same record. */
function printedRow(row, their) {
  return {
    offset: row.offset,
    timestampMs: row.timestampMs,
    timestampType: row.timestampType,
    ...('keySize' in their ? { keySize: row.keySizeInBytes } : {}),
    ...('valueSize' in their ? { valueSize: row.valueSizeInBytes } : {}),
    ...('headerKeys' in their ? { headerKeys: `[${row.headers.map(({ name }) => name).join(',')}]` } : {}),
    ...('controlType' in their ? { controlType: row.controlType } : {}),
    ...('key' in their ? { key: their.key === undefined ? undefined : (row.keyText ?? null) } : {}),
    ...('payload' in their
      ? { payload: their.payload === undefined ? undefined : (row.valueText ?? null) }
      : {}),
    segmentBaseOffset: row.segmentBaseOffset,
    batchBaseOffset: row.batchBaseOffset,
    position: row.position,
    codec: row.codec,
    magic: row.magic,
    producerId: row.producerId,
    isTransactional: row.isTransactional,
    isControl: row.isControl,
  };
}

/** The tool prints bytes as text, in lines: only what is plain ASCII comes through; undefined for the rest. */
function plain(text) {
  return text === null || /^[\x20-\x7e]*$/.test(text) ? text : undefined;
}

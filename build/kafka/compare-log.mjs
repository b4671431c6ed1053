/**
 * One log as Kafka's own clients and DumpLogSegments describe it (the shape of manifest.json), against what the command
 * line says of it: inspect, records, verify. Throws an AssertionError at the first difference.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const LARGEST_INLINE_VALUE = 64;
const WITHOUT_END = 1_000_000_000;

export function assertInspection(log, truth) {
  const own = ['baseOffset', 'sizeInBytes', 'batchCount', 'recordCount'];
  const pick = (segment) => Object.fromEntries(own.map((name) => [name, segment[name]]));
  assert.deepEqual(log.segments.map(pick), truth.segments.map(pick), 'segments');
  if (truth.logStartOffset !== undefined) {
    assert.equal(log.logStartOffset, truth.logStartOffset, 'log start offset');
    assert.equal(log.logEndOffset, truth.logEndOffset, 'log end offset');
  }
  assert.equal(log.recordCount, truth.recordCount.total, 'records');
  assert.equal(log.recordCountIsExact, true);
  for (const [index, { batches }] of truth.segments.entries()) {
    const { lastOffset, codecs } = log.segments[index];
    assert.equal(lastOffset, batches.at(-1)?.lastOffset ?? null, 'last offset');
    assert.deepEqual([...codecs].sort(), [...new Set(batches.map(({ codec }) => codec))].sort(), 'codecs');
  }
}

/** Every record on disk, those of control batches included; below the log start offset nothing is served. */
export async function assertRecords(strata, path, truth) {
  const { stdout } = await strata('records', path, '--limit', String(WITHOUT_END), '--json');
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const batches = truth.segments.flatMap((segment) => segment.batches);
  const offsets = batches.flatMap((batch) => batch.offsets);
  const start = truth.logStartOffset ?? 0;
  assert.deepEqual(
    rows.map(({ offset }) => offset).filter((offset) => offset >= start),
    offsets.filter((offset) => offset >= start),
    'offsets',
  );
  const byOffset = new Map(rows.map((row) => [row.offset, row]));
  for (const record of truth.records ?? []) {
    const row = byOffset.get(record.offset);
    assert.deepEqual(ownShape(row), kafkaShape(record), `record ${record.offset}`);
  }
  for (const batch of batches.filter(({ isControl }) => isControl)) {
    const types = batch.offsets.map((offset) => byOffset.get(offset)?.controlType ?? null);
    if (batch.controlTypes.length > 0) assert.deepEqual(types, batch.controlTypes, 'control records');
  }
  assertCommitted(rows, truth);
}

/** What a read_committed consumer is given: no control records, nothing aborted, nothing from the open one on. */
function assertCommitted(rows, { committedOffsets, lastStableOffset, logStartOffset }) {
  if (committedOffsets === undefined) return;
  const ours = rows
    .filter(({ isControl, transactionState }) => !isControl && transactionState !== 'aborted')
    .map(({ offset }) => offset)
    .filter((offset) => offset < lastStableOffset && offset >= logStartOffset);
  assert.deepEqual(ours, committedOffsets, 'committed records');
}

const ownContent = (text, base64) => {
  if (base64 !== undefined) return content(Buffer.from(base64, 'base64'));
  return text === null || text === undefined ? null : content(Buffer.from(text, 'utf8'));
};

function content(bytes) {
  if (bytes.length <= LARGEST_INLINE_VALUE) return bytes.toString('base64');
  return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeInBytes: bytes.length };
}

function ownShape(row) {
  assert.ok(row !== undefined, 'the record is missing');
  return {
    timestamp: row.timestampMs,
    timestampType: row.timestampType,
    key: ownContent(row.keyText, row.keyBase64),
    value: ownContent(row.valueText, row.valueBase64),
    headers: row.headers.map((header) => [header.name, ownContent(header.valueText, header.valueBase64)]),
  };
}

const kafkaShape = ({ timestamp, timestampType, key, value, headers }) => ({
  timestamp,
  timestampType: timestampType === 'NoTimestampType' ? 'CreateTime' : timestampType,
  key,
  value,
  headers,
});

/** A sound log has no problem that is an error; the few warnings that the fixtures' own contents cause are named. */
export function assertSound({ logs }, name, allowed = []) {
  const problems = logs.find((log) => log.name === name).problems;
  const unexpected = problems.filter(({ code, severity }) => severity !== 'info' && !allowed.includes(code));
  assert.deepEqual(
    unexpected.map(({ code, file, message }) => `${code} ${file}: ${message}`),
    [],
  );
}

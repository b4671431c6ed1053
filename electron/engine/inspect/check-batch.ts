/**
 * Checks one batch whose CRC holds: attributes, codec, decompression, records, counts, control record.
 * Looks at the batch alone; its neighbours are compared in check-sequence.ts.
 */
import type { ProblemCode } from '../../../shared/problem';
import { decompress, Undecodable } from '../format/codec';
import { controlTypeOf } from '../format/control-record';
import { expandMessage } from '../format/message-set';
import {
  CONTROL_BIT,
  codecOf,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
  UNUSED_ATTRIBUTES,
} from '../format/record-batch';
import { checkRecords, decodeRecords, type LogRecord } from '../format/records';

export interface BatchFlaw {
  readonly code: ProblemCode;
  readonly message: string;
}

/** @param batch Exactly the bytes of the batch. @returns What is wrong with it, or null. */
export function checkBatch(header: RecordBatchHeader, batch: Uint8Array): BatchFlaw | null {
  if (header.magic < 2) return flawOf(expandMessage(batch).flaw, header);
  const span = header.lastOffset - header.baseOffset + 1;
  if (header.recordsCount > span)
    return {
      code: 'batch-record-count-mismatch',
      message: `The batch at offset ${header.baseOffset} says it has ${header.recordsCount} records in ${span} offsets.`,
    };
  const payload = payloadOf(header, batch);
  if (!(payload instanceof Uint8Array)) return payload;
  const from = payload === batch ? RECORD_BATCH_HEADER_SIZE : 0;
  const flaw = checkRecords(payload, { from, to: payload.length }, header);
  if (flaw !== null) return flawOf(flaw, header);
  if ((header.attributes & CONTROL_BIT) !== 0 && header.recordsCount > 0) return checkControl(header, batch);
  if ((header.attributes & UNUSED_ATTRIBUTES) !== 0)
    return {
      code: 'batch-attributes-unknown',
      message: `The batch at offset ${header.baseOffset} has attributes 0x${(header.attributes & 0xffff).toString(16)}.`,
    };
  return null;
}

/** The records of a batch of any magic, as far as they can be read, and what stopped it. */
export function recordsOf(
  header: RecordBatchHeader,
  batch: Uint8Array,
): {
  readonly header: RecordBatchHeader;
  readonly records: readonly LogRecord[];
  readonly flaw: BatchFlaw | null;
} {
  if (header.magic < 2) {
    const expanded = expandMessage(batch);
    return { ...expanded, flaw: flawOf(expanded.flaw, header) };
  }
  const payload = payloadOf(header, batch);
  if (!(payload instanceof Uint8Array)) return { header, records: [], flaw: payload };
  const from = payload === batch ? RECORD_BATCH_HEADER_SIZE : 0;
  const { records, flaw } = decodeRecords(payload, { from, to: payload.length }, header);
  return { header, records, flaw: flawOf(flaw, header) };
}

/** The decompressed records, or the batch itself where they are not compressed. */
export function payloadOf(header: RecordBatchHeader, batch: Uint8Array): Uint8Array | BatchFlaw {
  const codec = codecOf(header.attributes);
  if (codec === 'none') return batch;
  if (codec === null)
    return {
      code: 'codec-unknown',
      message: `The batch at offset ${header.baseOffset} names codec ${header.attributes & 0x07}.`,
    };
  const payload = decompress(codec, batch.subarray(RECORD_BATCH_HEADER_SIZE), { magic: header.magic });
  return payload instanceof Undecodable ? flawOf(payload, header)! : payload;
}

function checkControl(header: RecordBatchHeader, batch: Uint8Array): BatchFlaw | null {
  const { records } = recordsOf(header, batch);
  if (records.every((record) => controlTypeOf(record.key) !== null)) return null;
  return {
    code: 'control-record-malformed',
    message: `The control record at offset ${header.baseOffset} has no key of 4 bytes.`,
  };
}

function flawOf(flaw: string | Undecodable | null, header: RecordBatchHeader): BatchFlaw | null {
  if (flaw === null) return null;
  const where = `In the batch at offset ${header.baseOffset}: `;
  if (typeof flaw === 'string') return { code: 'record-malformed', message: `${where}${flaw}.` };
  const code = flaw.reason === 'too-large' ? 'records-too-large' : 'records-decompression-failed';
  return { code, message: `${where}${flaw.message}.` };
}

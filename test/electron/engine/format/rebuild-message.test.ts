/** Wrappers of message formats 0 and 1 that Kafka 2.8 wrote, with some of their messages left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decompress } from '../../../../electron/engine/format/codec';
import { expandMessage, MESSAGE_SIZE_MIN } from '../../../../electron/engine/format/message-set';
import { KeptRecords } from '../../../../electron/engine/format/rebuild-batch';
import { estimateMessageSize, rebuildMessage } from '../../../../electron/engine/format/rebuild-message';
import { codecOf, RECORD_BATCH_HEADER_SIZE } from '../../../../electron/engine/format/record-batch';
import { RecordColumns } from '../../../../electron/engine/format/record-columns';
import { RecordCursor } from '../../../../electron/engine/format/record-cursor';
import { type LogBatch, parsePiece } from '../../../../electron/engine/log/log-batch';
import { currentPayload } from '../../../../electron/engine/rules/batch-records';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

const NAMES = ['0-gzip', '0-snappy', '0-lz4', '1-gzip', '1-snappy', '1-lz4'];

function wrappersOf(name: string): LogBatch[] {
  const id = `2.8.2/data-directory/format-${name}-0`;
  const { path } = kafkaFixtures().find((fixture) => fixture.id === id)!.directory;
  const files = readdirSync(path).filter((file) => file.endsWith('.log'));
  return files.flatMap((file) => {
    const bytes = readFileSync(join(path, file));
    return parsePiece(bytes, 0, bytes.length).batches.filter(({ header }) => header.recordsCount < 0);
  });
}

/** The wrapper with those of its messages that stay, by their number. */
function rebuilt({ header: wrapper, bytes }: LogBatch, stays: (number: number) => boolean) {
  const { header, bytes: payload } = currentPayload(wrapper, bytes);
  const records = new RecordColumns();
  records.read(new RecordCursor(payload, 0, payload.length));
  const kept = new KeptRecords();
  for (let index = 0; index < records.count; index++)
    if (stays(index)) kept.push(records, index, header.baseTimestampMs + records.timestampDelta[index]!);
  const { first, last } = kept.offsetRange(header.baseOffset);
  kept.moveDeltas(first - header.baseOffset);
  const rebased = { ...header, baseOffset: first, lastOffset: last };
  return {
    bytes: rebuildMessage(rebased, kept, payload),
    estimate: estimateMessageSize(rebased, kept, { payload, recordsBefore: records.count }),
  };
}

const contentOf = (bytes: Uint8Array) =>
  expandMessage(bytes).records.map(({ offset, timestampMs, key, value }) => ({
    ...{ offset, timestampMs },
    key: key === null ? null : Buffer.from(key).toString('hex'),
    value: value === null ? null : Buffer.from(value).toString('hex'),
  }));

/** Of a wrapper: the message set in its value, which follows a null key. */
function messagesIn(bytes: Uint8Array): Uint8Array {
  const { magic, attributes } = expandMessage(bytes).header;
  const payload = decompress(codecOf(attributes)!, bytes.subarray(MESSAGE_SIZE_MIN[magic]), { magic });
  return payload as Uint8Array;
}

describe('rebuildMessage', () => {
  it.each(NAMES)('writes what Kafka wrote where every message stays: format %s', (name) => {
    const wrappers = wrappersOf(name);
    expect(wrappers.length).toBeGreaterThan(0);
    for (const wrapper of wrappers) {
      const { bytes, estimate } = rebuilt(wrapper, () => true);
      const headerSize = MESSAGE_SIZE_MIN[wrapper.header.magic]!;
      expect(Buffer.compare(messagesIn(bytes), messagesIn(wrapper.bytes))).toBe(0);
      // But for size and CRC, which are of the compressed bytes.
      expect(bytes.subarray(0, 8)).toEqual(wrapper.bytes.subarray(0, 8));
      expect(bytes.subarray(16, headerSize - 4)).toEqual(wrapper.bytes.subarray(16, headerSize - 4));
      expect(bytes.subarray(headerSize, headerSize + 7).join()).toBe(
        wrapper.bytes.subarray(headerSize, headerSize + 7).join(),
      );
      expect(Math.abs(estimate - wrapper.header.sizeInBytes) / wrapper.header.sizeInBytes).toBeLessThan(0.1);
    }
  });

  it.each(NAMES)('leaves messages out, and keeps the format of the rest: format %s', (name) => {
    for (const wrapper of wrappersOf(name)) {
      const isSecond = (number: number) => number % 2 === 1;
      const { bytes } = rebuilt(wrapper, isSecond);
      const { batches } = parsePiece(bytes, 0, bytes.length);
      expect(batches.map(({ header }) => header.magic)).toEqual([wrapper.header.magic]);
      const left = contentOf(wrapper.bytes).filter((_, number) => isSecond(number));
      expect(contentOf(bytes)).toEqual(left);
      expect(batches[0]!.header.lastOffset).toBe(left.at(-1)!.offset);
      expect(bytes.length).toBeGreaterThan(RECORD_BATCH_HEADER_SIZE / 2);
    }
  });
});

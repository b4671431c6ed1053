/**
 * Counts what is in batches, record by record: numbers, bytes by what they are, sizes, the largest, the heaviest keys.
 *
 * Fed with batches whose CRC holds. A batch whose records cannot be read counts as unreadable bytes, never in part.
 * Knows no files; bytes of records are as decompressed, and what compression saved is a sum of its own.
 */
import type { Bytes, Offset } from '../../../shared/units';
import { expandMessage, MESSAGE_SIZE_MIN } from '../format/message-set';
import {
  CONTROL_BIT,
  type Codec,
  codecOf,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
} from '../format/record-batch';
import { checkRecords } from '../format/records';
import { VarintCursor } from '../format/varint';
import { hashKey } from '../rules/key-hash';
import { payloadOf } from './check-batch';
import { releaseContent } from './release-content';
import { type Distribution, SizeDistribution } from './size-distribution';
import { TopBytes, type TopEntry } from './top-bytes';
import { type UniqueKeyCount, UniqueKeys } from './unique-keys';

const LARGEST_COUNT = 20;
const TOP_COUNT = 20;
const MESSAGE_KEY_LENGTH_AT = [18, 26] as const;

export interface RecordCounts {
  batches: number;
  controlBatches: number;
  /** Batches whose records could not be read; none of their records is counted. */
  unreadableBatches: number;
  /** Without control records. */
  records: number;
  controlRecords: number;
  tombstones: number;
  nullKeys: number;
  headers: number;
  recordsWithHeaders: number;
}

/** Bytes of batches. All but `compressionGain` add up, and minus it they are the bytes on disk. */
export interface RecordBytes {
  keys: Bytes;
  values: Bytes;
  headerNames: Bytes;
  headerValues: Bytes;
  /** Lengths, deltas and attributes of records. */
  recordOverhead: Bytes;
  /** Headers of batches, and of wrappers of message sets. */
  batchOverhead: Bytes;
  controlRecords: Bytes;
  /** Of batches that cannot be read, without their headers. */
  unreadable: Bytes;
  /** Decompressed minus stored; negative where compression made it larger. */
  compressionGain: Bytes;
}

export interface CodecShare {
  readonly codec: Codec | 'unknown';
  batchCount: number;
  recordCount: number;
  /**
   * Of the records as stored, without batch headers, and decompressed. Those of control batches and of batches that
   * cannot be read are parts of their own.
   */
  storedBytes: Bytes;
  contentBytes: Bytes;
}

export interface LargeRecord {
  readonly offset: Offset;
  readonly segmentBaseOffset: Offset;
  readonly sizeInBytes: Bytes;
  /** null for a null key, and for a null value. */
  readonly keySizeInBytes: Bytes | null;
  readonly valueSizeInBytes: Bytes | null;
}

export interface RecordFigures {
  readonly counts: RecordCounts;
  readonly bytes: RecordBytes;
  readonly uniqueKeys: UniqueKeyCount | null;
  readonly codecs: CodecShare[];
  readonly sizes: {
    readonly record: Distribution;
    readonly key: Distribution;
    readonly value: Distribution;
    readonly batch: Distribution;
    readonly recordsPerBatch: Distribution;
  };
  readonly largestRecords: LargeRecord[];
  /** By the bytes of all records with the key. */
  readonly topKeys: TopEntry[];
  /** By the bytes of the name and its values. */
  readonly topHeaderNames: TopEntry[];
}

/** One for all records, filled anew: an object each would be most of the garbage of a pass. Lengths of -1 are null. */
interface SeenRecord {
  offset: Offset;
  segmentBaseOffset: Offset;
  sizeInBytes: Bytes;
  keyLength: number;
  valueLength: number;
}

export class RecordStatistics {
  readonly #counts: RecordCounts = {
    ...{ batches: 0, controlBatches: 0, unreadableBatches: 0, records: 0, controlRecords: 0 },
    ...{ tombstones: 0, nullKeys: 0, headers: 0, recordsWithHeaders: 0 },
  };
  readonly #bytes: RecordBytes = {
    ...{ keys: 0, values: 0, headerNames: 0, headerValues: 0, recordOverhead: 0 },
    ...{ batchOverhead: 0, controlRecords: 0, unreadable: 0, compressionGain: 0 },
  };
  readonly #uniqueKeys: UniqueKeys | null;
  readonly #codecs = new Map<CodecShare['codec'], CodecShare>();
  readonly #recordSizes = new SizeDistribution();
  readonly #keySizes = new SizeDistribution();
  readonly #valueSizes = new SizeDistribution();
  readonly #batchSizes = new SizeDistribution();
  readonly #recordsPerBatch = new SizeDistribution();
  readonly #topKeys = new TopBytes();
  readonly #topHeaderNames = new TopBytes();
  readonly #lanes = new Int32Array(4);
  readonly #seen: SeenRecord = {
    ...{ offset: 0, segmentBaseOffset: 0, sizeInBytes: 0, keyLength: 0, valueLength: 0 },
  };
  readonly #largest: LargeRecord[] = [];
  /** Smaller records are none of the largest. */
  #largeFrom = 0;

  constructor({ countsUniqueKeys }: { readonly countsUniqueKeys: boolean }) {
    this.#uniqueKeys = countsUniqueKeys ? new UniqueKeys() : null;
  }

  get recordCount(): number {
    return this.#counts.records;
  }

  /** @param batch Exactly the bytes of the batch. */
  batch(header: RecordBatchHeader, batch: Uint8Array, segmentBaseOffset: Offset): void {
    this.#counts.batches++;
    this.#batchSizes.add(header.sizeInBytes);
    if (header.magic < 2) this.#messageSet(header, batch, segmentBaseOffset);
    else if ((header.attributes & CONTROL_BIT) !== 0) this.#controlBatch(header);
    else this.#records(header, batch, segmentBaseOffset);
  }

  figures(): RecordFigures {
    return {
      counts: { ...this.#counts },
      bytes: { ...this.#bytes },
      uniqueKeys: this.#uniqueKeys?.count() ?? null,
      codecs: [...this.#codecs.values()],
      sizes: {
        record: this.#recordSizes.distribution(),
        key: this.#keySizes.distribution(),
        value: this.#valueSizes.distribution(),
        batch: this.#batchSizes.distribution(),
        recordsPerBatch: this.#recordsPerBatch.distribution(),
      },
      largestRecords: this.#largest,
      topKeys: this.#topKeys.top(TOP_COUNT),
      topHeaderNames: this.#topHeaderNames.top(TOP_COUNT),
    };
  }

  #controlBatch({ sizeInBytes, recordsCount, attributes }: RecordBatchHeader): void {
    this.#counts.controlBatches++;
    this.#counts.controlRecords += recordsCount;
    this.#bytes.batchOverhead += RECORD_BATCH_HEADER_SIZE;
    const storedBytes = sizeInBytes - RECORD_BATCH_HEADER_SIZE;
    this.#bytes.controlRecords += storedBytes;
    this.#addCodec(codecOf(attributes), recordsCount, 0, 0);
  }

  #records(header: RecordBatchHeader, batch: Uint8Array, segmentBaseOffset: Offset): void {
    const { recordsCount, sizeInBytes, attributes } = header;
    const codec = codecOf(attributes);
    const storedBytes = sizeInBytes - RECORD_BATCH_HEADER_SIZE;
    this.#bytes.batchOverhead += RECORD_BATCH_HEADER_SIZE;
    const payload = payloadOf(header, batch);
    const from = payload === batch ? RECORD_BATCH_HEADER_SIZE : 0;
    if (
      !(payload instanceof Uint8Array) ||
      checkRecords(payload, { from, to: payload.length }, header) !== null
    ) {
      this.#unreadable(codec, storedBytes);
      return;
    }
    const contentBytes = payload.length - from;
    this.#bytes.compressionGain += contentBytes - storedBytes;
    this.#recordsPerBatch.add(recordsCount);
    this.#addCodec(codec, recordsCount, storedBytes, contentBytes);
    const cursor = new VarintCursor(payload, from, payload.length);
    for (let left = recordsCount; left > 0; left--)
      this.#record(cursor, header.baseOffset, segmentBaseOffset);
    if (codec !== null) releaseContent(codec, payload);
  }

  /** Steps over one record that `checkRecords` found sound (layout in format/records.ts). */
  #record(cursor: VarintCursor, batchBaseOffset: Offset, segmentBaseOffset: Offset): void {
    const { bytes } = cursor;
    const start = cursor.at;
    const length = cursor.readVarint();
    const sizeInBytes = cursor.at - start + length;
    cursor.at++;
    cursor.skipVarlong();
    const offset = batchBaseOffset + cursor.readVarint();
    const keyLength = cursor.readVarint();
    const keyFrom = cursor.at;
    cursor.at += Math.max(keyLength, 0);
    const valueLength = cursor.readVarint();
    cursor.at += Math.max(valueLength, 0);
    const headerBytes = this.#headers(cursor);
    this.#addKey(bytes, keyFrom, keyLength, sizeInBytes);
    const seen = this.#seen;
    seen.offset = offset;
    seen.segmentBaseOffset = segmentBaseOffset;
    seen.sizeInBytes = sizeInBytes;
    seen.keyLength = keyLength;
    seen.valueLength = valueLength;
    this.#addRecord(seen);
    this.#bytes.recordOverhead -= headerBytes;
  }

  /** @returns bytes of names and values */
  #headers(cursor: VarintCursor): Bytes {
    const headerCount = cursor.readVarint();
    if (headerCount === 0) return 0;
    this.#counts.headers += headerCount;
    this.#counts.recordsWithHeaders++;
    let sum = 0;
    for (let left = headerCount; left > 0; left--) {
      const nameLength = cursor.readVarint();
      const nameFrom = cursor.at;
      cursor.at += nameLength;
      const valueLength = Math.max(cursor.readVarint(), 0);
      cursor.at += valueLength;
      this.#bytes.headerNames += nameLength;
      this.#bytes.headerValues += valueLength;
      sum += nameLength + valueLength;
      hashKey(cursor.bytes, nameFrom, nameFrom + nameLength, this.#lanes);
      const nameTo = nameFrom + nameLength;
      this.#topHeaderNames.add(this.#lanes, cursor.bytes, nameFrom, nameTo, nameLength + valueLength);
    }
    return sum;
  }

  /** Of the key: what all records with it take. */
  #addKey(bytes: Uint8Array, keyFrom: number, keyLength: number, recordSize: Bytes): void {
    if (keyLength < 0) return;
    hashKey(bytes, keyFrom, keyFrom + keyLength, this.#lanes);
    this.#uniqueKeys?.add(this.#lanes);
    this.#topKeys.add(this.#lanes, bytes, keyFrom, keyFrom + keyLength, recordSize);
  }

  #addRecord(record: SeenRecord): void {
    const { sizeInBytes, keyLength, valueLength } = record;
    this.#counts.records++;
    this.#recordSizes.add(sizeInBytes);
    if (keyLength < 0) this.#counts.nullKeys++;
    else this.#keySizes.add(keyLength);
    if (valueLength < 0) this.#counts.tombstones++;
    else this.#valueSizes.add(valueLength);
    const keyBytes = Math.max(keyLength, 0);
    const valueBytes = Math.max(valueLength, 0);
    this.#bytes.keys += keyBytes;
    this.#bytes.values += valueBytes;
    this.#bytes.recordOverhead += sizeInBytes - keyBytes - valueBytes;
    if (sizeInBytes > this.#largeFrom || this.#largest.length < LARGEST_COUNT) this.#addLarge(record);
  }

  #addLarge({ offset, segmentBaseOffset, sizeInBytes, keyLength, valueLength }: SeenRecord): void {
    const keySizeInBytes = keyLength < 0 ? null : keyLength;
    const valueSizeInBytes = valueLength < 0 ? null : valueLength;
    this.#largest.push({ offset, segmentBaseOffset, sizeInBytes, keySizeInBytes, valueSizeInBytes });
    this.#largest.sort((a, b) => b.sizeInBytes - a.sizeInBytes || a.offset - b.offset);
    this.#largest.length = Math.min(this.#largest.length, LARGEST_COUNT);
    this.#largeFrom = this.#largest.at(-1)!.sizeInBytes;
  }

  #messageSet(header: RecordBatchHeader, batch: Uint8Array, segmentBaseOffset: Offset): void {
    const { records, flaw } = expandMessage(batch);
    if (flaw !== null) {
      this.#unreadable(codecOf(header.attributes), header.sizeInBytes);
      return;
    }
    const isWrapper = header.recordsCount !== 1;
    const overhead = isWrapper ? wrapperOverhead(header.magic, batch) : 0;
    const storedBytes = header.sizeInBytes - overhead;
    this.#bytes.batchOverhead += overhead;
    let contentBytes = 0;
    for (const { offset, sizeInBytes: messageSize, key, value } of records) {
      const sizeInBytes = isWrapper ? messageSize : header.sizeInBytes; // on disk
      contentBytes += sizeInBytes;
      this.#addKey(key ?? batch, 0, key?.length ?? -1, sizeInBytes);
      const lengths = { keyLength: key?.length ?? -1, valueLength: value?.length ?? -1 };
      this.#addRecord({ offset, segmentBaseOffset, sizeInBytes, ...lengths });
    }
    this.#bytes.compressionGain += contentBytes - storedBytes;
    this.#recordsPerBatch.add(records.length);
    this.#addCodec(codecOf(header.attributes), records.length, storedBytes, contentBytes);
  }

  #unreadable(codec: Codec | null, storedBytes: Bytes): void {
    this.#counts.unreadableBatches++;
    this.#bytes.unreadable += storedBytes;
    this.#addCodec(codec, 0, 0, 0);
  }

  #addCodec(codec: Codec | null, recordCount: number, storedBytes: Bytes, contentBytes: Bytes): void {
    const name = codec ?? 'unknown';
    let share = this.#codecs.get(name);
    if (share === undefined) {
      share = { codec: name, batchCount: 0, recordCount: 0, storedBytes: 0, contentBytes: 0 };
      this.#codecs.set(name, share);
    }
    share.batchCount++;
    share.recordCount += recordCount;
    share.storedBytes += storedBytes;
    share.contentBytes += contentBytes;
  }
}

/** All of a wrapper but its value, which is the compressed message set. */
function wrapperOverhead(magic: number, batch: Uint8Array): Bytes {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  return MESSAGE_SIZE_MIN[magic]! + Math.max(view.getInt32(MESSAGE_KEY_LENGTH_AT[magic]!), 0);
}

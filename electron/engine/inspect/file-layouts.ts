/**
 * The fields of files that are made of entries of one size, as tables: offset, time and transaction index, snapshot of
 * the producer state. Positions follow from the sizes; the formats are drawn in format/.
 */
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import { OFFSET_INDEX_ENTRY_SIZE, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { TRANSACTION_INDEX_ENTRY_SIZE } from '../format/transaction-index';

export interface FileField {
  readonly name: string;
  /** In the bytes that are given. */
  readonly position: number;
  readonly sizeInBytes: Bytes;
  /** Value for people. */
  readonly text: string;
  /** Of the entry that the field belongs to, from the start of the file; null in the header, or where it is not known. */
  readonly entryIndex: number | null;
}

type FieldType = 'int16' | 'int32' | 'int64' | 'crc' | 'timestamp' | 'relative-offset';
type Field = readonly [name: string, type: FieldType];

export interface FixedLayout {
  readonly header: readonly Field[];
  readonly entry: readonly Field[];
  readonly headerSize: Bytes;
  readonly entrySize: Bytes;
  /** Zeros behind the first entry are room that was taken beforehand. */
  readonly isPreallocated: boolean;
}

const SIZES: Readonly<Record<FieldType, Bytes>> = {
  int16: 2,
  int32: 4,
  int64: 8,
  crc: 4,
  timestamp: 8,
  'relative-offset': 4,
};
const sizeOf = (fields: readonly Field[]) => fields.reduce((sum, [, type]) => sum + SIZES[type], 0);

const SNAPSHOT_HEADER: readonly Field[] = [
  ['version', 'int16'],
  ['crc', 'crc'],
  ['producerCount', 'int32'],
];
const SNAPSHOT_ENTRY: readonly Field[] = [
  ['producerId', 'int64'],
  ['producerEpoch', 'int16'],
  ['lastSequence', 'int32'],
  ['lastOffset', 'int64'],
  ['offsetDelta', 'int32'],
  ['timestamp', 'timestamp'],
  ['coordinatorEpoch', 'int32'],
  ['currentTxnFirstOffset', 'int64'],
];

export const FIXED_LAYOUTS: Readonly<Record<'index' | 'timeindex' | 'txnindex' | 'snapshot', FixedLayout>> = {
  index: {
    header: [],
    entry: [
      ['relativeOffset', 'relative-offset'],
      ['position', 'int32'],
    ],
    headerSize: 0,
    entrySize: OFFSET_INDEX_ENTRY_SIZE,
    isPreallocated: true,
  },
  timeindex: {
    header: [],
    entry: [
      ['timestamp', 'timestamp'],
      ['relativeOffset', 'relative-offset'],
    ],
    headerSize: 0,
    entrySize: TIME_INDEX_ENTRY_SIZE,
    isPreallocated: true,
  },
  txnindex: {
    header: [],
    entry: [
      ['version', 'int16'],
      ['producerId', 'int64'],
      ['firstOffset', 'int64'],
      ['lastOffset', 'int64'],
      ['lastStableOffset', 'int64'],
    ],
    headerSize: 0,
    entrySize: TRANSACTION_INDEX_ENTRY_SIZE,
    isPreallocated: false,
  },
  snapshot: {
    header: SNAPSHOT_HEADER,
    entry: SNAPSHOT_ENTRY,
    headerSize: sizeOf(SNAPSHOT_HEADER),
    entrySize: sizeOf(SNAPSHOT_ENTRY),
    isPreallocated: false,
  },
};

interface Window {
  readonly layout: FixedLayout;
  readonly baseOffset: Offset;
  /** Position of the first byte: 0, or the beginning of an entry. */
  readonly from: FilePosition;
}

/** Fields of so many entries are named; the rest of the bytes has none. */
const ENTRIES_MAX = 10_000;

export function entryFields(bytes: Uint8Array, { layout, baseOffset, from }: Window): FileField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: FileField[] = [];
  const add = (named: readonly Field[], start: number, entryIndex: number | null) => {
    let at = start;
    for (const [name, type] of named) {
      const size = SIZES[type];
      if (at + size > bytes.length) return;
      fields.push({
        ...{ name, position: at, sizeInBytes: size, entryIndex },
        text: valueText(view, at, type, baseOffset),
      });
      at += size;
    }
  };
  const { entrySize, headerSize } = layout;
  if (from === 0) add(layout.header, 0, null);
  let at = from === 0 ? headerSize : 0;
  const first = (from + at - headerSize) / entrySize;
  for (let count = 0; at + entrySize <= bytes.length && count < ENTRIES_MAX; count++, at += entrySize) {
    if (layout.isPreallocated && isUnused(bytes, at, { entrySize, isFirst: first + count === 0 })) break;
    add(layout.entry, at, first + count);
  }
  const rest = restOf(bytes, at, layout);
  return rest === null ? fields : [...fields, rest];
}

/** An entry of zeros; the first of a file may be one, unless another follows. */
function isUnused(
  bytes: Uint8Array,
  at: number,
  { entrySize, isFirst }: { readonly entrySize: Bytes; readonly isFirst: boolean },
): boolean {
  const end = at + (isFirst ? 2 * entrySize : entrySize);
  if (end > bytes.length) return false;
  for (let index = at; index < end; index++) if (bytes[index] !== 0) return false;
  return true;
}

/** What no whole entry covers: preallocated zeros, or a part of an entry. */
function restOf(bytes: Uint8Array, at: number, { isPreallocated, entrySize }: FixedLayout): FileField | null {
  const sizeInBytes = bytes.length - at;
  if (sizeInBytes <= 0) return null;
  const isZero = isPreallocated && bytes.subarray(at).every((byte) => byte === 0);
  if (!isZero && sizeInBytes >= entrySize) return null;
  const text = isZero ? 'room for entries to come' : `an entry has ${entrySize} bytes`;
  return { name: isZero ? 'unused' : 'rest', position: at, sizeInBytes, text, entryIndex: null };
}

function valueText(view: DataView, at: number, type: FieldType, baseOffset: Offset): string {
  switch (type) {
    case 'int16':
      return String(view.getInt16(at));
    case 'int32':
      return String(view.getInt32(at));
    case 'int64':
      return String(view.getBigInt64(at));
    case 'crc':
      return `0x${view.getUint32(at).toString(16).padStart(8, '0')}`;
    case 'relative-offset':
      return `${view.getInt32(at)} (offset ${baseOffset + view.getInt32(at)})`;
    case 'timestamp':
      return timestampText(view.getBigInt64(at));
  }
}

const DATE_MS_MAX = 8_640_000_000_000_000n;

function timestampText(ms: bigint): string {
  if (ms < 0n || ms > DATE_MS_MAX) return String(ms);
  return `${ms} (${new Date(Number(ms)).toISOString()})`;
}

/**
 * The bytes of a small file of a log around a position, with each field named, for a hex view: indexes, snapshots,
 * checkpoints and metadata. Segments have their batches (batch-anatomy.ts); of one that is left over the bytes come as
 * they are.
 *
 * Names and layouts only: whether a value is right, the checks say. Reads nothing but the files that problems name.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  CLEANER_CHECKPOINT,
  LEADER_EPOCH_CHECKPOINT,
  LOG_START_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  REPLICATION_CHECKPOINT,
} from '../format/checkpoint-files';
import { parseSegmentFileName } from '../format/file-names';
import { PARTITION_METADATA_FILE } from '../format/partition-metadata';
import { readFully } from '../read-fully';
import { entryFields, FIXED_LAYOUTS, type FileField, type FixedLayout } from './file-layouts';
import { withFile } from './read-index';
import { lineFields } from './text-fields';

export interface FileAnatomy {
  /** Of the whole file. */
  readonly sizeInBytes: Bytes;
  /** Position of the first of the bytes. */
  readonly from: FilePosition;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Ascending, without overlap. */
  readonly fields: FileField[];
}

export interface FilePlace {
  /** As a problem names it: a file of the log, or `../NAME` for a checkpoint of its data directory. */
  readonly file: string;
  /** Somewhere in the bytes that come back; the end of the file where it lies behind it. */
  readonly position: FilePosition;
  readonly bytesMax: Bytes;
}

/** Shown in front of the position, so that it does not stand alone. */
const BYTES_BEFORE = 1024;
const OFFSET_CHECKPOINTS: readonly string[] = [
  RECOVERY_POINT_CHECKPOINT,
  LOG_START_CHECKPOINT,
  REPLICATION_CHECKPOINT,
  CLEANER_CHECKPOINT,
];
const OFFSET_FIELDS = ['topic', 'partition', 'offset'];
const EPOCH_FIELDS = ['epoch', 'startOffset'];

type Layout =
  | { readonly kind: 'fixed'; readonly layout: FixedLayout; readonly baseOffset: Offset }
  | { readonly kind: 'lines'; readonly fieldNames: readonly string[] | null }
  | { readonly kind: 'raw' };

interface NamedFile {
  readonly path: string;
  readonly layout: Layout;
}

/** null for a name that is no file of a log: names come from outside, and lead nowhere else. */
function namedFile(directory: string, file: string): NamedFile | null {
  const beside = OFFSET_CHECKPOINTS.find((name) => file === join('..', name));
  if (beside !== undefined)
    return { path: join(dirname(directory), beside), layout: { kind: 'lines', fieldNames: OFFSET_FIELDS } };
  const path = join(directory, file);
  if (file === LEADER_EPOCH_CHECKPOINT) return { path, layout: { kind: 'lines', fieldNames: EPOCH_FIELDS } };
  if (file === PARTITION_METADATA_FILE) return { path, layout: { kind: 'lines', fieldNames: null } };
  const parsed = parseSegmentFileName(file);
  if (parsed === null) return null;
  const { kind, baseOffset } = parsed;
  if (kind === 'log') return { path, layout: { kind: 'raw' } };
  return { path, layout: { kind: 'fixed', layout: FIXED_LAYOUTS[kind], baseOffset } };
}

/** @throws AppError INVALID_ARGUMENT for a name that is no file of a log; NOT_FOUND, NOT_A_REGULAR_FILE, … */
export async function readFileAnatomy(
  fs: ReadingFileSystem,
  directory: string,
  { file, position, bytesMax }: FilePlace,
): Promise<FileAnatomy> {
  const named = namedFile(directory, file);
  if (named === null) throw new AppError('INVALID_ARGUMENT', 'This is no file of a log.', { file });
  const { path, layout } = named;
  return withFile(fs, { path }, async (handle) => {
    const { sizeInBytes } = await handle.status();
    const start = startOf(layout, Math.min(position, Math.max(0, sizeInBytes - 1)));
    const wanted = Buffer.alloc(Math.max(0, Math.min(bytesMax, sizeInBytes - start)));
    const read = wanted.subarray(0, await readFully(handle, wanted, start));
    const skipped = layout.kind === 'lines' && start > 0 ? read.indexOf('\n') + 1 : 0;
    const bytes = new Uint8Array(read.subarray(skipped));
    const from = start + skipped;
    return { sizeInBytes, from, bytes, fields: fieldsOf(layout, bytes, from) };
  });
}

/** At the beginning of an entry, or somewhere in a line. */
function startOf(layout: Layout, position: FilePosition): FilePosition {
  const wanted = position - BYTES_BEFORE;
  if (layout.kind !== 'fixed') return Math.max(0, wanted - (wanted % 16));
  const { headerSize, entrySize } = layout.layout;
  return wanted <= headerSize ? 0 : wanted - ((wanted - headerSize) % entrySize);
}

function fieldsOf(layout: Layout, bytes: Uint8Array, from: FilePosition): FileField[] {
  if (layout.kind === 'raw') return [];
  if (layout.kind === 'lines')
    return lineFields(bytes, { fieldNames: layout.fieldNames, isWhole: from === 0 });
  return entryFields(bytes, { ...layout, from });
}

/**
 * Text checkpoints (CheckpointFile): of partitions' offsets in a data directory, of leader epochs in a partition.
 *
 *   line 1: version 0;  line 2: number of entries;  then one a line:
 *   `topic partition offset` in recovery-point-, log-start-, replication-, cleaner-offset-checkpoint;
 *   `epoch startOffset` in leader-epoch-checkpoint
 *
 * An empty file is no entry; anything else that is not of this shape is an error, as it is to a broker. What is said of
 * the error quotes nothing of the text: it goes into redacted reports.
 */
import type { Bytes, FilePosition, Offset } from '../../../shared/units';

export const RECOVERY_POINT_CHECKPOINT = 'recovery-point-offset-checkpoint';
export const LOG_START_CHECKPOINT = 'log-start-offset-checkpoint';
/** The high watermarks. */
export const REPLICATION_CHECKPOINT = 'replication-offset-checkpoint';
export const CLEANER_CHECKPOINT = 'cleaner-offset-checkpoint';
export const LEADER_EPOCH_CHECKPOINT = 'leader-epoch-checkpoint';
/**
 * Strata's own, in the directory of a log that stands alone, while segments below its offset are deleted or brought back:
 * the offset in digits and a line feed. A broker passes over it.
 */
export const LONE_LOG_START_FILE = '.strata-log-start';

const VERSION = '0';

export interface CheckpointEntry {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
}

export interface LeaderEpoch {
  readonly epoch: number;
  readonly startOffset: Offset;
}

/** The entries, or what is wrong with the text. */
export function readOffsetCheckpoint(text: string): CheckpointEntry[] | string {
  const rows = rowsOf(text, 3);
  if (typeof rows === 'string') return rows;
  const entries = rows.map(([topic, partition, offset]) => ({
    topic: topic!,
    partition: numberOf(partition!),
    offset: numberOf(offset!),
  }));
  const bad = entries.findIndex((entry) => !isCount(entry.partition) || !isCount(entry.offset));
  return bad < 0 ? entries : `entry ${bad + 1} is not made of numbers`;
}

/** Where in the bytes the entry of a partition stands, its line without the end of it; null without one. */
export function placeOfEntry(
  text: string,
  { topic, partition }: Pick<CheckpointEntry, 'topic' | 'partition'>,
): { readonly position: FilePosition; readonly sizeInBytes: Bytes } | null {
  let position = 0;
  for (const line of text.split('\n')) {
    const fields = fieldsOf(line);
    if (fields.length === 3 && fields[0] === topic && Number(fields[1]) === partition)
      return { position, sizeInBytes: Buffer.byteLength(line) };
    position += Buffer.byteLength(line) + 1;
  }
  return null;
}

export function encodeOffsetCheckpoint(entries: readonly CheckpointEntry[]): Uint8Array {
  return encodeRows(entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));
}

/** The offset, or what is wrong with the text. */
export function readLoneLogStart(text: string): Offset | string {
  const offset = Number(text.trimEnd());
  return /^\d+\n$/.test(text) && isCount(offset) ? offset : 'it is not an offset and a line feed';
}

/** The epochs, or what is wrong with the text. */
export function readLeaderEpochs(text: string): LeaderEpoch[] | string {
  const rows = rowsOf(text, 2);
  if (typeof rows === 'string') return rows;
  const epochs = rows.map(([epoch, startOffset]) => ({
    epoch: numberOf(epoch!),
    startOffset: numberOf(startOffset!),
  }));
  const bad = epochs.find((entry) => !isCount(entry.epoch) || !isCount(entry.startOffset));
  return bad === undefined ? epochs : 'an epoch is not made of numbers';
}

export function encodeLeaderEpochs(epochs: readonly LeaderEpoch[]): Uint8Array {
  return encodeRows(epochs.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}

function rowsOf(text: string, fieldCount: number): string[][] | string {
  if (text === '') return [];
  const lines = text.split(/\r?\n/);
  if (lines[0] !== VERSION) return `the version is not ${VERSION}`;
  const count = numberOf(lines[1] ?? '');
  const rows = lines
    .slice(2)
    .filter((line) => line !== '')
    .map(fieldsOf);
  if (!isCount(count)) return 'the number of entries is none';
  if (rows.length !== count) return `${rows.length} entries, and ${count} announced`;
  return rows.every((row) => row.length === fieldCount) ? rows : 'a line has another number of fields';
}

/** As Java's `split("\\s+")` does: white space at the end is none, in front it makes an empty field. */
function fieldsOf(line: string): string[] {
  return line.replace(/[ \t\v\f]+$/, '').split(/[ \t\v\f]+/);
}

/** NaN for what is no decimal number: an empty field, too, which `Number` would take for 0. */
function numberOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function encodeRows(rows: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${[VERSION, rows.length, ...rows].join('\n')}\n`);
}

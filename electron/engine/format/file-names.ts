/**
 * Names in a data directory: of partition directories and of the files inside them (LogFileUtils, UnifiedLog).
 * Pure text: whether a file exists or fits its name is not known here.
 */
import type { Offset } from '../../../shared/units';

export const LOG_SUFFIX = '.log';
export const OFFSET_INDEX_SUFFIX = '.index';
export const TIME_INDEX_SUFFIX = '.timeindex';
export const TRANSACTION_INDEX_SUFFIX = '.txnindex';
export const SNAPSHOT_SUFFIX = '.snapshot';
export const DELETED_SUFFIX = '.deleted';
export const CLEANED_SUFFIX = '.cleaned';
export const SWAP_SUFFIX = '.swap';

/** All files of one segment but the snapshot of the producer state, in Kafka's order (LogSegment.changeFileSuffixes). */
export const SEGMENT_SUFFIXES = [
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
] as const;

/** Locked by a broker while it runs. */
export const BROKER_LOCK_FILE = '.lock';
/** Its presence says that the last broker here stopped in order. */
export const CLEAN_SHUTDOWN_MARKER = '.kafka_cleanshutdown';
/** Whose the data directory is: every broker has it in its own since its first start, the engine writes none. */
export const BROKER_PROPERTIES_FILE = 'meta.properties';
/** Strata's own, in a log's directory. Without leading digits: a broker's swap recovery deletes numbered files. */
export const LOG_LOCK_FILE = '.strata-lock';
/** Files that only the root of a broker's data directory has (LogManager, KafkaRaftServer). */
export const DATA_DIRECTORY_FILES: readonly string[] = [
  BROKER_LOCK_FILE,
  CLEAN_SHUTDOWN_MARKER,
  BROKER_PROPERTIES_FILE,
  'recovery-point-offset-checkpoint',
  'log-start-offset-checkpoint',
  'replication-offset-checkpoint',
  'cleaner-offset-checkpoint',
  'bootstrap.checkpoint',
];
/** The topic of the controllers' own log. */
export const CLUSTER_METADATA_TOPIC = '__cluster_metadata';

const OFFSET_DIGITS = 20;

/** `00000000000000000042`: the base offset with leading zeros. */
export function offsetName(offset: Offset): string {
  return String(offset).padStart(OFFSET_DIGITS, '0');
}

export type SegmentFileKind = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot';
export type SegmentFileState = 'current' | 'deleted' | 'cleaned' | 'swap';

export interface SegmentFileName {
  readonly baseOffset: Offset;
  readonly kind: SegmentFileKind;
  readonly state: SegmentFileState;
}

/** Kafka reads any run of digits as the offset (LocalLog.offsetFromFileName), and writes twenty. */
const SEGMENT_FILE = /^(\d{1,20})\.(log|index|timeindex|txnindex|snapshot)(?:\.(deleted|cleaned|swap))?$/;

/** The parts of a segment file's name, or null where it is none (or its offset is outside the safe integers). */
export function parseSegmentFileName(name: string): SegmentFileName | null {
  const match = SEGMENT_FILE.exec(name);
  if (match === null) return null;
  const baseOffset = Number(match[1]);
  if (!Number.isSafeInteger(baseOffset)) return null;
  return {
    baseOffset,
    kind: match[2] as SegmentFileKind,
    state: (match[3] as SegmentFileState | undefined) ?? 'current',
  };
}

const SUFFIXES_BEHIND_OFFSET: readonly string[] = [
  ...SEGMENT_SUFFIXES,
  SNAPSHOT_SUFFIX,
  CLEANED_SUFFIX,
  SWAP_SUFFIX,
];

/** Whether a broker takes the file for one of a segment and finds no offset in front of the first dot of its name. */
export function lacksOffsetInName(name: string): boolean {
  return SUFFIXES_BEHIND_OFFSET.some((suffix) => name.endsWith(suffix)) && !/^[+-]?\d{1,20}\./.test(name);
}

export type LogDirectoryState = 'current' | 'future' | 'deleted' | 'stray';

export interface LogDirectoryName {
  readonly topic: string;
  readonly partition: number;
  readonly state: LogDirectoryState;
}

const STATE_SUFFIX = /^(.*)\.([0-9a-f]{32})-(delete|future|stray)$/;
const STATE_BY_SUFFIX = { delete: 'deleted', future: 'future', stray: 'stray' } as const;

/** Topic and partition of a directory name, split at the last `-`; null where it is no partition's name. */
export function parseLogDirectoryName(name: string): LogDirectoryName | null {
  const marked = STATE_SUFFIX.exec(name);
  const plain = marked === null ? name : marked[1]!;
  const dash = plain.lastIndexOf('-');
  const digits = plain.slice(dash + 1);
  if (dash < 1 || !/^\d{1,10}$/.test(digits)) return null;
  return {
    topic: plain.slice(0, dash),
    partition: Number(digits),
    state: marked === null ? 'current' : STATE_BY_SUFFIX[marked[3] as keyof typeof STATE_BY_SUFFIX],
  };
}

/**
 * Every kind of damage or oddity that Strata reports, in one table: code, severity, title, consequence, remedy.
 *
 * Codes are API: scripts and tests branch on them. The documentation of problems is made from this table.
 * `consequence` says what a broker does with it (KAFKA_STORAGE rules, class named where it matters).
 */
import type { Bytes, FilePosition, Offset } from './units';

/** error: data is lost or unreadable, or a broker would cut or misread. warning: harmless today, wrong all the same. */
export type Severity = 'error' | 'warning' | 'info';

export interface ProblemKind {
  readonly severity: Severity;
  readonly title: string;
  readonly consequence: string;
  readonly remedy: string;
}

const RECOVERY =
  'After an unclean stop a broker truncates the log here and deletes all later segments (LogSegment.recover). ' +
  'After a clean stop it serves the log and readers fail at this batch.';
/** Of what ends a walk over the headers, which every start makes at the end of the last segment. */
const NO_START =
  'After an unclean stop a broker truncates the log here and deletes all later segments (LogSegment.recover). ' +
  'After a clean stop it refuses to start where this is in the last segment (LogSegment.readNextOffset).';
const REREAD = 'Copy the partition from another replica, or salvage the sound batches into a new log.';
const REBUILD = 'Rebuild the index from the log.';

export const PROBLEM_KINDS = {
  'batch-crc-mismatch': {
    severity: 'error',
    title: 'The CRC of a batch does not match its bytes',
    consequence: RECOVERY,
    remedy: REREAD,
  },
  'batch-length-invalid': {
    severity: 'error',
    title: 'The length field of a batch is too small',
    consequence: NO_START,
    remedy: REREAD,
  },
  'batch-magic-unknown': {
    severity: 'error',
    title: 'The magic byte of a batch is not 0, 1 or 2',
    consequence: RECOVERY,
    remedy: REREAD,
  },
  'batch-header-out-of-range': {
    severity: 'error',
    title: 'A header field does not fit its range',
    consequence: RECOVERY,
    remedy: REREAD,
  },
  'batch-offset-out-of-order': {
    severity: 'error',
    title: 'The base offset of a batch is not above the last offset before it',
    consequence: 'A broker does not check this at start-up: look-ups by offset may return wrong records.',
    remedy: REREAD,
  },
  'batch-offset-outside-segment': {
    severity: 'error',
    title: 'A batch lies outside the offset range of its segment',
    consequence: 'Look-ups by offset miss these records, or a broker splits the segment at start-up.',
    remedy: REREAD,
  },
  'batch-offset-gap': {
    severity: 'warning',
    title: 'Offsets are missing between two batches of a log that shows no sign of compaction',
    consequence: 'Readers skip the gap without an error.',
    remedy: 'Compare with another replica.',
  },
  'batch-leader-epoch-out-of-order': {
    severity: 'error',
    title: 'The leader epoch of a batch is lower than the one before it',
    consequence: 'Not covered by the CRC. Followers may truncate at the wrong offset.',
    remedy: REREAD,
  },
  'batch-record-count-mismatch': {
    severity: 'error',
    title: 'The record count of a batch does not fit its offsets or its records',
    consequence: 'Readers fail at this batch.',
    remedy: REREAD,
  },
  'batch-attributes-unknown': {
    severity: 'warning',
    title: 'A batch has attribute bits set that no Kafka version uses',
    consequence: 'Brokers ignore the bits.',
    remedy: 'Find out which program wrote the batch.',
  },
  'codec-unknown': {
    severity: 'error',
    title: 'The compression codec of a batch is unknown',
    consequence: 'The CRC holds, so a broker keeps the batch, but readers fail at it.',
    remedy: 'Read it with the version that wrote it.',
  },
  'records-decompression-failed': {
    severity: 'error',
    title: 'The records of a batch cannot be decompressed',
    consequence: 'Readers fail at this batch.',
    remedy: REREAD,
  },
  'records-too-large': {
    severity: 'warning',
    title: 'The records of a batch decompress to more than the limit',
    consequence: 'Not read, to keep memory bounded; a consumer may run out of memory.',
    remedy: 'Raise the limit if the batch is expected.',
  },
  'record-malformed': {
    severity: 'error',
    title: 'A record inside a batch is malformed',
    consequence: 'Readers fail at this batch.',
    remedy: REREAD,
  },
  'control-record-malformed': {
    severity: 'error',
    title: 'A control record is malformed',
    consequence: 'The transaction it ends cannot be resolved.',
    remedy: REREAD,
  },
  'segment-torn-tail': {
    severity: 'error',
    title: 'The segment ends inside a batch',
    consequence: 'A broker cuts these bytes off when it recovers the segment after an unclean stop.',
    remedy: 'Nothing to do if the writer was killed; otherwise copy from another replica.',
  },
  'segment-zero-bytes': {
    severity: 'error',
    title: 'A range of the segment is filled with zeros',
    consequence: NO_START,
    remedy:
      'Typical after a power cut. Copy the partition from another replica, or remove the marker of the clean stop so that the broker cuts them off.',
  },
  'segment-overlap': {
    severity: 'error',
    title: 'The segment holds offsets that belong to the next one',
    consequence: 'Records with these offsets may be read twice or not at all.',
    remedy: REREAD,
  },
  'log-unreadable': {
    severity: 'error',
    title: 'The directory of a log cannot be read',
    consequence: 'The broker takes the whole data directory offline at this error.',
    remedy: 'Check permissions and the disk.',
  },
  'segment-unreadable': {
    severity: 'error',
    title: 'A segment file cannot be read',
    consequence: 'The broker takes the whole data directory offline at this error.',
    remedy: 'Check permissions, the file type and the disk.',
  },
  'offset-index-missing': {
    severity: 'warning',
    title: 'The offset index is missing',
    consequence: 'A broker recovers the whole segment at its next start (LogLoader).',
    remedy: REBUILD,
  },
  'offset-index-size-invalid': {
    severity: 'error',
    title: 'The size of the offset index is not a multiple of 8 bytes',
    consequence: 'A broker rebuilds the index, or trusts a wrong last entry.',
    remedy: REBUILD,
  },
  'offset-index-out-of-order': {
    severity: 'error',
    title: 'Entries of the offset index do not increase',
    consequence: 'A broker does not check this: the binary search may start behind its record.',
    remedy: REBUILD,
  },
  'offset-index-beyond-log': {
    severity: 'error',
    title: 'An entry of the offset index points behind the end of the log',
    consequence: 'A look-up through it finds nothing; the records there seem lost.',
    remedy: REBUILD,
  },
  'offset-index-misleading': {
    severity: 'error',
    title: 'A look-up through an entry of the offset index would start behind its record',
    consequence: 'A read at this offset skips records without an error.',
    remedy: REBUILD,
  },
  'time-index-missing': {
    severity: 'warning',
    title: 'The time index is missing',
    consequence:
      'A broker creates an empty one and does not rebuild it: retention by time then uses the modification time.',
    remedy: REBUILD,
  },
  'time-index-size-invalid': {
    severity: 'error',
    title: 'The size of the time index is not a multiple of 12 bytes',
    consequence: 'A broker trusts a wrong last entry, or rebuilds the index.',
    remedy: REBUILD,
  },
  'time-index-out-of-order': {
    severity: 'error',
    title: 'Entries of the time index do not increase',
    consequence: 'Look-ups by time may start behind their record.',
    remedy: REBUILD,
  },
  'time-index-misleading': {
    severity: 'error',
    title: 'An entry of the time index does not fit the log',
    consequence: 'Look-ups by time may skip records, and retention by time may delete early or late.',
    remedy: REBUILD,
  },
  'transaction-index-malformed': {
    severity: 'error',
    title: 'The transaction index cannot be read',
    consequence: 'Consumers with isolation.level read_committed fail, or read aborted records.',
    remedy: 'Delete it while the broker is down: it is rebuilt from the log.',
  },
  'transaction-index-version-unknown': {
    severity: 'error',
    title: 'The transaction index has a version that is not known',
    consequence: 'A broker that does not know it either refuses to start (TransactionIndex.sanityCheck).',
    remedy: 'Delete it while the broker is down, with the index beside it: both are rebuilt from the log.',
  },
  'transaction-index-misleading': {
    severity: 'error',
    title: 'The transaction index does not fit the abort markers of its segment',
    consequence:
      'A consumer with isolation.level read_committed reads aborted records, or misses committed ones.',
    remedy: 'Delete it while the broker is down, with the index beside it: both are rebuilt from the log.',
  },
  'producer-snapshot-malformed': {
    severity: 'warning',
    title: 'A snapshot of the producer state cannot be read',
    consequence:
      'A broker deletes it and replays the log from the snapshot before it (ProducerStateManager).',
    remedy: 'Nothing to do.',
  },
  'producer-sequence-out-of-order': {
    severity: 'warning',
    title: 'The sequence number of a batch is not above the one before it',
    consequence: 'Readers see the records of a producer twice.',
    remedy: 'Compare with another replica.',
  },
  'leader-epoch-checkpoint-malformed': {
    severity: 'error',
    title: 'leader-epoch-checkpoint cannot be read',
    consequence: 'The broker takes the whole data directory offline at this error (CheckpointFile).',
    remedy: 'Copy the partition from another replica.',
  },
  'leader-epoch-checkpoint-mismatch': {
    severity: 'warning',
    title: 'leader-epoch-checkpoint does not fit the leader epochs of the batches',
    consequence: 'A follower may truncate at the wrong offset (LeaderEpochFileCache.endOffsetFor).',
    remedy: 'Copy the partition from another replica.',
  },
  'partition-metadata-malformed': {
    severity: 'error',
    title: 'partition.metadata cannot be read',
    consequence: 'The broker takes the whole data directory offline at this error (PartitionMetadataFile).',
    remedy: 'Write the topic id of the cluster metadata into it.',
  },
  'checkpoint-malformed': {
    severity: 'error',
    title: 'A checkpoint of the data directory cannot be read',
    consequence:
      'A broker treats its offsets as 0, and recovers or reads more than it would have to (LogManager).',
    remedy: 'Delete it while the broker is down: it is written again.',
  },
  'checkpoint-beyond-log': {
    severity: 'warning',
    title: 'A checkpoint of the data directory names an offset behind the end of the log',
    consequence: 'A broker takes the end of the log instead.',
    remedy: 'Find out whether the end of the log was lost: compare with another replica.',
  },
  'log-start-beyond-log': {
    severity: 'error',
    title: 'The log start offset lies behind the end of the log',
    consequence: 'A broker deletes all segments of the log at its next start (LogLoader).',
    remedy: 'Correct the entry in log-start-offset-checkpoint while the broker is down.',
  },
  'log-start-malformed': {
    severity: 'error',
    title: 'The log start that a run of Strata noted cannot be used',
    consequence:
      'The engine of Strata does not open the log. What is shown begins at the first segment, and may hold deleted records.',
    remedy:
      'Delete the file: the log then begins at its first segment. The run that left it can be undone still.',
  },
  'timestamp-in-future': {
    severity: 'warning',
    title: 'A segment holds a timestamp in the future',
    consequence: 'Retention by time does not delete the segment before that time.',
    remedy: 'Find the producer that sets it; retention.bytes still works.',
  },
  'file-not-regular': {
    severity: 'error',
    title: 'A file of the log is not a regular file',
    consequence: 'A broker may hang or fail when it opens it.',
    remedy: 'Remove it, or put the real file back.',
  },
  'file-leftover': {
    severity: 'info',
    title: 'A file is left over from a deletion or a cleaning',
    consequence: 'A broker deletes or completes it at its next start (LogLoader).',
    remedy: 'Nothing to do.',
  },
  'file-name-without-offset': {
    severity: 'error',
    title: 'A file of a log has a name that begins with no offset',
    consequence: 'The broker refuses to start: it takes the file for one of a segment (LogFileUtils).',
    remedy: 'Move it out of the directory, or rename it so that it does not end like a file of a segment.',
  },
  'directory-not-topic-partition': {
    severity: 'error',
    title: 'A directory in the data directory is not named topic-partition',
    consequence: 'The broker refuses to start, before it loads any log (UnifiedLog.parseTopicPartitionName).',
    remedy: 'Move it out of the data directory.',
  },
  'directory-partition-twice': {
    severity: 'error',
    title: 'Two directories hold the same partition',
    consequence: 'The broker refuses to start once it has loaded both (LogManager.loadLog).',
    remedy: 'Find out which one is current, and move the other out of the data directory.',
  },
  'directory-future-beside-current': {
    severity: 'error',
    title: 'The future copy of a partition is in the same data directory as its current log',
    consequence: 'The broker refuses to start: it cannot put one in the place of the other.',
    remedy: 'Move the future copy out of the data directory; the current log is the one that was served.',
  },
  'file-orphaned-index': {
    severity: 'info',
    title: 'An index has no segment',
    consequence: 'A broker deletes it at its next start (LogLoader).',
    remedy: 'Nothing to do.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEM_KINDS;

/** One finding: what, where and what follows from it. Travels as it is to the window and into `--json`. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** Name of the file inside the log's directory. */
  readonly file: string;
  /** First byte concerned, or null where the whole file is meant. */
  readonly position: FilePosition | null;
  /** Bytes concerned, or null where that is not known. */
  readonly sizeInBytes: Bytes | null;
  /** Base offset of the batch or segment concerned, or null where none is known. */
  readonly baseOffset: Offset | null;
  /** What is wrong, with the numbers of this case. */
  readonly message: string;
  readonly consequence: string;
}

export interface ProblemPlace {
  readonly file: string;
  readonly position?: FilePosition | null;
  readonly sizeInBytes?: Bytes | null;
  readonly baseOffset?: Offset | null;
}

/** Makes a problem of a kind at a place; severity and consequence come from the table. */
export function problemAt(code: ProblemCode, place: ProblemPlace, message: string): Problem {
  const { severity, consequence } = PROBLEM_KINDS[code];
  return {
    code,
    severity,
    file: place.file,
    position: place.position ?? null,
    sizeInBytes: place.sizeInBytes ?? null,
    baseOffset: place.baseOffset ?? null,
    message,
    consequence,
  };
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** null where there are none. */
export function worstSeverityOf(problems: readonly { readonly severity: Severity }[]): Severity | null {
  return SEVERITIES.find((each) => problems.some(({ severity }) => severity === each)) ?? null;
}

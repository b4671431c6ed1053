/**
 * What a broker does to a file when it starts, and why, in words for the window and the command line.
 *
 * Codes are API (`strata startup --json`). The rules themselves are the engine's (rules/, inspect/startup-*.ts); read
 * from LogManager.loadLogs, LogLoader.load and ProducerStateManager, and compared with a running Kafka 4.4.0.
 */

/** Most consequential first: a file to which several things happen shows the first of them. */
export const STARTUP_ACTIONS = {
  /** The broker stops here. */
  refuse: 'refuses to start',
  /** What a broker makes of it depends on more than these rules. */
  unpredicted: 'not predicted',
  delete: 'deletes',
  /** Renamed to .deleted or -delete at once, gone after file.delete.delay.ms (a minute). */
  'delete-later': 'deletes after a delay',
  truncate: 'truncates',
  /** A directory becomes -stray. */
  'set-aside': 'sets aside',
  rebuild: 'writes anew',
  /** Loses its .swap. */
  rename: 'completes',
  create: 'creates',
  /** Every byte is read. */
  check: 'checks',
  keep: 'keeps',
} as const;
export type StartupAction = keyof typeof STARTUP_ACTIONS;

export const STARTUP_REASONS = {
  'name-not-topic-partition':
    'The name is not topic-partition: the broker stops before it loads any log (UnifiedLog.parseTopicPartitionName).',
  'partition-twice': 'Another directory holds the same partition: the broker stops once it has loaded both.',
  'future-beside-current':
    'A future copy and the current log of one partition are in the same directory: the broker cannot put one in the place of the other, and stops.',
  'offset-in-name-unreadable':
    'The name begins with no offset: the broker stops when it takes the file for one of a segment.',
  'batch-length-too-small':
    'A length field here is too small for a batch. After a clean stop nothing is cut off: looking for the end of the log fails here, and the broker stops.',
  'batch-overrun': 'A batch header reaches past the end of the file, and reading it stops the broker.',
  'offsets-out-of-order':
    'Offsets do not increase where an index entry is due: rebuilding the index fails, and the broker stops.',
  'transaction-index-version':
    'The transaction index has a version that this broker does not know: it stops (TransactionIndex.sanityCheck).',
  'leader-epoch-checkpoint-malformed':
    'leader-epoch-checkpoint cannot be read: the data directory goes offline, and the broker stops with its last one.',
  'partition-metadata-malformed':
    'partition.metadata cannot be read: the data directory goes offline, and the broker stops with its last one.',
  'file-unreadable':
    'The file cannot be read: the data directory goes offline, and the broker stops with its last one.',
  'offset-overflow':
    'An offset lies outside the range of its segment: the broker splits the segment into new ones. What they hold is not predicted.',
  'clean-shutdown-marker':
    'Whoever was here last stopped in order. The marker goes first, so that a crash during the start counts as a crash.',
  'checkpoint-malformed': 'It cannot be read: its offsets count as 0, and it is written again.',
  'checkpoint-missing': 'It is missing: an empty one is made.',
  'deletion-decided':
    'The partition was deleted: the directory is loaded once more, and goes after the delay.',
  'set-aside-before': 'An earlier start set this directory aside. It is loaded, and served to nobody.',
  'topic-id-missing':
    'partition.metadata is missing, so that nobody knows which topic this is: renamed to -stray and kept.',
  'not-assigned':
    'The cluster metadata does not assign this partition to this broker: renamed to -stray and kept.',
  'assigned-and-missing':
    'The cluster metadata assigns this partition to this broker, and no directory holds it: an empty log is made.',
  'metadata-log': 'The quorum opens its log by itself, and checks every segment of it at each start.',
  'index-cache': 'The cache of tiered indexes: no log.',
  deleted: 'A deletion was decided before the broker stopped.',
  cleaned: 'The output of a cleaning that was not finished.',
  'swap-unfinished':
    'A cleaning or a split had not renamed all of its output: what it had renamed goes again (KAFKA-6264).',
  'replaced-by-swap': 'Its offsets lie in what a .swap segment covers.',
  'swap-complete': 'The cleaning was finished: the file loses its .swap.',
  'swap-index-missing': 'The .swap segment has no offset index: looking for its end makes one of zeros.',
  'name-without-twenty-digits':
    'Another file has this offset in its name, with fewer digits: a broker opens the name of twenty, and leaves the other.',
  'orphaned-index': 'There is no .log file of this offset.',
  'offset-index-missing':
    'The offset index is missing: the whole segment is checked, its indexes are written anew.',
  'transaction-index-corrupt':
    'The transaction index names a transaction below the segment: the whole segment is checked, its indexes are written anew.',
  'time-index-missing':
    'It is missing: an empty one is made, not rebuilt. Retention by time uses the modification time of the segment.',
  unflushed:
    'After an unclean stop every segment from the recovery point on is checked, its indexes are written anew.',
  'bad-batch': 'The first bytes that are no sound batch: the segment ends there.',
  'behind-cut': 'A segment before it was cut off, and offsets must not have holes.',
  'log-start-beyond-end':
    'The log start offset lies behind the end of the log: all segments go, and a new one begins at the log start offset.',
  'no-segment': 'The log has no segment: an empty one is made.',
  'snapshot-stray': 'A snapshot of the producer state that belongs to no segment.',
  'snapshot-out-of-range': 'A snapshot of the producer state outside of the log.',
  'snapshot-unreadable': 'The snapshot cannot be read: the producer state is read from the log instead.',
  'snapshot-due': 'The producer state at this offset.',
  'leader-epoch-checkpoint-missing': 'It is missing: an empty one is made.',
  'epochs-temporary': 'A write that did not finish: it goes when the broker notes its next leader epoch.',
  'not-a-file': 'It is no regular file: passed over.',
  unchanged: 'Nothing to do.',
} as const;
export type StartupReason = keyof typeof STARTUP_REASONS;

/** What happens to one file or directory. */
export interface StartupStep {
  /** Directory of the log; null for what stands in the data directory itself. */
  readonly log: string | null;
  /** Name before the start (after it, for a file that is created); empty for the directory itself. */
  readonly file: string;
  readonly action: StartupAction;
  /** Name after the start, where it is another one; an identifier in it is drawn by the broker and shown as `…`. */
  readonly toName: string | null;
  /** Before the start; null for what is not there yet, and for directories. */
  readonly sizeInBytes: number | null;
  /** Of what is left; null where nothing is left, and where the size is not predicted. */
  readonly sizeAfterInBytes: number | null;
  readonly reason: StartupReason;
  /** The numbers of this case, in a sentence; null where there is nothing to add. */
  readonly detail: string | null;
}

/** Bytes that go (delete, truncate) or are read (check) by a step; null for the others. */
export function bytesOfStep({ action, sizeInBytes, sizeAfterInBytes }: StartupStep): number | null {
  if (sizeInBytes === null) return null;
  if (action === 'truncate') return sizeInBytes - (sizeAfterInBytes ?? 0);
  return action === 'delete' || action === 'delete-later' || action === 'check' ? sizeInBytes : null;
}

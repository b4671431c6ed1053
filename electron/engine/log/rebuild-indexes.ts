/**
 * Writes index files of a log anew from its batches, keeps the old ones as `.deleted` files, and takes that back.
 *
 * The caller holds the directory's lock. All new files stand complete and synced as `.tmp` files before the first old one
 * is touched: until then a failure or a cancel leaves the log as it was. Then file by file the old one is renamed away and
 * the new one takes its name; in between an index is missing at worst, which every broker can do without.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import { DueIndexEntries } from '../../../shared/plan/due-index-entries';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { DELETED_SUFFIX, LOG_SUFFIX, offsetName, SNAPSHOT_SUFFIX } from '../format/file-names';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { encodeAbortedTransaction } from '../format/transaction-index';
import { ProducerStates } from '../rules/producer-states';
import { readWhole, writeWhole } from './atomic-file';
import { readBatchPieces } from './batch-stream';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { offsetIndexBytes, timeIndexBytes } from './index-file';
import type { LogBatch } from './log-batch';
import { RunJournal, type RunRecord } from './run-journal';
import { type PlannedSegment, requireUnchanged } from './segments-on-disk';
import { inWriteMode } from './write-mode';

const TEMPORARY_SUFFIX = '.tmp';
const SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024;

export interface RebuiltIndexFile {
  readonly name: string;
  /** Of its segment; of no segment where the file goes because there is none. */
  readonly baseOffset: Offset;
  readonly kind: 'offset-index' | 'time-index' | 'transaction-index';
  readonly bytesBefore: Bytes | null;
  /** null where the file only goes. */
  readonly entriesAfter: number | null;
}

export interface IndexRebuildRun {
  readonly lock: LockedDirectory;
  /** All of the log, ascending, as the plan saw them. */
  readonly segments: readonly PlannedSegment[];
  readonly files: readonly RebuiltIndexFile[];
  /** index.interval.bytes */
  readonly indexIntervalBytes: Bytes;
  readonly journal: RunJournal;
  readonly groupId: string;
  readonly nowMs: TimestampMs;
  /** file.delete.delay.ms */
  readonly fileDeleteDelayMs: Milliseconds;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of log files. */
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
}

/**
 * @throws AppError PLAN_OUTDATED where the files are no longer those of the plan; CORRUPT where a batch is damaged;
 * STORAGE_UNSAFE where an earlier run keeps a file under a name that this one needs; the signal's reason when aborted.
 * The log is then as it was
 */
export async function rebuildIndexes(fs: FileSystem, run: IndexRebuildRun): Promise<RunRecord> {
  const { lock, segments, files, journal, nowMs } = run;
  const { directory } = lock;
  await requireUnchanged(fs, directory, segments);
  await requireFreeNames(run);
  const sizes = new Map(segments.map(({ baseOffset, sizeInBytes }) => [baseOffset, sizeInBytes]));
  const record: RunRecord = {
    schema: 'strata.run/1',
    runId: RunJournal.newId(nowMs),
    groupId: run.groupId,
    kind: 'rebuild-index',
    logPath: directory,
    startedAtMs: nowMs,
    state: 'running',
    deletedBaseOffsets: [...new Set(files.map(({ baseOffset }) => baseOffset))],
    newBaseOffsets: [],
    replacedFiles: files.map(({ name, baseOffset, bytesBefore }) => ({
      ...{ name, baseOffset, wasThere: bytesBefore !== null },
      logSizeInBytes: sizes.get(baseOffset) ?? null,
    })),
    deletedFiles: files.flatMap(({ name, bytesBefore }) =>
      bytesBefore === null ? [] : [name + DELETED_SUFFIX],
    ),
    freedBytes: files.reduce((sum, { bytesBefore }) => sum + (bytesBefore ?? 0), 0),
    purgeDueAtMs: nowMs + run.fileDeleteDelayMs,
  };
  await journal.begin(record);
  try {
    await writeTemporary(fs, run);
  } catch (error) {
    await removeTemporary(fs, directory, record);
    await journal.write({ ...record, state: 'undone' });
    throw error;
  }
  return inWriteMode(fs, lock, async (changing) => {
    for (const { name, entriesAfter } of files) {
      const path = join(directory, name);
      if ((await changing.status(path)) !== null) await changing.rename(path, path + DELETED_SUFFIX);
      if (entriesAfter !== null) await changing.rename(path + TEMPORARY_SUFFIX, path);
    }
    await changing.syncDirectory(directory);
    const done: RunRecord = { ...record, state: 'done' };
    await journal.write(done);
    return done;
  });
}

/**
 * @throws AppError NOT_FOUND where an old file was purged meanwhile, STORAGE_UNSAFE where a segment was written to since:
 * its old index would not know what came behind
 */
export async function requireReplaceable(
  fs: FileSystem,
  { directory }: LockedDirectory,
  run: RunRecord,
): Promise<void> {
  for (const file of run.replacedFiles ?? []) {
    await requireSameLog(fs, directory, file);
    const isGone = (await fs.status(join(directory, file.name + DELETED_SUFFIX))) === null;
    if (run.state === 'done' && file.wasThere && isGone)
      throw new AppError('NOT_FOUND', `${file.name} as it was has been purged; the run cannot be undone.`, {
        path: directory,
      });
  }
}

/** Takes a run back that `requireReplaceable` lets pass, also one that was cut off anywhere. */
export async function undoIndexRebuild(
  fs: FileSystem,
  { directory }: LockedDirectory,
  journal: RunJournal,
  run: RunRecord,
): Promise<void> {
  // From here on a file that is back has no `.deleted` one any more.
  await journal.write({ ...run, state: 'running' });
  for (const { name, wasThere } of run.replacedFiles ?? []) {
    const path = join(directory, name);
    if (!wasThere) {
      if ((await fs.status(path)) !== null) await fs.removeFile(path);
    } else if ((await fs.status(path + DELETED_SUFFIX)) !== null)
      await fs.rename(path + DELETED_SUFFIX, path);
  }
  await removeTemporary(fs, directory, run);
}

async function requireSameLog(
  fs: FileSystem,
  directory: string,
  { baseOffset, logSizeInBytes }: NonNullable<RunRecord['replacedFiles']>[number],
): Promise<void> {
  if (logSizeInBytes === null) return;
  const name = offsetName(baseOffset) + LOG_SUFFIX;
  const status = await fs.status(join(directory, name));
  if (status?.sizeInBytes === logSizeInBytes) return;
  throw new AppError('STORAGE_UNSAFE', `${name} changed since its indexes were rebuilt.`, {
    path: directory,
  });
}

/** A `.deleted` file that another run may still need is not overwritten. */
async function requireFreeNames({ journal, lock, files }: IndexRebuildRun): Promise<void> {
  const wanted = new Set(files.map(({ name }) => name + DELETED_SUFFIX));
  const open = (await journal.runsOn(lock.directory)).filter(
    ({ state, logPath }) => logPath === lock.directory && (state === 'done' || state === 'running'),
  );
  const inTheWay = open.find(({ deletedFiles }) => deletedFiles.some((name) => wanted.has(name)));
  if (inTheWay === undefined) return;
  throw new AppError(
    'STORAGE_UNSAFE',
    `The files of an earlier run (${inTheWay.kind}) would be lost. Undo it, or free its space, first.`,
    { runId: inTheWay.runId },
  );
}

async function removeTemporary(fs: FileSystem, directory: string, run: RunRecord): Promise<void> {
  for (const { name } of run.replacedFiles ?? []) {
    const path = join(directory, name + TEMPORARY_SUFFIX);
    if ((await fs.status(path)) !== null) await fs.removeFile(path);
  }
  await fs.syncDirectory(directory);
}

/** Walks the segments that need it; transactions are followed from the beginning of the log. */
async function writeTemporary(fs: FileSystem, run: IndexRebuildRun): Promise<void> {
  const { lock, segments, files, signal, onProgress } = run;
  const written = files.filter(({ entriesAfter }) => entriesAfter !== null);
  const lastOfTransactions = Math.max(
    ...written.map(({ kind, baseOffset }) => (kind === 'transaction-index' ? baseOffset : -1)),
    -1,
  );
  const wanted = new Set(written.map(({ baseOffset }) => baseOffset));
  const walked = segments.filter(
    ({ baseOffset }) => baseOffset <= lastOfTransactions || wanted.has(baseOffset),
  );
  const producers = lastOfTransactions < 0 ? null : await producersAt(fs, lock.directory, segments[0]!);
  const bytesTotal = walked.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  let bytesDone = 0;
  for (const segment of walked) {
    const ownFiles = written.filter(({ baseOffset }) => baseOffset === segment.baseOffset);
    const indexes = new RebuiltIndexes(segment.baseOffset, run.indexIntervalBytes, producers);
    const fileName = offsetName(segment.baseOffset) + LOG_SUFFIX;
    const path = join(lock.directory, fileName);
    for await (const batches of readBatchPieces(fs, { ...segment, path, fileName, signal })) {
      for (const batch of batches) {
        indexes.add(batch);
        bytesDone += batch.bytes.length;
      }
      onProgress?.({ bytesDone, bytesTotal });
    }
    for (const file of ownFiles) {
      const bytes = indexes.bytesOf(file);
      if (bytes === null) throw planOutdated(lock.directory);
      await writeWhole(fs, join(lock.directory, file.name + TEMPORARY_SUFFIX), bytes);
    }
  }
}

async function producersAt(
  fs: FileSystem,
  directory: string,
  { baseOffset }: PlannedSegment,
): Promise<ProducerStates> {
  const path = join(directory, offsetName(baseOffset) + SNAPSHOT_SUFFIX);
  const bytes = await readWhole(fs, path, SNAPSHOT_BYTES_MAX);
  const entries = bytes === null ? null : readProducerSnapshot(bytes);
  return new ProducerStates(Array.isArray(entries) ? entries : []);
}

/** What a recovery would write beside one segment. */
class RebuiltIndexes {
  readonly #offsets = new OffsetIndexColumns();
  readonly #times = new TimeIndexColumns();
  readonly #aborted: Uint8Array[] = [];
  readonly #due: DueIndexEntries;
  readonly #producers: ProducerStates | null;

  constructor(baseOffset: Offset, indexIntervalBytes: Bytes, producers: ProducerStates | null) {
    const sinks = { offsets: this.#offsets, times: this.#times };
    this.#due = new DueIndexEntries({ baseOffset, indexIntervalBytes }, sinks);
    this.#producers = producers;
  }

  add(batch: LogBatch): void {
    this.#due.add(batch.header, batch.position);
    const aborted = this.#producers?.update(batch.header, () => batch.records()) ?? null;
    if (aborted !== null) this.#aborted.push(encodeAbortedTransaction(aborted));
  }

  /** null where there are not as many entries as were planned. */
  bytesOf({ kind, entriesAfter }: RebuiltIndexFile): Uint8Array | null {
    this.#due.finish();
    const count = { 'offset-index': this.#offsets.count, 'time-index': this.#times.count };
    if ((kind === 'transaction-index' ? this.#aborted.length : count[kind]) !== entriesAfter) return null;
    if (kind === 'offset-index') return offsetIndexBytes(this.#offsets);
    return kind === 'time-index' ? timeIndexBytes(this.#times) : Buffer.concat(this.#aborted);
  }
}

function planOutdated(path: string): AppError {
  return new AppError('PLAN_OUTDATED', 'The files changed since the plan was made; nothing was done.', {
    path,
  });
}

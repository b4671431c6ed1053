/**
 * The files of one log's directory, sorted into segments and the rest. Names and sizes only; opens nothing.
 *
 * Also says what is odd by name alone: leftovers of deletions and cleanings, indexes without a segment, entries
 * that are no regular files.
 */
import { type Problem, problemAt } from '../../../shared/problem';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { DirectoryEntry, FileStatus, ReadingFileSystem } from '../file-system';
import {
  lacksOffsetInName,
  parseSegmentFileName,
  type SegmentFileKind,
  type SegmentFileName,
} from '../format/file-names';
import { pathsIn, statusesOf } from '../statuses';
import { formatOf } from './log-format';
import type { CountedPlace } from './scan-original-segment';

export interface SegmentFile {
  readonly name: string;
  readonly path: string;
  readonly sizeInBytes: Bytes;
  readonly modifiedAtMs: TimestampMs;
  readonly isRegular: boolean;
  /** As listed: tells a file that was put in its place since from one that was written to. */
  readonly inode: number;
}

export interface SegmentFiles {
  readonly baseOffset: Offset;
  readonly log: SegmentFile;
  readonly index: SegmentFile | null;
  readonly timeindex: SegmentFile | null;
  /** null where the segment holds no abort marker. */
  readonly txnindex: SegmentFile | null;
  /** Of the original log manager's segments, how far the records of the file have been counted; null for Kafka's. */
  readonly logManager: CountedPlace | null;
  /** All files of this base offset with a current name, in the order of their names. */
  readonly all: readonly SegmentFile[];
}

export interface LogFiles {
  /** Ascending by base offset; the last is the active segment. */
  readonly segments: readonly SegmentFiles[];
  /** Of the producer state, with the exclusive end offset that each is named after. */
  readonly snapshots: readonly { readonly endOffset: Offset; readonly file: SegmentFile }[];
  readonly problems: readonly Problem[];
}

/** As a listing has it, or a look at the files that was made a moment ago. */
export interface ListedEntry extends DirectoryEntry {
  /** Left out where it has to be asked for. */
  readonly status?: FileStatus;
}

/**
 * @param listed Entries of the directory; left out, they are listed.
 * @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED
 */
export async function listLogFiles(
  fs: ReadingFileSystem,
  directory: string,
  listed?: readonly ListedEntry[],
): Promise<LogFiles> {
  const byBase = new Map<Offset, Map<SegmentFileKind, SegmentFile>>();
  const problems: Problem[] = [];
  const names: string[] = [];
  const current: { readonly name: SegmentFileName; readonly status: FileStatus | undefined }[] = [];
  const entries: readonly ListedEntry[] = listed ?? (await fs.list(directory));
  for (const { name, kind, status } of entries) {
    if (kind === 'file' && lacksOffsetInName(name)) problems.push(withoutOffset(name));
    const parsed = parseSegmentFileName(name);
    if (parsed === null) continue;
    if (parsed.state === 'current') {
      names.push(name);
      current.push({ name: parsed, status });
    } else {
      const place = { file: name, baseOffset: parsed.baseOffset };
      problems.push(problemAt('file-leftover', place, `The name ends in .${parsed.state}.`));
    }
  }
  const paths = pathsIn(directory, names);
  const isKnown = listed !== undefined && current.every(({ status }) => status !== undefined);
  const statuses = isKnown ? current.map(({ status }) => status!) : await statusesOf(fs, paths);
  for (const [index, { name: parsed }] of current.entries()) {
    const { baseOffset, kind } = parsed;
    const name = names[index]!;
    const status = statuses[index] ?? null;
    if (status === null) continue; // deleted meanwhile
    if (status.kind !== 'file') {
      const message = `It is a ${kindText(status)}, not a file.`;
      problems.push(problemAt('file-not-regular', { file: name, baseOffset }, message));
    }
    const files = byBase.get(baseOffset) ?? new Map<SegmentFileKind, SegmentFile>();
    byBase.set(baseOffset, files.set(kind, toSegmentFile(paths[index]!, name, status)));
  }
  const segments: Omit<SegmentFiles, 'logManager'>[] = [];
  const snapshots: { endOffset: Offset; file: SegmentFile }[] = [];
  for (const [baseOffset, files] of [...byBase].sort(([a], [b]) => a - b)) {
    const snapshot = files.get('snapshot');
    if (snapshot !== undefined) snapshots.push({ endOffset: baseOffset, file: snapshot });
    const log = files.get('log');
    if (log === undefined) {
      problems.push(...orphans(baseOffset, files));
      continue;
    }
    segments.push({
      baseOffset,
      log,
      index: files.get('index') ?? null,
      timeindex: files.get('timeindex') ?? null,
      txnindex: files.get('txnindex') ?? null,
      all: [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    });
  }
  const filled = segments.filter(({ log }) => log.isRegular && log.sizeInBytes > 0);
  const format = await formatOf(
    fs,
    filled.map(({ log }) => log.path),
  );
  if (format === 'kafka')
    return { segments: segments.map((files) => ({ ...files, logManager: null })), snapshots, problems };
  const leftovers = leftoversOfLogManager((listed ?? (await fs.list(directory))).map(({ name }) => name));
  const counted = segments.map((files) => ({
    ...files,
    logManager: { position: 0, offset: files.baseOffset },
  }));
  return { segments: counted, snapshots, problems: [...problems, ...leftovers] };
}

/** What its compaction leaves behind when it fails. */
function leftoversOfLogManager(names: readonly string[]): Problem[] {
  return names
    .filter((name) => /^\d{20}\.(log\.backup|compacted\.log)$/.test(name))
    .map((name) => ({
      ...problemAt('file-leftover', { file: name }, 'A compaction of the original program left it behind.'),
      consequence: 'It takes space. A backup may hold records that the segment has lost.',
    }));
}

function orphans(baseOffset: Offset, files: ReadonlyMap<SegmentFileKind, SegmentFile>): Problem[] {
  return [...files]
    .filter(([kind]) => kind !== 'snapshot') // one above the last segment is normal
    .map(([, { name }]) =>
      problemAt('file-orphaned-index', { file: name, baseOffset }, 'There is no .log file beside it.'),
    );
}

function withoutOffset(file: string): Problem {
  return problemAt(
    'file-name-without-offset',
    { file },
    'A broker reads the offset in front of the first dot.',
  );
}

function kindText({ kind }: FileStatus): string {
  return kind === 'directory' ? 'directory' : 'link, pipe, socket or device';
}

function toSegmentFile(path: string, name: string, status: FileStatus): SegmentFile {
  const { sizeInBytes, modifiedAtMs, kind, inode } = status;
  return { name, path, sizeInBytes, modifiedAtMs, isRegular: kind === 'file', inode };
}

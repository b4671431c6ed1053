/**
 * What runs have done to logs, so that they can be taken back or their space be freed, by another program and after a
 * crash. One small file a run in Strata's own state folder, never in the log's directory.
 *
 * A record is written before the first change (`running`) and after the last (`done`). Holds no content of any log.
 */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { FileSystem, ReadingFileSystem } from '../file-system';
import { mapConcurrently } from '../map-concurrently';
import { readWhole, writeAtomically } from './atomic-file';

export interface RunRecord {
  readonly schema: 'strata.run/1';
  readonly runId: string;
  /** Runs over several logs that were started together share it. */
  readonly groupId: string;
  readonly kind: 'retention' | 'compaction' | 'rebuild-index';
  /** Absolute path of the log's directory. */
  readonly logPath: string;
  readonly startedAtMs: TimestampMs;
  /** running: begun and not known to have ended. purged: its `.deleted` files are gone. */
  readonly state: 'running' | 'done' | 'undone' | 'purged';
  /** Segments of which files were, or were going to be, renamed to `.deleted`. */
  readonly deletedBaseOffsets: readonly Offset[];
  /** Segments that the run wrote in their place: a rolled one, or cleaned ones. */
  readonly newBaseOffsets: readonly Offset[];
  /** Of a finished compaction: sizes of the .log files that it wrote, in the order of `newBaseOffsets`. */
  readonly newSizesInBytes?: readonly Bytes[];
  /** Of a compaction in a data directory: what cleaner-offset-checkpoint said of the log; null for nothing. */
  readonly cleanerCheckpointBefore?: Offset | null;
  /** Of rebuilt indexes: what was replaced, and the size of the .log file beside it; null where there is none. */
  readonly replacedFiles?: readonly {
    readonly name: string;
    readonly baseOffset: Offset;
    readonly wasThere: boolean;
    readonly logSizeInBytes: Bytes | null;
  }[];
  /**
   * Of retention: where the log begins behind what goes, and what its start was set to before; null for nothing. Missing
   * where the segments were renamed one after the other, each durably, as the first versions did.
   */
  readonly logStart?: { readonly after: Offset; readonly before: Offset | null };
  /**
   * Names of `.deleted` files that a purge removes; of retention and of rebuilt indexes known before the first change, of
   * a compaction when it is done.
   */
  readonly deletedFiles: readonly string[];
  /** Of the `.log` files that a purge removes; once purged, of all files that were. */
  readonly freedBytes: Bytes;
  /** When the space may be freed: file.delete.delay.ms after the run. */
  readonly purgeDueAtMs: TimestampMs;
}

/** How long a record is kept of a run that is over: undone, or its files purged. */
const OVER_KEPT_MS: Milliseconds = 7 * 24 * 3_600_000;
const RUN_BYTES_MAX = 64 * 1024 * 1024;
const RUN_ID_BYTES = 4;
const RUNS_FOLDER = 'runs';

/** Where Strata keeps its state: STRATA_STATE_DIR, or the place that the system has for it. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const given = env['STRATA_STATE_DIR'];
  if (given) return given;
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/strata');
  if (process.platform === 'win32') return join(env['APPDATA'] ?? homedir(), 'strata');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'strata');
}

export class RunJournal {
  readonly #fs: FileSystem;
  readonly #directory: string;

  /** @param directory Strata's state folder; it is made when the first run is written. */
  constructor(fs: FileSystem, directory: string) {
    this.#fs = fs;
    this.#directory = join(directory, RUNS_FOLDER);
  }

  /** Sortable by time. */
  static newId(nowMs: TimestampMs): string {
    return `${String(nowMs).padStart(15, '0')}-${randomBytes(RUN_ID_BYTES).toString('hex')}`;
  }

  async write(run: RunRecord): Promise<void> {
    await this.#makeDirectory(this.#directory);
    const path = join(this.#directory, `${run.runId}.json`);
    await writeAtomically(this.#fs, path, Buffer.from(`${JSON.stringify(run)}\n`));
  }

  /**
   * As `write`, of a run that begins; records of runs that were over long ago go. The caller holds the log's lock, so that
   * one that is still `running` was cut off.
   * @throws AppError STORAGE_UNSAFE where one was on the same log: its segments may be half in place, and this one's undo
   * would be in the way of its own. Nothing is written then
   */
  async begin(run: RunRecord): Promise<void> {
    await this.requireNoneCutOff(run.logPath);
    await this.beginChecked(run);
  }

  /** As `begin`, where `requireNoneCutOff` has just been asked. */
  async beginChecked(run: RunRecord): Promise<void> {
    await this.write(run);
    await this.#forgetBefore(run.startedAtMs - OVER_KEPT_MS);
  }

  /** What `begin` checks first. @returns the runs on the log, the latest first. @throws AppError as `begin` */
  async requireNoneCutOff(logPath: string): Promise<readonly RunRecord[]> {
    const runs = await this.runsOn(logPath);
    const cutOff = runs.find((run) => run.logPath === logPath && run.state === 'running');
    if (cutOff === undefined) return runs;
    const { kind, startedAtMs, runId } = cutOff;
    throw new AppError(
      'STORAGE_UNSAFE',
      `An earlier run on this log (${kind}, ${new Date(startedAtMs).toISOString()}) was cut off: it has to be undone, or its space freed, first.`,
      { path: logPath, runId },
    );
  }

  /** Not those behind one of the same log that is still to be undone or purged: its undo has to know of them. */
  async #forgetBefore(timeMs: TimestampMs): Promise<void> {
    const openLogs = new Set<string>();
    for (const name of (await namesOf(this.#fs, this.#directory)).sort()) {
      if (Number.parseInt(name, 10) >= timeMs) return;
      const path = join(this.#directory, name);
      const run = await readRun(this.#fs, path);
      if (run === null || run.state === 'done' || run.state === 'running') openLogs.add(run?.logPath ?? '');
      else if (!openLogs.has(run.logPath))
        await this.#fs.removeFile(path).catch((error: unknown) => {
          // Another program has done the same at this moment.
          if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
        });
    }
  }

  /** As `runsOn`. */
  runsOn(directory: string): Promise<RunRecord[]> {
    return runsOn(this.#fs, dirname(this.#directory), directory);
  }

  /** Names of `.deleted` files that are those of a later run on the same log by now: as names they are this one's too. */
  async filesOfLaterRuns({ logPath, runId }: RunRecord): Promise<Set<string>> {
    const later = (await this.runsOn(logPath)).filter(
      (run) =>
        run.logPath === logPath && run.runId > runId && (run.state === 'done' || run.state === 'running'),
    );
    return new Set(later.flatMap(({ deletedFiles }) => deletedFiles));
  }

  async #makeDirectory(path: string): Promise<void> {
    if ((await this.#fs.status(path)) !== null) return;
    await this.#makeDirectory(dirname(path));
    await this.#fs.createDirectory(path);
    await this.#fs.syncDirectory(dirname(path));
  }
}

/**
 * Runs on a log, or on the logs of a data directory, the latest first; one that cannot be read is left out.
 *
 * @param stateDirectory Strata's state folder, which need not be there yet.
 */
export async function runsOn(
  fs: ReadingFileSystem,
  stateDirectory: string,
  directory: string,
): Promise<RunRecord[]> {
  const folder = join(stateDirectory, RUNS_FOLDER);
  const names = (await namesOf(fs, folder)).sort().reverse();
  const runs = await mapConcurrently(names, (name) => readRun(fs, join(folder, name)));
  const isOn = (path: string) => path === directory || dirname(path) === directory;
  return runs.filter((run) => run !== null).filter(({ logPath }) => isOn(logPath));
}

async function namesOf(fs: ReadingFileSystem, folder: string): Promise<string[]> {
  try {
    return (await fs.list(folder)).map(({ name }) => name).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return []; // no run was ever written
    throw error;
  }
}

async function readRun(fs: ReadingFileSystem, path: string): Promise<RunRecord | null> {
  const bytes = await readWhole(fs, path, RUN_BYTES_MAX);
  try {
    const run = JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as RunRecord;
    return run.schema === 'strata.run/1' ? run : null;
  } catch {
    return null; // not ours, or of a later version
  }
}

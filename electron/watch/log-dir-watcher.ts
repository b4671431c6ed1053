/**
 * Notices that the files of opened logs changed, by whatever means, and says which logs; never what is in them.
 *
 * The system's watcher is only a hint that a directory is dirty: it misses events around new and renamed
 * directories, sees no writes through mmap and may fail altogether. So each hint leads to a look at names,
 * sizes and times of our own; the log on the screen is looked at every second, and all of them now and then.
 * Writes nothing anywhere, and opens no file.
 */
import { basename, dirname } from 'node:path';
import type { Milliseconds } from '../../shared/units';
import { isMetricsFile } from '../engine/metrics-name';
import { areSameFiles, type PackedFiles } from '../workers/packed-files';
import { coalesceChanges, type Timers } from './coalesce-changes';

/** At most four rounds of events a second. */
const EVENT_INTERVAL_MS: Milliseconds = 250;
const FOCUS_INTERVAL_MS: Milliseconds = 1_000;
const RECONCILE_INTERVAL_MS: Milliseconds = 30_000;
/** Looking may take at most this share of the time: a log of 100,000 files is looked at less often. */
const LOOK_SHARE_MAX = 0.05;
const PATHS_PER_LOOK = 100;

/** Calls `onDirty` with the path of whatever changed below `directory`; returns the function that ends it. */
export type Subscribe = (
  directory: string,
  onDirty: (path: string) => void,
  onFailed: (error: unknown) => void,
) => Promise<() => Promise<void>>;

export interface LogDirWatcherOptions {
  /** A data directory, or the directory of the one log that is opened. */
  readonly directory: string;
  readonly readFiles: (paths: readonly string[]) => Promise<readonly (PackedFiles | null)[]>;
  readonly onLogChanged: (path: string) => void;
  /** An entry of a data directory came or went, or a log's directory did. */
  readonly onListingChanged: () => void;
  /** Watching or looking failed; polling goes on. */
  readonly onFailed: (error: unknown) => void;
  readonly subscribe: Subscribe;
  readonly timers: Timers;
}

export interface LogDirWatcher {
  /** The directories of the logs to look at, with the files seen in them so far where known. */
  watch(path: string, files: PackedFiles | null): void;
  unwatch(path: string): void;
  /** The log on the screen, looked at every second; null for none. */
  focus(path: string | null): void;
  /** Looks at everything now. */
  reconcile(): Promise<void>;
  close(): Promise<void>;
}

export function watchLogDirs(options: LogDirWatcherOptions): LogDirWatcher {
  const { directory, readFiles, onLogChanged, onListingChanged, onFailed, timers } = options;
  /** Files last seen of each watched log, or null where it was never looked at. */
  const seen = new Map<string, PackedFiles | null>();
  const stops = new Set<() => void>();
  let focused: string | null = null;
  let isClosed = false;

  /** @param isHinted Something says that these changed, so that one never looked at counts as changed. */
  async function look(paths: readonly string[], isHinted: boolean): Promise<void> {
    for (let from = 0; from < paths.length && !isClosed; from += PATHS_PER_LOOK) {
      const slice = paths.slice(from, from + PATHS_PER_LOOK);
      const states = await readFiles(slice);
      slice.forEach((path, index) => {
        if (seen.has(path) && !isClosed) compare(path, states[index] ?? null, isHinted);
      });
    }
  }

  function compare(path: string, after: PackedFiles | null, isHinted: boolean): void {
    const before = seen.get(path) ?? null;
    if (after === null) {
      if (before !== null || isHinted) onListingChanged();
      seen.set(path, null);
      return;
    }
    seen.set(path, after);
    if (before === null ? isHinted : !areSameFiles(before, after)) onLogChanged(path);
  }

  /** One look after the other, so that an older answer never stands against a newer one. */
  let looking = Promise.resolve();
  function lookGuarded(paths: readonly string[], isHinted: boolean): Promise<void> {
    looking = looking
      .then(() => look(paths, isHinted))
      .catch((error: unknown) => {
        if (!isClosed) onFailed(error);
      });
    return looking;
  }

  const dirty = coalesceChanges<string>({
    intervalMs: EVENT_INTERVAL_MS,
    timers,
    async handle(keys) {
      if (keys.has(directory) && !seen.has(directory)) onListingChanged();
      await lookGuarded(
        [...keys].filter((key) => seen.has(key)),
        true,
      );
    },
  });

  /** The log that a path belongs to, else the data directory itself; counters that are written every second are neither's. */
  function hint(path: string): void {
    if (seen.has(path)) dirty.add(path);
    else if (seen.has(dirname(path))) dirty.add(dirname(path));
    else if (dirname(path) === directory && !isMetricsFile(basename(path))) dirty.add(directory);
  }

  function repeat(intervalMs: Milliseconds, run: () => Promise<void>): void {
    const schedule = (delayMs: Milliseconds) => {
      const stop = timers.after(delayMs, () => {
        stops.delete(stop);
        const startedAtMs = timers.now();
        void run().then(() => {
          if (!isClosed) schedule(Math.max(intervalMs, (timers.now() - startedAtMs) / LOOK_SHARE_MAX));
        });
      });
      stops.add(stop);
    };
    schedule(intervalMs);
  }

  const reconcile = () => lookGuarded([...seen.keys()], false);
  repeat(FOCUS_INTERVAL_MS, async () => {
    if (focused !== null) await lookGuarded([focused], false);
  });
  repeat(RECONCILE_INTERVAL_MS, reconcile);
  const subscription = options.subscribe(directory, hint, onFailed).catch((error: unknown) => {
    onFailed(error);
    return async () => {};
  });

  return {
    // What was seen before stays: a change since then is still to be told.
    watch: (path, files) => void seen.set(path, seen.get(path) ?? files),
    unwatch: (path) => void seen.delete(path),
    focus(path) {
      focused = path;
    },
    reconcile,
    async close() {
      isClosed = true;
      dirty.close();
      for (const stop of stops) stop();
      await (await subscription)();
    },
  };
}

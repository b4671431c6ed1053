/** A place in memory for one log that compacts itself, and what tests ask of it: content as text, files, problems, delays. */
import type { Clock } from '../../electron/engine/clock';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { Log, type OpenOptions } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { FakeClock } from './fake-clock';
import { MemFileSystem, type Operation } from './mem-file-system';

export const DATA = '/data';
export const DIRECTORY = '/data/profiles-0';
export const NOW_MS = 1_700_000_000_000;

export interface Hold {
  readonly isHeld: Promise<void>;
  letGo(): void;
}

export class CompactedPlace {
  readonly fs = new MemFileSystem();
  readonly clock = new FakeClock(NOW_MS);

  /** Policy compact; runs only when it is asked to, unless told otherwise. */
  open(settings: Partial<LogSettings> = {}, options: OpenOptions & { clock?: Clock } = {}): Promise<Log> {
    const compacted = { cleanupPolicy: 'compact', cleanerBackoffMs: null, segmentIndexBytes: 4800 } as const;
    return Log.open(DIRECTORY, { ...compacted, ...settings }, { fs: this.fs, clock: this.clock, ...options });
  }

  /** Of the log's directory. */
  async namesWith(part: string): Promise<string[]> {
    return (await this.fs.list(DIRECTORY)).map(({ name }) => name).filter((name) => name.includes(part));
  }

  async problems(): Promise<string[]> {
    const log = { name: 'profiles-0', path: DIRECTORY, topic: 'profiles', partition: 0 } as const;
    const whole = { ...log, format: 'kafka', state: 'current' } as const;
    const { problems } = await inspectLog(this.fs, whole, { depth: 'records' });
    return problems.map(({ code, message }) => `${code}: ${message}`);
  }

  /** Holds up the first operation of the kind, on a file with such a name, until it is let go. */
  hold(wanted: Operation['kind'], ending: string): Hold {
    let letGo = () => {};
    let held = () => {};
    const isHeld = new Promise<void>((resolve) => {
      held = resolve;
    });
    const goOn = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    this.fs.before = ({ kind, path }) => {
      if (kind !== wanted || !path.endsWith(ending)) return;
      this.fs.before = null;
      held();
      return goOn;
    };
    return { isHeld, letGo };
  }

  /** The run, at its first write. */
  holdRun(): Hold {
    return this.hold('write', '.log.cleaned');
  }
}

/** `key=value` words, each as a batch of its own; no value: a tombstone. */
export async function appendWords(log: Log, words: string): Promise<void> {
  for (const word of words.split(' ')) {
    const [key, value] = word.split('=');
    await log.append({ key: key!, value: value ?? null });
  }
}

/** `offset:key=value` of what the log has. */
export async function contentOf(log: Log): Promise<string> {
  const words: string[] = [];
  for await (const { offset, key, value } of log.read())
    words.push(`${offset}:${key ?? ''}${value === null ? '' : `=${value}`}`);
  return words.join(' ');
}

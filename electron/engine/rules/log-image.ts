/**
 * The files of one log's directory while a start-up is played through: names as they are by then, and what became of each.
 *
 * Names and sizes only; which file is to go, and why, its callers say. Touches no file.
 */
import type { StartupAction, StartupReason } from '../../../shared/plan/startup-reasons';
import type { Bytes } from '../../../shared/units';
import { DELETED_SUFFIX } from '../format/file-names';

export interface FileFate {
  /** Name before the start; after it for a file that is created. */
  readonly file: string;
  readonly action: StartupAction;
  readonly toName: string | null;
  readonly sizeInBytes: Bytes | null;
  readonly sizeAfterInBytes: Bytes | null;
  readonly reason: StartupReason;
  readonly detail: string | null;
}

interface Entry {
  /** null for a file that the start made. */
  readonly original: { readonly name: string; readonly sizeInBytes: Bytes } | null;
  name: string;
  /** null where it is not predicted. */
  sizeInBytes: Bytes | null;
  action: StartupAction;
  reason: StartupReason;
  detail: string | null;
}

/** A later one of these replaces an earlier one of lower rank. */
const RANK: Partial<Record<StartupAction, number>> = {
  keep: 0,
  check: 1,
  rename: 2,
  rebuild: 3,
  truncate: 4,
};

export class LogImage {
  readonly #present = new Map<string, Entry>();
  readonly #gone = new Set<Entry>();
  /** Those of them that were deleted at once, by name. */
  readonly #deleted = new Map<string, Entry>();

  constructor(files: readonly { readonly name: string; readonly sizeInBytes: Bytes }[]) {
    for (const { name, sizeInBytes } of files)
      this.#present.set(name, {
        ...{ original: { name, sizeInBytes }, name, sizeInBytes },
        ...{ action: 'keep', reason: 'unchanged', detail: null },
      });
  }

  /** As they are by now, in the order in which a broker looks at them. */
  names(): string[] {
    return [...this.#present.keys()].sort();
  }

  has(name: string): boolean {
    return this.#present.has(name);
  }

  /** 0 where there is no such file, or its size is not predicted. */
  sizeOf(name: string): Bytes {
    return this.#present.get(name)?.sizeInBytes ?? 0;
  }

  /** Name on the disk; null for a file whose bytes are not those on the disk any more. */
  nameOnDisk(name: string): string | null {
    const entry = this.#present.get(name);
    if (entry === undefined || entry.original === null || entry.action === 'rebuild') return null;
    return entry.original.name;
  }

  remove(name: string, reason: StartupReason): void {
    this.#leave(name, 'delete', reason);
  }

  /** Gets its .deleted at once, and goes after a delay. */
  removeLater(name: string, reason: StartupReason): void {
    this.#leave(name, 'delete-later', reason);
  }

  rename(from: string, to: string, reason: StartupReason): void {
    const entry = this.#present.get(from);
    if (entry === undefined) return;
    this.#present.delete(from);
    if (entry.original === null) {
      this.write(to, entry.reason, entry.sizeInBytes);
      return;
    }
    this.#leave(to, 'delete', 'replaced-by-swap');
    entry.name = to;
    this.#present.set(to, entry);
    this.#raise(entry, 'rename', reason, null);
  }

  check(name: string, reason: StartupReason): void {
    const entry = this.#present.get(name);
    if (entry !== undefined) this.#raise(entry, 'check', reason, null);
  }

  truncate(name: string, sizeInBytes: Bytes, reason: StartupReason, detail: string): void {
    const entry = this.#present.get(name);
    if (entry === undefined) return;
    entry.sizeInBytes = sizeInBytes;
    this.#raise(entry, 'truncate', reason, detail);
  }

  /** Another content under this name, which may be new. @param sizeInBytes null where it is not predicted */
  write(name: string, reason: StartupReason, sizeInBytes: Bytes | null = null): void {
    const before = this.#present.get(name) ?? this.#takeBack(name);
    if (before === undefined)
      this.#present.set(name, {
        ...{ original: null, name, sizeInBytes, action: 'create', reason, detail: null },
      });
    else {
      before.sizeInBytes = sizeInBytes;
      if (before.original !== null) this.#raise(before, 'rebuild', reason, null);
    }
  }

  /** Of every file there was or will be, in the order of their names. */
  fates(): FileFate[] {
    return [...this.#present.values(), ...this.#gone].map(toFate).sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  #leave(name: string, action: 'delete' | 'delete-later', reason: StartupReason): void {
    const entry = this.#present.get(name);
    if (entry === undefined) return;
    this.#present.delete(name);
    if (entry.original === null) return;
    const gone = { ...entry, sizeInBytes: null, action, reason };
    this.#gone.add(gone);
    if (action === 'delete' && !this.#deleted.has(name)) this.#deleted.set(name, gone);
  }

  /** A file that went earlier in this start, and is written again. */
  #takeBack(name: string): Entry | undefined {
    const entry = this.#deleted.get(name);
    if (entry === undefined) return undefined;
    this.#deleted.delete(name);
    this.#gone.delete(entry);
    this.#present.set(name, entry);
    entry.action = 'keep';
    return entry;
  }

  #raise(entry: Entry, action: StartupAction, reason: StartupReason, detail: string | null): void {
    if ((RANK[action] ?? 0) < (RANK[entry.action] ?? Number.POSITIVE_INFINITY)) return;
    Object.assign(entry, { action, reason, detail });
  }
}

function toFate({ original, name, sizeInBytes, action, reason, detail }: Entry): FileFate {
  const isLeft = action !== 'delete' && action !== 'delete-later';
  const renamed = isLeft ? name : `${name}${DELETED_SUFFIX}`;
  const hasOtherName = original !== null && renamed !== original.name && action !== 'delete';
  return {
    file: original?.name ?? name,
    action,
    toName: hasOtherName ? renamed : null,
    sizeInBytes: original?.sizeInBytes ?? null,
    sizeAfterInBytes: isLeft ? sizeInBytes : null,
    reason,
    detail,
  };
}

/**
 * Files and directories of the in-memory file system: what is there, what of it is durable, and the changes between.
 * `crashImage` of a node keeps some of these changes: none, all, the first few, or any of them with torn writes.
 */
import type { Hash } from 'node:crypto';
import type { FileStatus } from '../../electron/engine/file-system';

/** From 0 inclusive to 1 exclusive. */
export type Random = () => number;
export type MemNode = MemFile | MemDirectory;

type ContentChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };
type NameChange = { readonly remove: string | null; readonly set: readonly [string, MemNode] | null };

let lastInode = 0;

/** Bytes that grow; behind the size there are zeros. */
class Content {
  #bytes = Buffer.alloc(0);
  size = 0;

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.size);
  }

  apply(change: ContentChange): void {
    if (change.kind === 'write') {
      this.resize(Math.max(this.size, change.position + change.bytes.length));
      this.#bytes.set(change.bytes, change.position);
    } else this.resize(change.size);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(size, this.#bytes.length * 2));
      larger.set(this.bytes);
      this.#bytes = larger;
    } else if (size < this.size) this.#bytes.fill(0, size, this.size);
    this.size = size;
  }

  copy(): Content {
    const copy = new Content();
    if (this.size > 0) copy.apply({ kind: 'write', position: 0, bytes: this.bytes });
    return copy;
  }
}

export class MemFile {
  readonly inode = ++lastInode;
  modifiedAtMs: number;
  openCount = 0;
  lockedBy: unknown = null;
  /** Without holes at the end. */
  allocatedBytes = 0;
  #content = new Content();
  #durable = new Content();
  #pending: ContentChange[] = [];

  constructor(modifiedAtMs: number) {
    this.modifiedAtMs = modifiedAtMs;
  }

  get content(): Buffer {
    return this.#content.bytes;
  }

  status(): FileStatus {
    return {
      kind: 'file',
      sizeInBytes: this.#content.size,
      modifiedAtMs: this.modifiedAtMs,
      inode: this.inode,
    };
  }

  read(target: Uint8Array, position: number): number {
    const bytes = this.content.subarray(position, position + target.length);
    target.set(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#change({ kind: 'write', position, bytes: Uint8Array.from(bytes) });
    this.allocatedBytes = Math.max(this.allocatedBytes, position + bytes.length);
  }

  truncate(size: number): void {
    this.#change({ kind: 'truncate', size });
    this.allocatedBytes = Math.min(this.allocatedBytes, size);
  }

  sync(): void {
    for (const change of this.#pending) this.#durable.apply(change);
    this.#pending = [];
  }

  crashImage(random: Random): MemFile {
    const image = new MemFile(this.modifiedAtMs);
    const content = this.#durable.copy();
    for (const change of chosen(this.#pending, random)) content.apply(torn(change, random));
    image.#content = content;
    image.#durable = content.copy();
    image.allocatedBytes = content.size;
    return image;
  }

  #change(change: ContentChange): void {
    this.#content.apply(change);
    this.#pending.push(change);
  }
}

export class MemDirectory {
  readonly inode = ++lastInode;
  readonly names = new Map<string, MemNode>();
  #durable = new Map<string, MemNode>();
  #pending: NameChange[] = [];

  set(name: string, node: MemNode): void {
    this.#change({ remove: null, set: [name, node] });
  }

  remove(name: string): void {
    this.#change({ remove: name, set: null });
  }

  /** One change, kept or lost as a whole. */
  rename(from: string, to: string): void {
    this.#change({ remove: from, set: [to, this.names.get(from)!] });
  }

  sync(): void {
    for (const change of this.#pending) applyName(this.#durable, change);
    this.#pending = [];
  }

  allocatedBytes(): number {
    let total = 0;
    for (const node of this.names.values())
      total += node instanceof MemFile ? node.allocatedBytes : node.allocatedBytes();
    return total;
  }

  addTo(hash: Hash, path: string): void {
    for (const [name, node] of [...this.names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(`${path}/${name}\n`);
      if (node instanceof MemFile) hash.update(`${node.content.length}\n`).update(node.content);
      else node.addTo(hash, `${path}/${name}`);
    }
  }

  crashImage(random: Random): MemDirectory {
    const names = new Map(this.#durable);
    for (const change of chosen(this.#pending, random)) applyName(names, change);
    const image = new MemDirectory();
    for (const [name, node] of names) image.set(name, node.crashImage(random));
    image.sync();
    return image;
  }

  #change(change: NameChange): void {
    applyName(this.names, change);
    this.#pending.push(change);
  }
}

function applyName(names: Map<string, MemNode>, { remove, set }: NameChange): void {
  if (remove !== null) names.delete(remove);
  if (set !== null) names.set(...set);
}

/** Which of the changes reached the disk: none, all, the first few, or any. */
function chosen<T>(changes: readonly T[], random: Random): T[] {
  if (changes.length === 0) return [];
  const style = Math.floor(random() * 4);
  if (style === 0) return [];
  if (style === 1) return [...changes];
  if (style === 2) return changes.slice(0, Math.floor(random() * (changes.length + 1)));
  return changes.filter(() => random() < 0.5);
}

function torn(change: ContentChange, random: Random): ContentChange {
  if (change.kind !== 'write' || random() < 0.6) return change;
  return { ...change, bytes: change.bytes.subarray(0, Math.floor(random() * (change.bytes.length + 1))) };
}

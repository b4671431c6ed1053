/**
 * What changed between two looks at a log's directory. Pure; knows names, sizes, times and identities only.
 *
 * A file renamed away and another put in its place shows as replaced, by its inode.
 */
import type { FileState } from '../workers/scan-contract';

export type FileChangeKind = 'created' | 'deleted' | 'grown' | 'shrunk' | 'replaced' | 'touched';

export interface FileChange {
  readonly name: string;
  readonly kind: FileChangeKind;
}

/** Sorted by name; empty where nothing changed. */
export function diffFiles(before: readonly FileState[], after: readonly FileState[]): FileChange[] {
  const rest = new Map(before.map((file) => [file.name, file]));
  const changes: FileChange[] = [];
  for (const file of after) {
    const kind = changeOf(rest.get(file.name), file);
    rest.delete(file.name);
    if (kind !== null) changes.push({ name: file.name, kind });
  }
  for (const name of rest.keys()) changes.push({ name, kind: 'deleted' });
  return changes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function changeOf(before: FileState | undefined, after: FileState): FileChangeKind | null {
  if (before === undefined) return 'created';
  if (before.inode !== after.inode) return 'replaced';
  if (after.sizeInBytes > before.sizeInBytes) return 'grown';
  if (after.sizeInBytes < before.sizeInBytes) return 'shrunk';
  return after.modifiedAtMs === before.modifiedAtMs ? null : 'touched';
}

/** What changed between two looks at a directory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffFiles } from '../../../electron/watch/diff-files';
import type { FileState } from '../../../electron/workers/scan-contract';

const file = (name: string, sizeInBytes = 10, modifiedAtMs = 1, inode = 7): FileState => ({
  name,
  sizeInBytes,
  modifiedAtMs,
  inode,
});

describe('diffFiles', () => {
  it('finds nothing where nothing changed', () => {
    expect(diffFiles([file('a'), file('b')], [file('b'), file('a')])).toEqual([]);
  });

  it('names created, deleted, grown, shrunk, replaced and touched files', () => {
    const before = [
      file('deleted'),
      file('grown'),
      file('replaced'),
      file('same'),
      file('shrunk'),
      file('touched'),
    ];
    const after = [
      file('created'),
      file('grown', 11, 2),
      file('replaced', 10, 1, 8),
      file('same'),
      file('shrunk', 9, 2),
      file('touched', 10, 2),
    ];
    expect(diffFiles(before, after).map(({ name, kind }) => [name, kind])).toEqual(
      ['created', 'deleted', 'grown', 'replaced', 'shrunk', 'touched'].map((kind) => [kind, kind]),
    );
  });

  it('is empty exactly where both sides hold the same files', () => {
    const states = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd'),
        sizeInBytes: fc.nat(2),
        modifiedAtMs: fc.nat(2),
        inode: fc.nat(2),
      }),
      { selector: ({ name }) => name },
    );
    const sorted = (files: FileState[]) => [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
    fc.assert(
      fc.property(states, states, (before, after) => {
        const isSame = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
        expect(diffFiles(before, after).length === 0).toBe(isSame);
      }),
    );
  });
});

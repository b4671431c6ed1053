/** Files in columns: what comes out is what went in, and two looks are told apart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areSameFiles, type FileState, packFiles, unpackFiles } from '../../../electron/workers/packed-files';

const states = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c\n', 'd'),
      sizeInBytes: fc.nat(2),
      modifiedAtMs: fc.nat(2),
      inode: fc.nat(2),
    }),
    { selector: ({ name }) => name },
  )
  .map((files): FileState[] => files.sort((a, b) => (a.name < b.name ? -1 : 1)));

describe('packFiles', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(states, (files) => {
        expect(unpackFiles(packFiles(files))).toEqual(files);
      }),
    );
  });
});

describe('areSameFiles', () => {
  const copyOf = (files: readonly FileState[]) => files.map((file) => ({ ...file }));

  it('holds of a second look that saw the same', () => {
    fc.assert(
      fc.property(states, (before) => {
        expect(areSameFiles(packFiles(before), packFiles(copyOf(before)))).toBe(true);
      }),
    );
  });

  it.each<[string, (file: FileState) => FileState[]]>([
    ['renamed', (file) => [{ ...file, name: `${file.name}.deleted` }]],
    ['grown', (file) => [{ ...file, sizeInBytes: file.sizeInBytes + 1 }]],
    ['touched', (file) => [{ ...file, modifiedAtMs: file.modifiedAtMs + 1 }]],
    ['replaced', (file) => [{ ...file, inode: file.inode + 1 }]],
    ['deleted', () => []],
    ['joined by another', (file) => [file, { ...file, name: `${file.name}.deleted` }]],
  ])('does not hold where one file was %s', (_what, changed) => {
    fc.assert(
      fc.property(states, fc.nat(), (before, drawn) => {
        fc.pre(before.length > 0);
        const after = copyOf(before).flatMap((file, index) =>
          index === drawn % before.length ? changed(file) : [file],
        );
        expect(areSameFiles(packFiles(before), packFiles(after))).toBe(false);
      }),
    );
  });
});

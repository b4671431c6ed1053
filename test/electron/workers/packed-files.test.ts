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
  it('holds exactly where both looks saw the same files', () => {
    fc.assert(
      fc.property(states, states, (before, after) => {
        const isSame = JSON.stringify(before) === JSON.stringify(after);
        expect(areSameFiles(packFiles(before), packFiles(after))).toBe(isSame);
      }),
    );
  });
});

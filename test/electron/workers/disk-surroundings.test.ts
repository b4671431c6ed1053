/** Limits as settings have them, and where the space of a directory is asked for. */
import { describe, expect, it } from 'vitest';
import type { ReadingFileSystem } from '../../../electron/engine/file-system';
import { directorySpace, limitOf } from '../../../electron/workers/disk-surroundings';

describe('limitOf', () => {
  it.each([
    ['604800000', 604_800_000],
    ['-1', -1],
    ['-5', -1],
    ['1.5', 1],
    ['a week', -1],
  ])('of %s is %d', (value, limit) => {
    expect(limitOf({ value, source: 'default' })).toBe(limit);
  });
});

describe('directorySpace', () => {
  it.each([
    ['log', '/data', 0],
    ['data-directory', '/data/a-0', 3],
  ] as const)('of a %s is that of %s, with %d bytes of files beside', async (kind, asked, rootFilesBytes) => {
    const places: string[] = [];
    const fs = {
      async diskSpace(path: string) {
        places.push(path);
        return { totalBytes: 9, usedBytes: 1, availableBytes: 8 };
      },
      list: async () => [{ name: 'meta.properties', kind: 'file' }],
      status: async () => ({ kind: 'file', sizeInBytes: 3, modifiedAtMs: 0, inode: 1 }),
    } as unknown as ReadingFileSystem;
    const found = await directorySpace(fs, '/data/a-0', kind);
    expect([places, found]).toEqual([[asked], { totalBytes: 9, availableBytes: 8, rootFilesBytes }]);
  });
});

/** A small file that becomes smaller while it is read. */
import { expect, it } from 'vitest';
import type { ReadingFileSystem } from '../../../../electron/engine/file-system';
import { readSmallFile } from '../../../../electron/engine/inspect/read-small-file';

it('reads what is left of a file that was cut off since it was looked at', async () => {
  const left = Buffer.from('four');
  const status = { kind: 'file', sizeInBytes: 10, modifiedAtMs: 0, inode: 1 } as const;
  let readCount = 0;
  const fs = {
    openForReading: async () => ({
      async read(target: Uint8Array, position: number) {
        if (++readCount > 2) throw new Error('it was read on behind its end');
        return left.copy(target, 0, position);
      },
      status: async () => status,
      close: async () => {},
    }),
  } as unknown as ReadingFileSystem;
  expect(await readSmallFile(fs, '/d/small')).toEqual(left);
});

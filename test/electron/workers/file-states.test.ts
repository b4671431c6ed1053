/** What is asked of the file system for the files of a directory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem } from '../../../electron/engine/file-system';
import { lookAtEntries, readFileStates } from '../../../electron/workers/file-states';

const folder = mkdtempSync(join(tmpdir(), 'strata-states-'));
mkdirSync(join(folder, 'mount'));
writeFileSync(join(folder, 'b'), '12');
writeFileSync(join(folder, 'a'), '1');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readFileStates', () => {
  it('asks about files only: a directory may be a mount that answers nobody', async () => {
    const asked: string[] = [];
    const fs = {
      ...nodeReadingFileSystem,
      status(path: string) {
        asked.push(basename(path));
        return nodeReadingFileSystem.status(path);
      },
    };
    const states = await readFileStates(fs, folder);
    expect(states.map(({ name, sizeInBytes }) => [name, sizeInBytes])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(asked.sort()).toEqual(['a', 'b']);
    await lookAtEntries(fs, folder);
    expect(asked).toHaveLength(5);
  });
});

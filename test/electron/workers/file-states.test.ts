/** What is asked of the file system for the files of a directory. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../electron/engine/file-system';
import { listLogFiles } from '../../../electron/engine/inspect/log-files';
import { fileStates, lookAtEntries, readFileStates } from '../../../electron/workers/file-states';
import { AppError } from '../../../shared/errors';

const PARTITION = resolve(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory/codec-none-0');
const SEGMENT = '00000000000000000000';
const folder = mkdtempSync(join(tmpdir(), 'strata-states-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A partition of Kafka's, with what is no file of any log in it. */
const partition = join(folder, 'codec-none-0');
cpSync(PARTITION, partition, { recursive: true });
mkdirSync(join(partition, 'mount'));
mkdirSync(join(partition, '00000000000000009999.timeindex'));
execFileSync('mkfifo', [join(partition, 'pipe')]);
writeFileSync(join(partition, 'notes'), '12');

/** The real file system, which fails for one name, and what was asked of it. */
function watchedFileSystem(failing: string | null = null) {
  const asked: string[] = [];
  const fs: ReadingFileSystem = {
    ...nodeReadingFileSystem,
    async status(path) {
      asked.push(basename(path));
      if (basename(path) === failing) throw new AppError('STORAGE_FAILED', `EIO: i/o error, lstat '${path}'`);
      return nodeReadingFileSystem.status(path);
    },
  };
  return { fs, asked };
}

describe('readFileStates', () => {
  it('asks about files only: a directory may be a mount that answers nobody', async () => {
    const { fs, asked } = watchedFileSystem();
    const states = await readFileStates(fs, partition);
    const names = states.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(states.find(({ name }) => name === 'notes')?.sizeInBytes).toBe(2);
    expect(asked.sort()).toEqual(names);
    for (const name of ['mount', 'pipe', '00000000000000009999.timeindex']) expect(names).not.toContain(name);
  });
});

describe('lookAtEntries', () => {
  it('asks about files, and what is named like one of a segment, and lists the others as they are', async () => {
    const { fs, asked } = watchedFileSystem();
    const entries = await lookAtEntries(fs, partition);
    expect(entries.filter(({ status }) => status === undefined)).toEqual(
      expect.arrayContaining([
        { name: 'mount', kind: 'directory' },
        { name: 'pipe', kind: 'other' },
      ]),
    );
    expect(asked).toHaveLength(entries.length - 2);
    expect(fileStates(entries)).toEqual(await readFileStates(nodeReadingFileSystem, partition));
    const { segments, problems } = await listLogFiles(fs, partition, entries);
    expect(asked).toHaveLength(entries.length - 2);
    expect(segments[0]?.log.sizeInBytes).toBe(statSync(join(partition, `${SEGMENT}.log`)).size);
    expect(problems.map(({ code, file }) => [code, file])).toContainEqual([
      'file-not-regular',
      '00000000000000009999.timeindex',
    ]);
  });

  it('leaves out a file of nobody that cannot be looked at', async () => {
    const { fs } = watchedFileSystem('notes');
    const names = fileStates(await lookAtEntries(fs, partition)).map(({ name }) => name);
    expect(names).toContain(`${SEGMENT}.log`);
    expect(names).not.toContain('notes');
    expect((await readFileStates(fs, partition)).map(({ name }) => name)).toEqual(names);
  });

  it('fails where a file of a segment cannot be looked at: what the log has is not known then', async () => {
    const { fs } = watchedFileSystem(`${SEGMENT}.log`);
    await expect(lookAtEntries(fs, partition)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});

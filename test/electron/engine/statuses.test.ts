/** The status of many files, on disks that answer at once, that keep waiting, and that fail. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../electron/engine/file-system';
import { pathsIn, statusesOf } from '../../../electron/engine/statuses';
import { AppError } from '../../../shared/errors';

const COUNT = 3_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-statuses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const names = Array.from({ length: COUNT }, (_, index) => `${index}.log`);
for (const [index, name] of names.entries())
  if (index % 3 !== 0) writeFileSync(join(folder, name), 'x'.repeat(index % 7));
const paths = pathsIn(folder, names);

/** A file system that says how it was asked. */
function asking(disk: Partial<ReadingFileSystem>) {
  const asked = { atOnce: 0, later: 0 };
  const fs: ReadingFileSystem = {
    ...nodeReadingFileSystem,
    statusAtOnce(path) {
      asked.atOnce++;
      return nodeReadingFileSystem.statusAtOnce!(path);
    },
    status(path) {
      asked.later++;
      return nodeReadingFileSystem.status(path);
    },
    ...disk,
  };
  return { fs, asked };
}

describe('statusesOf', () => {
  it('has the status of each path in their order, and null where there is no file', async () => {
    const { fs, asked } = asking({});
    const statuses = await statusesOf(fs, paths);
    expect(statuses.map((status) => status?.sizeInBytes)).toEqual(
      names.map((_, index) => (index % 3 === 0 ? undefined : index % 7)),
    );
    expect(statuses[1]).toEqual(await nodeReadingFileSystem.status(paths[1]!));
    expect(asked.atOnce + asked.later).toBe(COUNT);
  });

  it('asks a disk for several files together that keeps a piece of them waiting', async () => {
    const { fs, asked } = asking({
      statusAtOnce(path) {
        asked.atOnce++;
        const endsAtMs = performance.now() + 0.2;
        while (performance.now() < endsAtMs);
        return nodeReadingFileSystem.statusAtOnce!(path);
      },
    });
    expect(await statusesOf(fs, paths)).toEqual(await statusesOf(nodeReadingFileSystem, paths));
    expect(asked).toEqual({ atOnce: 256, later: COUNT - 256 });
  });

  it('asks a file system that has no such way for all of them together', async () => {
    const { statusAtOnce: _, ...fs } = nodeReadingFileSystem;
    expect(await statusesOf(fs, paths)).toEqual(await statusesOf(nodeReadingFileSystem, paths));
  });

  it('rejects with the error of a file, and with the reason of a signal', async () => {
    const below = [...paths, join(paths[1]!, 'below-a-file')];
    await expect(statusesOf(nodeReadingFileSystem, below)).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    const signal = AbortSignal.abort(new AppError('CANCELLED', 'Cancelled.'));
    await expect(statusesOf(nodeReadingFileSystem, paths, signal)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

/** What failing calls of the real file system say: which path, what is wrong with it, and the system's own word. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { nodeFileSystem, toStorageError } from '../../../electron/engine/file-system';

/** Opened files that cannot be looked at, for a while. */
const disk = vi.hoisted(() => ({ isFailing: false, opened: 0, closed: 0 }));
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...original,
    async open(...args: Parameters<typeof original.open>) {
      const handle = await original.open(...args);
      disk.opened++;
      const close = handle.close.bind(handle);
      handle.close = () => {
        disk.closed++;
        return close();
      };
      const failed = Object.assign(new Error('EIO: i/o error, fstat'), { errno: -5 });
      if (disk.isFailing) Object.assign(handle, { stat: () => Promise.reject(failed) });
      return handle;
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'strata-file-system-'));
const file = join(folder, 'file');
const below = join(file, 'below');
const missing = join(folder, 'missing');
writeFileSync(file, 'x');
afterAll(() => rmSync(folder, { recursive: true }));

describe('nodeFileSystem', () => {
  it.each([
    [
      'NOT_FOUND',
      `${missing}: there is no such file or directory (ENOENT, open).`,
      () => nodeFileSystem.openForReading(missing),
    ],
    [
      'NOT_FOUND',
      `${missing}: there is no such file or directory (ENOENT, scandir).`,
      () => nodeFileSystem.list(missing),
    ],
    [
      'NOT_A_DIRECTORY',
      `${file}: it is no directory, or lies below a file (ENOTDIR, scandir).`,
      () => nodeFileSystem.list(file),
    ],
    [
      'NOT_A_DIRECTORY',
      `${below}: it is no directory, or lies below a file (ENOTDIR, lstat).`,
      () => nodeFileSystem.status(below),
    ],
    [
      'STORAGE_FAILED',
      `${folder}: file already exists (EEXIST, mkdir).`,
      () => nodeFileSystem.createDirectory(folder),
    ],
    [
      'STORAGE_FAILED',
      `${folder}: directory not empty (ENOTEMPTY, rmdir).`,
      () => nodeFileSystem.removeDirectory(folder),
    ],
  ] as const)('fails with %s: %s', async (code, message, call) => {
    await expect(call()).rejects.toMatchObject({ code, message });
  });
});

describe('opening', () => {
  it.each([
    ['for reading', (path: string) => nodeFileSystem.openForReading(path)],
    ['for writing', (path: string) => nodeFileSystem.openForWriting(path, 'existing')],
  ] as const)('%s leaves nothing open that cannot be looked at', async (_how, open) => {
    Object.assign(disk, { isFailing: true, opened: 0, closed: 0 });
    await expect(open(file)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    disk.isFailing = false;
    expect([disk.opened, disk.closed]).toEqual([1, 1]);
  });
});

describe('toStorageError', () => {
  it.each([
    [23, 'TOO_MANY_OPEN_FILES'],
    [24, 'TOO_MANY_OPEN_FILES'],
    [27, 'DISK_FULL'],
    [28, 'DISK_FULL'],
    [122, 'DISK_FULL'],
    [30, 'READ_ONLY'],
    [40, 'NOT_A_REGULAR_FILE'],
  ])('tells by errno %d that it is %s', (errno, code) => {
    const failed = Object.assign(new Error('it failed'), { errno: -errno });
    expect(toStorageError(failed, '/d/x.log')).toMatchObject({ code, details: { errno } });
  });

  const error = (errno: number, text: string, rest: object) =>
    Object.assign(new Error(text), { errno, ...rest });

  it('names the path where Node has only a handle', () => {
    expect(
      toStorageError(error(-5, 'EIO: i/o error, read', { code: 'EIO', syscall: 'read' }), '/d/x.log'),
    ).toMatchObject({
      code: 'STORAGE_FAILED',
      message: '/d/x.log: i/o error (EIO, read).',
      details: { path: '/d/x.log', errno: 5 },
    });
  });

  it('keeps the words of a library that has no code', () => {
    expect(toStorageError(error(-95, 'Operation not supported', {}), '/d/.lock')).toMatchObject({
      code: 'STORAGE_FAILED',
      message: '/d/.lock: Operation not supported.',
    });
  });
});

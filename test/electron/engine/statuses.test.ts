/** The status of many files: in their order, and what ends it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { pathsIn, statusesOf } from '../../../electron/engine/statuses';
import { AppError } from '../../../shared/errors';

const folder = mkdtempSync(join(tmpdir(), 'strata-statuses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const names = Array.from({ length: 100 }, (_, index) => `${index}.log`);
for (const [index, name] of names.entries())
  if (index % 3 !== 0) writeFileSync(join(folder, name), 'x'.repeat(index % 7));

describe('pathsIn', () => {
  it('names what is in a directory as join does', () => {
    for (const directory of ['/', '/data', '/data/', 'data/../logs//orders-0', '.'])
      expect(pathsIn(directory, ['a', '0.log'])).toEqual(['a', '0.log'].map((name) => join(directory, name)));
  });
});

describe('statusesOf', () => {
  it('has the status of each path in their order, and null where there is no file', async () => {
    const statuses = await statusesOf(fs, pathsIn(folder, names));
    expect(statuses.map((status) => status?.sizeInBytes)).toEqual(
      names.map((_, index) => (index % 3 === 0 ? undefined : index % 7)),
    );
  });

  it('rejects with the error of a file, and with the reason of a signal', async () => {
    const paths = pathsIn(folder, [...names, '1.log/below']);
    await expect(statusesOf(fs, paths)).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    const signal = AbortSignal.abort(new AppError('CANCELLED', 'Cancelled.'));
    await expect(statusesOf(fs, paths, signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

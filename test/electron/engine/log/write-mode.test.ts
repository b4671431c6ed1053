/** The mark of a clean stop around a change: gone while it lasts, back when it is done or was refused, else gone for good. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem as fs } from '../../../../electron/engine/file-system';
import { inWriteMode } from '../../../../electron/engine/log/write-mode';

const MARKER = '.kafka_cleanshutdown';
const TEXT = '{"version":0,"brokerEpoch":7}';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'strata-write-mode-'));
  await writeFile(join(data, MARKER), TEXT);
  await writeFile(join(data, 'a'), 'x');
});
afterEach(() => rm(data, { recursive: true }));

const lock = () => ({ directory: join(data, 'orders-0'), dataDirectory: data });

describe('inWriteMode', () => {
  it('takes the mark away for the change, and puts it back byte for byte', async () => {
    const during = await inWriteMode(fs, lock(), async (changing) => {
      await changing.rename(join(data, 'a'), join(data, 'b'));
      return readdir(data);
    });
    expect(during).toEqual(['b']);
    expect(await readFile(join(data, MARKER), 'utf8')).toBe(TEXT);
  });

  it('puts it back where the change was refused before it began', async () => {
    const refused = inWriteMode(fs, lock(), async (changing) => {
      await changing.list(data);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await readFile(join(data, MARKER), 'utf8')).toBe(TEXT);
  });

  it('leaves it away where the change failed half-way', async () => {
    const failed = inWriteMode(fs, lock(), async (changing) => {
      await changing.rename(join(data, 'a'), join(data, 'b'));
      throw new Error('failed');
    });
    await expect(failed).rejects.toThrow('failed');
    expect(await readdir(data)).toEqual(['b']);
  });
});

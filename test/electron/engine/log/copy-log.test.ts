/** Copies of a log: what goes with the segments, and what stays behind. */
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../../electron/engine/file-system';
import { copyLog } from '../../../../electron/engine/log/copy-log';
import { Log } from '../../../../electron/engine/log/log';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem } from '../../../support/mem-file-system';

let fs: MemFileSystem;
const seams = () => ({ fs, clock: new FakeClock(1_700_000_000_000) });

beforeEach(async () => {
  fs = new MemFileSystem();
  await fs.createDirectory('/home');
});

async function logAt(directory: string): Promise<void> {
  const log = await Log.open(directory, {}, seams());
  for (const value of ['a', 'b', 'c', 'd']) {
    await log.append({ value });
    if (log.logEndOffset === 2) await log.roll();
  }
  await log.close();
}

async function offsetsIn(directory: string): Promise<number[]> {
  const log = await Log.open(directory, {}, seams());
  const offsets = [];
  for await (const { offset } of log.read()) offsets.push(offset);
  await log.close();
  return offsets;
}

describe('copyLog', () => {
  it('has the records of the log, and begins where it begins by its data directory', async () => {
    await logAt('/data/orders-0');
    expect(await offsetsIn(await copyLog(fs, '/data/orders-0', '/home/whole'))).toEqual([0, 1, 2, 3]);
    fs.put('/data/log-start-offset-checkpoint', '0\n1\norders 0 1\n');
    expect(await offsetsIn(await copyLog(fs, '/data/orders-0', '/home/raised'))).toEqual([1, 2, 3]);
  });

  it('begins where the log itself says, where that stands alone', async () => {
    await logAt('/home/orders-0');
    fs.put('/home/orders-0/.strata-log-start', '3\n');
    expect(await offsetsIn(await copyLog(fs, '/home/orders-0', '/home/copy'))).toEqual([3]);
  });

  it('refuses a place in the log, in a data directory, and anywhere in a broker’s', async () => {
    await logAt('/data/orders-0');
    await logAt('/other/orders-0');
    await fs.createDirectory('/broker');
    fs.put('/broker/meta.properties', 'version=1\n');
    fs.put('/home/file', '');
    for (const [target, reason] of [
      ['/data/orders-0', 'inside the log itself'],
      ['/data/orders-0/copies', 'inside the log itself'],
      ['/other', '/other is a data directory'],
      ['/broker/kept', '/broker is the data directory of a broker'],
      ['/home/file', '/home/file is no directory'],
    ] as const)
      await expect(copyLog(fs, '/data/orders-0', target)).rejects.toThrow(reason);
    expect((await fs.list('/broker')).map(({ name }) => name)).toEqual(['meta.properties']);
    expect((await fs.list('/data/orders-0')).filter(({ kind }) => kind === 'directory')).toEqual([]);
  });

  it('goes by where a link leads, at the place itself and above it', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'strata-copy-')));
    const at = (path: string) => join(folder, path);
    try {
      for (const path of ['orders-0', 'kept', 'broker/old']) await mkdir(at(path), { recursive: true });
      await writeFile(at('orders-0/00000000000000000000.log'), '');
      await writeFile(at('broker/meta.properties'), 'version=1\n');
      const links = {
        toKept: 'kept',
        toLog: 'orders-0',
        toBroker: 'broker/old',
        toFile: 'broker/meta.properties',
      };
      for (const [link, to] of Object.entries(links)) await symlink(at(to), at(link));
      await symlink(at('nowhere'), at('toNothing'));
      for (const [source, target, reason] of [
        ['orders-0', 'toLog/copies', 'inside the log itself'],
        ['toLog', 'orders-0/copies', 'inside the log itself'],
        ['orders-0', 'toBroker', `${at('broker')} is the data directory of a broker`],
        ['orders-0', 'toBroker/new', `${at('broker')} is the data directory of a broker`],
        ['orders-0', 'toFile', 'toFile is no directory'],
        ['orders-0', 'toNothing', 'toNothing is no directory'],
      ] as const)
        await expect(copyLog(nodeFileSystem, at(source), at(target))).rejects.toThrow(reason);
      expect(await readdir(at('orders-0'))).toHaveLength(1);
      expect(await copyLog(nodeFileSystem, at('orders-0'), at('toKept'))).toBe(at('toKept/orders-0'));
      expect(await readdir(at('kept/orders-0'))).toEqual(['00000000000000000000.log']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves nothing where it is cancelled', async () => {
    await logAt('/data/orders-0');
    const signal = AbortSignal.abort();
    await expect(copyLog(fs, '/data/orders-0', '/home/copy', { signal })).rejects.toThrow();
    expect((await fs.list('/home')).map(({ name }) => name)).toEqual([]);
  });
});

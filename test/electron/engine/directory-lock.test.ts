/** Locks against brokers (a real Java tryLock where a JDK is there) and against a second Strata. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDirectory, lockLogDirectory } from '../../../electron/engine/directory-lock';
import { nodeFileSystem as fs } from '../../../electron/engine/file-system';
import { LOG_LOCK_FILE } from '../../../electron/engine/format/file-names';
import { MemFileSystem, storageError } from '../../support/mem-file-system';

let root: string;
let partition: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-lock-'));
  partition = join(root, 'orders-0');
  await mkdir(partition);
});
afterEach(() => rm(root, { recursive: true }));

const JAVA_TRY_LOCK = `
import java.nio.channels.*; import java.nio.file.*;
class TryLock { public static void main(String[] a) throws Exception {
  var channel = FileChannel.open(Path.of(a[0]), StandardOpenOption.READ, StandardOpenOption.WRITE);
  System.out.print(channel.tryLock() == null ? "refused" : "locked");
} }`;
const hasJava = spawnSync('java', ['--version']).status === 0;
if (!hasJava) console.log('not run: the lock against Java (no JDK)');

describe('lockLogDirectory', () => {
  it('locks a log that stands alone with a file of its own, and leaves nothing behind', async () => {
    const lock = await lockLogDirectory(fs, partition);
    expect(lock.dataDirectory).toBeNull();
    expect(await readdir(partition)).toEqual([LOG_LOCK_FILE]);
    await lock.release();
    expect([await readdir(partition), await readdir(root)]).toEqual([[], ['orders-0']]);
  });

  it('refuses a second writer, of this process too, until the first lets go', async () => {
    const first = await lockLogDirectory(fs, partition);
    await expect(lockLogDirectory(fs, partition)).rejects.toMatchObject({ code: 'LOCKED' });
    await first.release();
    await first.release();
    await (await lockLogDirectory(fs, partition)).release();
  });

  it('locks the data directory around once for several logs, and keeps a lock file that was there', async () => {
    await writeFile(join(root, '.lock'), '');
    await mkdir(join(root, 'orders-1'));
    const locks = await Promise.all(
      ['orders-0', 'orders-1'].map((name) => lockLogDirectory(fs, join(root, name))),
    );
    expect(locks.map(({ dataDirectory }) => dataDirectory)).toEqual([root, root]);
    await locks[0]!.release();
    const outsider = await fs.openForWriting(join(root, '.lock'), 'existing');
    expect(outsider.tryLock()).toBe(false);
    await locks[1]!.release();
    expect(outsider.tryLock()).toBe(true);
    await outsider.close();
    expect(await readdir(root)).toContain('.lock');
  });

  it('refuses where somebody else holds the lock of the data directory, and holds nothing then', async () => {
    await writeFile(join(root, 'meta.properties'), '');
    const broker = await fs.openForWriting(join(root, '.lock'), 'new');
    expect(broker.tryLock()).toBe(true);
    await expect(lockLogDirectory(fs, partition)).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await readdir(partition)).toEqual([]);
    await broker.close();
    await (await lockLogDirectory(fs, partition)).release();
  });

  it('locks the file that bears the name, where a broker unlinked it in between', async () => {
    const mem = new MemFileSystem();
    mem.put('/data/meta.properties', '');
    mem.put('/data/.lock', 'of the broker');
    mem.makeDirectory('/data/orders-0');
    const openForWriting = mem.openForWriting.bind(mem);
    mem.openForWriting = async (path, mode) => {
      mem.openForWriting = openForWriting;
      const file = await openForWriting(path, mode);
      await mem.removeFile(path);
      return file;
    };
    const lock = await lockLogDirectory(mem, '/data/orders-0');
    const there = await mem.openForWriting('/data/.lock', 'existing');
    expect(there.tryLock()).toBe(false);
    await lock.release();
    await there.close();
    expect(mem.openCount).toBe(0);
  });

  it('refuses read-only file systems and the metadata log', async () => {
    const mem = new MemFileSystem();
    mem.makeDirectory('/data/orders-0');
    mem.makeDirectory('/data/__cluster_metadata-0');
    mem.before = ({ path, kind }) => {
      if (kind === 'create') throw storageError('EROFS', path);
    };
    await expect(lockLogDirectory(mem, '/data/orders-0')).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(lockLogDirectory(mem, '/data/__cluster_metadata-0')).rejects.toMatchObject({
      code: 'STORAGE_UNSAFE',
    });
  });

  it.runIf(hasJava)("makes Java's tryLock fail while held, as a starting broker's would", async () => {
    await writeFile(join(root, 'meta.properties'), '');
    const program = join(root, 'TryLock.java');
    await writeFile(program, JAVA_TRY_LOCK);
    const javaSays = () => spawnSync('java', [program, join(root, '.lock')], { encoding: 'utf8' }).stdout;
    const lock = await lockLogDirectory(fs, partition);
    expect(javaSays()).toBe('refused');
    await lock.release();
    await writeFile(join(root, '.lock'), '');
    expect(javaSays()).toBe('locked');
  });
});

describe('lockDataDirectory', () => {
  it('shares its lock with the logs inside', async () => {
    await writeFile(join(root, 'meta.properties'), '');
    const outer = await lockDataDirectory(fs, root);
    const inner = await lockLogDirectory(fs, partition);
    await outer.release();
    await inner.release();
    expect(await readdir(root)).toEqual(['meta.properties', 'orders-0']);
  });
});

/**
 * Fills real file systems with a log, in a mount namespace of its own: tmpfs short of bytes and of inodes, ext4 the
 * same, a limit of the file size, and a thin device whose fsync fails. Arguments: scratch directory, seed, case count.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../electron/engine/file-system';
import { Log } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { AppError } from '../../shared/errors';
import { mountNewExt4, mountTmpfs, unmount } from './private-mounts';
import { seededRandom } from './seeded-random';
import { expectSound, problemsIn, recordsFrom } from './sound-log';

const MIB = 1024 ** 2;
const APPENDS_MAX = 20_000;
const [scratch = '', seed = '0', caseCount = '1'] = process.argv.slice(2);

interface Disk {
  readonly directory: string;
  /** Takes nearly all of what the file system has, for a while. */
  occupy(): void;
  free(): void;
  unmount(): void;
}

type Random = () => number;
type Kind = 'tmpfs' | 'tmpfs-inodes' | 'ext4' | 'ext4-inodes' | 'file-size' | 'thin';
const KINDS: readonly Kind[] = ['tmpfs', 'tmpfs-inodes', 'ext4', 'ext4-inodes', 'file-size', 'thin'];

function mounted(kind: Exclude<Kind, 'file-size' | 'thin'>, random: Random): Disk {
  const directory = join(scratch, 'disk');
  const image = join(scratch, 'disk.img');
  const bytes = Math.floor((3 + random() * 3) * MIB);
  const inodes = 60 + Math.floor(random() * 60);
  if (kind === 'tmpfs') mountTmpfs(directory, `size=${bytes}`);
  else if (kind === 'tmpfs-inodes') mountTmpfs(directory, `size=64m,nr_inodes=${inodes}`);
  else if (kind === 'ext4') mountNewExt4(directory, image, bytes + 3 * MIB);
  else mountNewExt4(directory, image, 64 * MIB, '-N', String(inodes));
  const ballast = join(directory, 'ballast');
  const isInodes = kind.endsWith('inodes');
  return {
    directory,
    occupy() {
      mkdirSync(ballast);
      if (!isInodes) writeFileSync(join(ballast, 'bytes'), Buffer.alloc(1.5 * MIB, 1));
      for (let index = 0; isInodes && index < 25; index++) writeFileSync(join(ballast, `${index}`), '');
    },
    free: () => rmSync(ballast, { recursive: true }),
    unmount() {
      unmount(directory);
      rmSync(image, { force: true });
    },
  };
}

/** Files of this process may be that long; a disk of another kind of fullness. */
function limitedFileSize(): Disk {
  const directory = join(scratch, 'limited');
  mkdirSync(directory);
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`]);
  return {
    directory,
    occupy: () => limit('100000'),
    free: () => limit('unlimited'),
    unmount: () => rmSync(directory, { recursive: true }),
  };
}

function settingsOf(random: Random): Partial<LogSettings> {
  return {
    segmentBytes: 120_000 + Math.floor(random() * 150_000),
    segmentIndexBytes: 24_000,
    retentionMs: -1,
    fsync: random() < 0.3 ? 'always' : 'none',
    compressionType: random() < 0.2 ? 'lz4' : 'none',
  };
}

/** Appends until it fails. @returns the error */
async function fill(log: Log, random: Random): Promise<unknown> {
  for (let round = 0; round < APPENDS_MAX; round++) {
    const from = log.logEndOffset;
    try {
      if (random() < 0.05) {
        const transaction = {
          producerId: 7,
          producerEpoch: 0,
          outcome: random() < 0.5 ? 'commit' : 'abort',
        } as const;
        await log.appendTransaction(recordsFrom(from, 3), transaction);
      } else await log.appendMany(recordsFrom(from, 1 + Math.floor(random() * 400)));
    } catch (error) {
      return error;
    }
  }
  throw new Error('the disk never got full');
}

function openDescriptorsBelow(directory: string): string[] {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the one that listed them
    }
  });
  return links.filter((link) => link.startsWith(directory));
}

async function expectInOrder(path: string, endAtLeast: number): Promise<void> {
  const log = await Log.open(path, { retentionMs: -1 });
  assert((await expectSound(log)) >= endAtLeast, 'what was acknowledged is there');
  await log.close();
  assert.deepEqual(await problemsIn(nodeFileSystem, path), []);
}

/** Nothing may go: DiskFullError, readable, and on it goes when there is space. */
async function fillsAndHeals(disk: Disk, random: Random, closesFull: boolean): Promise<void> {
  const path = join(disk.directory, 'data/orders-0');
  const log = await Log.open(path, settingsOf(random));
  await log.appendMany(recordsFrom(0, 10));
  disk.occupy();
  const error = await fill(log, random);
  assert(
    error instanceof AppError && error.name === 'DiskFullError' && error.code === 'DISK_FULL',
    String(error),
  );
  const end = await expectSound(log);
  const again = await fill(log, random);
  assert(again instanceof AppError && again.code === 'DISK_FULL', String(again));
  const endAgain = await expectSound(log);
  assert(endAgain >= end);
  if (closesFull) await log.close().catch((failure) => assert.equal(failure.code, 'DISK_FULL'));
  disk.free();
  if (!closesFull) {
    assert.equal(await log.append(recordsFrom(log.logEndOffset, 1)[0]!), endAgain);
    await log.close();
  }
  assert.deepEqual(openDescriptorsBelow(disk.directory), []);
  await expectInOrder(path, endAgain);
}

/** Retention may let go what is older than the last few segments: appends never fail, a reader goes on. */
async function livesOnRetention(disk: Disk, random: Random): Promise<void> {
  const path = join(disk.directory, 'data/orders-0');
  const settings = { ...settingsOf(random), compressionType: 'none', retentionBytes: 400_000 } as const;
  const log = await Log.open(path, settings);
  let last = -1;
  let reader: ReturnType<Log['read']> | null = null;
  for (let round = 0; log.metrics().diskFullCount < 3; round++) {
    assert(round < APPENDS_MAX, 'the disk never got full');
    await log.appendMany(recordsFrom(log.logEndOffset, 200));
    // A reader begins with its first `next`: where the log begins then, and not before another append.
    reader ??= log.read({ fromOffset: Math.max(last + 1, log.logStartOffset) });
    const { done, value } = await reader.next();
    if (done) {
      reader = null;
      continue;
    }
    assert(value.offset > last, 'offsets only go up');
    last = value.offset;
  }
  await reader?.return();
  const end = await expectSound(log);
  await log.close();
  await expectInOrder(path, end);
}

/** The device has less than it said: what the system has taken cannot be written, and fsync tells. */
async function stopsWhenFsyncFails(random: Random): Promise<void> {
  const [thin, directory] = [join(scratch, 'thin'), join(scratch, 'disk')];
  mountTmpfs(thin, 'size=6m');
  mountNewExt4(directory, join(thin, 'disk.img'), 64 * MIB);
  const path = join(directory, 'data/orders-0');
  const log = await Log.open(path, { ...settingsOf(random), fsync: 'always', compressionType: 'none' });
  // The system may notice before any fsync does, and takes the whole file system back to read-only.
  const isStopped = (error: unknown) =>
    error instanceof AppError && (error.code === 'STORAGE_FAILED' || error.code === 'READ_ONLY');
  const error = await fill(log, random);
  assert(isStopped(error), `fsync: ${String(error)}`);
  const { logEndOffset } = log;
  await assert.rejects(log.append({ value: 'refused' }), isStopped);
  await log.close().catch((failure) => assert(isStopped(failure), `close: ${String(failure)}`));
  assert.deepEqual(openDescriptorsBelow(directory), []);
  unmount(directory);
  execFileSync('mount', ['-o', 'remount,size=200m', thin]);
  execFileSync('mount', ['-o', 'loop', join(thin, 'disk.img'), directory]);
  await expectInOrder(path, logEndOffset);
  unmount(directory);
  unmount(thin);
}

async function runCase(kind: Kind, random: Random): Promise<void> {
  if (kind === 'thin') return stopsWhenFsyncFails(random);
  const disk = kind === 'file-size' ? limitedFileSize() : mounted(kind, random);
  const choice = random();
  if (choice < 0.35 && kind !== 'file-size') await livesOnRetention(disk, random);
  else await fillsAndHeals(disk, random, choice > 0.7);
  disk.unmount();
}

const counts: Record<string, number> = {};
for (let index = 0; index < Number(caseCount); index++) {
  const kind = KINDS[index % KINDS.length]!;
  try {
    await runCase(kind, seededRandom(Number(seed) + index));
  } catch (error) {
    throw new Error(`${kind}, case ${index} of seed ${seed}`, { cause: error });
  }
  counts[kind] = (counts[kind] ?? 0) + 1;
}
console.log(JSON.stringify(counts));

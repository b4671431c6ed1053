/**
 * Cuts the power of an ext4 with a log that is being written: its image is copied as it is at a moment, and the copy is
 * mounted and opened. Runs in a mount namespace of its own. Arguments: scratch directory, seed, number of cuts, and the
 * program that appends.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeFileSystem } from '../../electron/engine/file-system';
import { Log } from '../../electron/engine/log/log';
import { mountImage, mountNewExt4, unmount } from './private-mounts';
import { seededRandom } from './seeded-random';
import { expectSound, problemsIn, recordsFrom } from './sound-log';

const MIB = 1024 ** 2;
const LINES_BETWEEN_CUTS_MAX = 60;
const [scratch = '', seed = '0', cutCount = '1', program = ''] = process.argv.slice(2);
const [disk, image] = [join(scratch, 'disk'), join(scratch, 'disk.img')];
const [copy, copyImage] = [join(scratch, 'copy'), join(scratch, 'copy.img')];

/** What is in the copy: everything up to `durableUpTo`, no hole, no problem once it is closed. */
async function checkCopy(durableUpTo: number): Promise<boolean> {
  mountImage(copy, copyImage);
  const path = join(copy, 'data/orders-0');
  const log = await Log.open(path, { retentionMs: -1 });
  const end = await expectSound(log);
  assert(end >= durableUpTo, `${durableUpTo} records were durable, ${end} are there`);
  await log.appendMany(recordsFrom(end, 3));
  await log.close();
  assert.deepEqual(await problemsIn(nodeFileSystem, path), []);
  unmount(copy);
  return (log.recovery?.cutTails.length ?? 0) > 0;
}

mountNewExt4(disk, image, 24 * MIB);
const settings = { retentionBytes: 100_000, retentionCheckIntervalMs: 50, fileDeleteDelayMs: 30 };
const child = spawn(process.execPath, [program, join(disk, 'data/orders-0'), JSON.stringify(settings)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const random = seededRandom(Number(seed));
let linesLeft = 1;
let cuts = 0;
let tornCount = 0;
for await (const line of createInterface({ input: child.stdout })) {
  if (linesLeft-- > 0) continue;
  linesLeft = Math.floor(random() * LINES_BETWEEN_CUTS_MAX);
  child.kill('SIGSTOP');
  copyFileSync(image, copyImage);
  child.kill('SIGCONT');
  if (await checkCopy(Number(line))) tornCount++;
  if (++cuts === Number(cutCount)) break;
}
child.kill('SIGKILL');
await once(child, 'exit');
unmount(disk);
for (const file of [image, copyImage]) rmSync(file);
console.log(JSON.stringify({ cuts, tornCount }));

/**
 * Logs on file systems that are mounted read-only, and on one that turns read-only while a log is open. In a mount
 * namespace of its own. Argument: a scratch directory. Writes what it tried, as JSON.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../electron/engine/file-system';
import { Log } from '../../electron/engine/log/log';
import { writeSampleLog } from '../../electron/engine/log/write-sample-log';
import { mountNewExt4, mountTmpfs, unmount } from './private-mounts';
import { expectSound, problemsIn, recordsFrom } from './sound-log';

const MIB = 1024 ** 2;
const [scratch = ''] = process.argv.slice(2);
const disk = join(scratch, 'disk');

/** Every file with its content and times: nothing may differ afterwards. */
function treeOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      const { mtimeMs, ctimeMs, size } = statSync(path);
      const own = `${path} ${mtimeMs} ${ctimeMs} ${size}`;
      if (entry.isDirectory()) return [own, ...treeOf(path)];
      return [`${own} ${readFileSync(path).toString('base64')}`];
    })
    .sort();
}

const remount = (options: string) => execFileSync('mount', ['-o', `remount,${options}`, disk]);

/** A log that was closed, one that was not, one of its own in a broker's place, and none. */
async function prepare(): Promise<void> {
  for (const name of ['own/closed-0', 'own/open-0']) {
    const log = await Log.open(join(disk, name), { segmentBytes: 20_000 });
    await log.appendMany(recordsFrom(0, 300));
    await log.close();
  }
  // As a process leaves it that was killed.
  writeFileSync(join(disk, 'own/open-0/.strata-lock'), 'open\n');
  mkdirSync(join(disk, 'plain'));
  await (await Log.open(join(disk, 'plain/orders-0'))).close();
}

const PLACES = ['own/closed-0', 'own/open-0', 'plain/orders-0', 'own/new-0', 'plain/new-0', 'nowhere/new-0'];

async function refusesEverything(): Promise<number> {
  await prepare();
  remount('ro');
  const before = treeOf(disk);
  for (const place of PLACES)
    for (const recover of [false, true])
      await assert.rejects(Log.open(join(disk, place), {}, { recover }), { code: 'READ_ONLY' }, place);
  await assert.rejects(
    writeSampleLog({
      directory: join(disk, 'sample'),
      recordCount: 100,
      seed: 1,
      isDamaged: false,
      nowMs: 0,
    }),
    {
      code: 'READ_ONLY',
    },
  );
  assert.deepEqual(await problemsIn(nodeFileSystem, join(disk, 'own/closed-0')), []);
  assert.deepEqual(treeOf(disk), before);
  remount('rw');
  const log = await Log.open(join(disk, 'own/closed-0'));
  assert.equal(await expectSound(log), 300);
  assert.equal(await log.append(recordsFrom(300, 1)[0]!), 300);
  await log.close();
  return PLACES.length + 1;
}

/** ext4 gives up writing when it finds itself damaged: under an open log. */
async function stopsWhereTheDiskGivesUp(): Promise<number> {
  const path = join(disk, 'own/orders-0');
  const log = await Log.open(path, { segmentBytes: 20_000 });
  await log.appendMany(recordsFrom(0, 500));
  await log.flush();
  remount('abort');
  const end = log.logEndOffset;
  const failure = await (async () => {
    for (;;) await log.appendMany(recordsFrom(log.logEndOffset, 50));
  })().catch((error) => error);
  assert.match(failure.code, /^(READ_ONLY|STORAGE_FAILED)$/, String(failure));
  assert((await expectSound(log)) >= end, 'what was there can still be read');
  await assert.rejects(log.append({ value: 'refused' }));
  await assert.rejects(log.close());
  return 1;
}

const counts: Record<string, number> = {};
mountTmpfs(disk, 'size=64m');
counts['tmpfs'] = await refusesEverything();
unmount(disk);
mountNewExt4(disk, join(scratch, 'disk.img'), 64 * MIB);
counts['ext4'] = await refusesEverything();
counts['ext4 that gives up'] = await stopsWhereTheDiskGivesUp();
unmount(disk);
console.log(JSON.stringify(counts));

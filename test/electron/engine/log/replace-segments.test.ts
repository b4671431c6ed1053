/** Deleting and replacing the files of segments, over a file system that loses power. */
import { beforeEach, describe, expect, it } from 'vitest';
import { offsetName } from '../../../../electron/engine/format/file-names';
import {
  markSegmentsDeleted,
  purgeDeletedFiles,
  undoDeletion,
} from '../../../../electron/engine/log/delete-segments';
import { replaceSegments, undoReplacement } from '../../../../electron/engine/log/replace-segments';
import { MemFileSystem } from '../../../support/mem-file-system';

const LOG = '/data/orders-0';
let fs: MemFileSystem;

beforeEach(() => {
  fs = new MemFileSystem();
  for (const base of [0, 100, 200, 300])
    for (const ending of ['log', 'index', 'timeindex', 'snapshot'])
      fs.put(`${LOG}/${offsetName(base)}.${ending}`, `old ${base}`);
});

/** Names without their leading zeros, with the content, sorted. */
async function filesOf(system: MemFileSystem, ending = ''): Promise<string[]> {
  const names = (await system.list(LOG)).map(({ name }) => name).filter((name) => name.includes(ending));
  return names.sort().map((name) => `${name.replace(/^0{1,19}/, '')}: ${system.contentOf(`${LOG}/${name}`)}`);
}
const afterPowerCut = () => fs.crashImage(() => 0);

describe('markSegmentsDeleted', () => {
  it('renames all files of the segments and their snapshots, durably', async () => {
    const names = await markSegmentsDeleted(fs, LOG, [100, 0]);
    expect(names).toHaveLength(8);
    expect(await filesOf(afterPowerCut(), '.log')).toEqual([
      '0.log.deleted: old 0',
      '100.log.deleted: old 100',
      '200.log: old 200',
      '300.log: old 300',
    ]);
    expect(await filesOf(fs, '.snapshot')).toContain('100.snapshot.deleted: old 100');
  });

  it('loses a prefix at most, wherever the machine stops', async () => {
    const seen = new Set<string>();
    fs.before = async () => {
      for (let image = 0; image < 50; image++) {
        const logs = (await filesOf(fs.crashImage(Math.random), '.log')).filter(
          (name) => !name.includes('deleted'),
        );
        seen.add(logs.map((name) => name.split('.')[0]).join(' '));
      }
    };
    await markSegmentsDeleted(fs, LOG, [0, 100, 200]);
    expect([...seen].sort()).toEqual(['0 100 200 300', '100 200 300', '200 300', '300']);
  });
});

describe('undoDeletion', () => {
  it('brings everything back as it was', async () => {
    const before = await filesOf(fs);
    await markSegmentsDeleted(fs, LOG, [0, 100]);
    await undoDeletion(fs, LOG, [0, 100]);
    expect(await filesOf(afterPowerCut())).toEqual(before);
  });

  it('refuses as a whole where one segment has been purged', async () => {
    const names = await markSegmentsDeleted(fs, LOG, [0, 100]);
    await purgeDeletedFiles(fs, LOG, names.slice(0, 4));
    await expect(undoDeletion(fs, LOG, [0, 100])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await filesOf(fs, '.log')).toContain('100.log.deleted: old 100');
  });
});

describe('purgeDeletedFiles', () => {
  it('removes .deleted files and nothing else, and does not mind those that are gone', async () => {
    const names = await markSegmentsDeleted(fs, LOG, [0]);
    await purgeDeletedFiles(fs, LOG, [...names, ...names, `${offsetName(100)}.log`]);
    expect(await filesOf(afterPowerCut(), '.log')).toEqual([
      '100.log: old 100',
      '200.log: old 200',
      '300.log: old 300',
    ]);
  });
});

describe('replaceSegments', () => {
  const replacement = { newBaseOffsets: [0], replacedBaseOffsets: [0, 100, 200], newEndOffset: 250 };
  beforeEach(() => {
    for (const ending of ['log', 'index', 'timeindex'])
      fs.put(`${LOG}/${offsetName(0)}.${ending}.cleaned`, 'new 0');
  });

  it('puts the cleaned files in place and keeps the replaced ones as .deleted', async () => {
    const names = await replaceSegments(fs, LOG, replacement);
    expect(names).toHaveLength(11);
    expect(await filesOf(afterPowerCut(), '.log')).toEqual([
      '0.log: new 0',
      '0.log.deleted: old 0',
      '100.log.deleted: old 100',
      '200.log.deleted: old 200',
      '300.log: old 300',
    ]);
    expect(await filesOf(fs, '.snapshot')).toEqual([
      '0.snapshot: old 0',
      '100.snapshot.deleted: old 100',
      '200.snapshot.deleted: old 200',
      '300.snapshot: old 300',
    ]);
  });

  it('never leaves one of those behind the new ones without the next, wherever the machine stops', async () => {
    const seen = new Set<string>();
    fs.before = async () => {
      for (let image = 0; image < 50; image++) {
        const logs = await filesOf(fs.crashImage(Math.random), '.log');
        const left = logs.filter((name) => /^[12]00\.log:/.test(name));
        seen.add(left.map((name) => name.split('.')[0]).join(' '));
      }
    };
    await replaceSegments(fs, LOG, { ...replacement, newEndOffset: 100 });
    expect([...seen].sort()).toEqual(['', '100 200', '200']);
  });

  it('is taken back by undoReplacement', async () => {
    const before = (await filesOf(fs)).filter((name) => !name.includes('cleaned'));
    await replaceSegments(fs, LOG, replacement);
    const names = await undoReplacement(fs, LOG, replacement);
    expect(names.map((name) => name.replace(/^0{1,19}/, ''))).toEqual([
      '0.log.deleted',
      '0.index.deleted',
      '0.timeindex.deleted',
    ]);
    await purgeDeletedFiles(fs, LOG, names);
    expect(await filesOf(afterPowerCut())).toEqual(before);
  });

  it('lets undoReplacement refuse where a replaced segment has been purged', async () => {
    const names = await replaceSegments(fs, LOG, replacement);
    await purgeDeletedFiles(fs, LOG, names);
    await expect(undoReplacement(fs, LOG, replacement)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

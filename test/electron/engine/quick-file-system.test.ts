/** Reading at once and reading over the pool: the same answers, the same errors, and a turn for the event loop. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../electron/engine/file-system';
import { Pace, quickened, quickReadingFileSystem } from '../../../electron/engine/quick-file-system';

/** A disk whose looks at opened files fail, for a while. */
const disk = vi.hoisted(() => ({ isFailing: false, failed: -1, closed: [] as number[] }));
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  return {
    ...original,
    fstatSync(descriptor: number) {
      if (!disk.isFailing) return original.fstatSync(descriptor);
      disk.failed = descriptor;
      throw Object.assign(new Error('EIO: i/o error, fstat'), { errno: -5 });
    },
    closeSync(descriptor: number) {
      if (disk.isFailing) disk.closed.push(descriptor);
      original.closeSync(descriptor);
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'strata-quick-'));
const path = (name: string) => join(folder, name);
const SIZE = 100_000;
writeFileSync(
  path('file'),
  Uint8Array.from({ length: SIZE }, (_, index) => index),
);
symlinkSync(path('file'), path('link'));
execFileSync('mkfifo', [path('pipe')]);
afterAll(() => rmSync(folder, { recursive: true }));

/** What reading tells of a name, errors included. */
async function told(fs: ReadingFileSystem, name: string): Promise<unknown> {
  const answer = (work: Promise<unknown>) => work.catch(({ code, details }) => ({ code, ...details }));
  const status = await answer(fs.status(path(name)));
  const reads = await answer(
    fs.openForReading(path(name)).then(async (file) => {
      const pieces: unknown[] = [await file.status()];
      // Small and large, in the file, over its end and behind it.
      for (const [position, length] of [
        [0, 61],
        [99_990, 61],
        [200_000, 61],
        [1000, 90_000],
      ] as const) {
        const target = new Uint8Array(length);
        pieces.push(await file.read(target, position), Buffer.from(target).toString('latin1'));
      }
      await file.close();
      return pieces;
    }),
  );
  return { status, reads };
}

describe('quickened', () => {
  it.each(['file', 'link', 'pipe', '.', 'missing', 'file/below'])(
    'tells of %s what the pool tells',
    async (name) => {
      const expected = await told(nodeReadingFileSystem, name);
      expect(await told(quickReadingFileSystem, name)).toEqual(expected);
      const slow = quickened(nodeReadingFileSystem, slowPace());
      for (let time = 0; time < 3; time++) expect(await told(slow, name)).toEqual(expected);
    },
  );

  it('closes what it opens', async () => {
    const file = await quickReadingFileSystem.openForReading(path('file'));
    await file.close();
    await expect(file.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('keeps nothing open that it cannot look at', async () => {
    disk.isFailing = true;
    await expect(quickReadingFileSystem.openForReading(path('file'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    disk.isFailing = false;
    expect(disk.closed).toEqual([disk.failed]);
  });
});

/** Whose every operation takes 10 ms. */
function slowPace(): Pace {
  let nowMs = 0;
  return new Pace(() => {
    nowMs += 10;
    return nowMs;
  });
}

/** Runs operations that take so many ms each; which of them were done at once. */
async function done(tookMs: readonly number[]): Promise<string> {
  let nowMs = 0;
  const pace = new Pace(() => nowMs);
  let marks = '';
  for (const ms of tookMs)
    marks += await pace.run(
      () => {
        nowMs += ms;
        return 'q';
      },
      async () => '-',
    );
  return marks;
}

describe('Pace', () => {
  it('does what is quick at once, whatever holds up a single operation', async () => {
    const marks = await done(Array.from({ length: 2000 }, (_, index) => (index % 20 === 7 ? 50 : 0.01)));
    expect(marks).toBe('q'.repeat(2000));
  });

  it('asks a slow disk over the pool, and tries it again from time to time', async () => {
    const marks = await done(Array.from({ length: 1000 }, () => 5));
    expect(marks).toMatch(/^q{2}-{256}q{2}-{256}q{2}-+/);
    const quickAgain = await done([5, 5, ...Array.from({ length: 500 }, () => 0.01)]);
    expect(quickAgain).toBe(`qq${'-'.repeat(256)}${'q'.repeat(244)}`);
  });

  it('lets the event loop go on every few milliseconds', async () => {
    let nowMs = 0;
    const pace = new Pace(() => nowMs);
    let turnCount = 0;
    const turns = setInterval(() => turnCount++, 0);
    let atOnce = 0;
    const quick = () => {
      nowMs += 0.01;
      atOnce++;
    };
    const rest = async () => {};
    while (turnCount < 3 && atOnce < 1_000_000)
      await Promise.all([pace.run(quick, rest), pace.run(quick, rest)]);
    clearInterval(turns);
    expect(turnCount).toBe(3);
  });
});

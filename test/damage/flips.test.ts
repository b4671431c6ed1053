/**
 * Every bit, every length, every sector: a log of Kafka's is damaged in one place, and the check must say so.
 *
 * What no check can see is counted by kind and compared with the list in electron/engine/README.md. Short in every
 * run; `npm run test:long -- test/damage/flips.test.ts` tries all of it.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { type FixtureInMemory, fixtureInMemory } from '../support/fixture-in-memory';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';

const NOW_MS = Date.UTC(2027, 0, 1);
const SECTOR = 512;
const FLIPS = countFor({ short: 500, full: 500_000 });
const CUTS = countFor({ short: 150, full: 100_000 });
const SECTORS = countFor({ short: 75, full: 5_000 });
const LOGS = [
  '4.4.0/data-directory/codec-none-0',
  '4.4.0/data-directory/codec-zstd-0',
  '4.4.0/data-directory/transactions-0',
  '4.4.0/data-directory/mixed-codecs-0',
  '2.8.2/data-directory/format-1-none-0',
];

/** Of all bits: topic ids, and numbers of time and transaction indexes that only make a look-up longer. */
const UNNOTICED_SHARE_MAX = 0.05;
const TIMEOUT_MS = 3 * 3_600_000;

interface Damage {
  readonly path: string;
  readonly bytes: Buffer;
  /** What was done, for a failure. */
  readonly what: string;
  /** First byte that was changed. */
  readonly position: number;
}

async function problemsOf({ fs, log }: FixtureInMemory): Promise<string> {
  const { problems } = await inspectLog(fs, log, { depth: 'records', nowMs: NOW_MS });
  return problems
    .map(({ code, file, position, message }) => `${code} ${file} ${position} ${message}`)
    .join('\n');
}

/** @returns What was not noticed. */
async function tryEach(log: FixtureInMemory, damages: Iterable<Damage>): Promise<Damage[]> {
  const before = await problemsOf(log);
  expect(before).toBe('');
  const unnoticed: Damage[] = [];
  for (const damage of damages) {
    const original = log.fs.contentOf(damage.path)!;
    log.fs.put(damage.path, damage.bytes);
    if ((await problemsOf(log)) === before) unnoticed.push(damage);
    log.fs.put(damage.path, original);
  }
  return unnoticed;
}

/** Every n-th of all bits of the log's files, n so that there are no more than `count`; the first one drawn. */
function* flips({ fs, paths }: FixtureInMemory, count: number, random: () => number): Generator<Damage> {
  const files = paths.map((path) => ({ path, bytes: fs.contentOf(path)! }));
  const bitCount = files.reduce((sum, { bytes }) => sum + bytes.length * 8, 0);
  const step = Math.max(1, Math.ceil(bitCount / count));
  let next = Math.floor(random() * step);
  let start = 0;
  for (const { path, bytes } of files) {
    for (; next < start + bytes.length * 8; next += step) {
      const bit = next - start;
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      yield { path, bytes: changed, position: bit >> 3, what: `bit ${bit & 7} of byte ${bit >> 3}` };
    }
    start += bytes.length * 8;
  }
}

function* cuts({ fs, paths }: FixtureInMemory, count: number): Generator<Damage> {
  const files = paths.map((path) => ({ path, bytes: fs.contentOf(path)! }));
  const sizeCount = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const step = Math.max(1, Math.ceil(sizeCount / count));
  for (const { path, bytes } of files)
    for (let size = 0; size < bytes.length; size += step)
      yield { path, bytes: bytes.subarray(0, size), position: size, what: `cut off at ${size}` };
}

/** Of the segments: each sector zeroed, written twice, and exchanged with the next. */
function* sectors({ fs, paths }: FixtureInMemory, count: number): Generator<Damage> {
  let left = count;
  for (const path of paths.filter((one) => one.endsWith('.log'))) {
    const bytes = fs.contentOf(path)!;
    for (let at = 0; at < bytes.length && left > 0; at += SECTOR, left -= 3) {
      const sector = bytes.subarray(at, at + SECTOR);
      const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at + SECTOR)];
      const place = { path, position: at };
      yield {
        ...place,
        bytes: Buffer.concat([before, Buffer.alloc(sector.length), behind]),
        what: 'sector zeroed',
      };
      yield { ...place, bytes: Buffer.concat([before, sector, sector, behind]), what: 'sector doubled' };
      const swapped = [before, behind.subarray(0, SECTOR), sector, behind.subarray(SECTOR)];
      if (behind.length > 0) yield { ...place, bytes: Buffer.concat(swapped), what: 'sectors exchanged' };
    }
  }
}

/** By the kind of file, with how many were tried. */
function countByKind(damages: readonly Damage[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path } of damages) {
    const kind = basename(path).replace(/^\d{20}\./, '');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const text = ({ path, what }: Damage) => `${basename(path)}: ${what}`;

/** Files in which no flipped bit may go unnoticed. */
const COVERED = /\.(?:log|snapshot)$|leader-epoch-checkpoint$/;
/** Files that may lose their end unnoticed: entries of an index that are missing cost time and no record. */
const MAY_BE_SHORTER = /\.(?:index|timeindex)$/;

describe('inspectLog on every byte', () => {
  const random = seededRandom(SEED);
  for (const id of LOGS) {
    const log = fixtureInMemory(id);
    it(`notices a flipped bit in ${id}`, { timeout: TIMEOUT_MS }, async () => {
      const damages = [...flips(log, FLIPS / LOGS.length, random)];
      const unnoticed = await tryEach(log, damages);
      console.log(`flips in ${id}, seed ${SEED}: ${damages.length} tried, unnoticed`, countByKind(unnoticed));
      expect(unnoticed.filter(({ path }) => COVERED.test(path)).map(text)).toEqual([]);
      expect(unnoticed.length).toBeLessThan(damages.length * UNNOTICED_SHARE_MAX);
    });

    it(`notices where a file of ${id} ends too early`, { timeout: TIMEOUT_MS }, async () => {
      const damages = [...cuts(log, CUTS / LOGS.length)];
      const unnoticed = await tryEach(log, damages);
      console.log(`cuts in ${id}: ${damages.length} tried, unnoticed`, countByKind(unnoticed));
      expect(unnoticed.filter(({ path }) => !MAY_BE_SHORTER.test(path)).map(text)).toEqual([]);
    });

    it(`notices sectors of ${id} that are zero, doubled or exchanged`, { timeout: TIMEOUT_MS }, async () => {
      const damages = [...sectors(log, SECTORS / LOGS.length)];
      const unnoticed = await tryEach(log, damages);
      console.log(`sectors in ${id}: ${damages.length} tried, unnoticed`, countByKind(unnoticed));
      expect(unnoticed.map(text)).toEqual([]);
    });
  }
});

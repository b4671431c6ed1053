/**
 * Files that change while they are read: they grow, are cut off, replaced, deleted, or become something that blocks.
 * Whatever reads a log comes to an end with an answer or a typed error, holds no file open, gives no record twice, and
 * calls nothing damaged that another look finds sound.
 *
 * The change is made before one operation after the other of the reader; short in every run, all of them with
 * `npm run test:long -- test/damage/changing-files.test.ts`.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../electron/cli/command';
import { compact } from '../../electron/cli/compact';
import { inspect, verify } from '../../electron/cli/inspect';
import { rebuildIndex } from '../../electron/cli/rebuild-index';
import { records } from '../../electron/cli/records';
import { retention } from '../../electron/cli/retention';
import { startup } from '../../electron/cli/startup';
import { stats } from '../../electron/cli/stats';
import type { ReadingFileSystem } from '../../electron/engine/file-system';
import { readBatchAnatomy } from '../../electron/engine/inspect/batch-anatomy';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import type { LogDirectory } from '../../electron/engine/inspect/list-logs';
import { planIndexRebuild } from '../../electron/engine/inspect/plan-index-rebuild';
import { readIndexFacts } from '../../electron/engine/inspect/read-index-facts';
import { readRecords } from '../../electron/engine/inspect/read-records';
import { readSpans } from '../../electron/engine/inspect/read-spans';
import { readStatistics } from '../../electron/engine/inspect/read-statistics';
import { readTransactions } from '../../electron/engine/inspect/read-transactions';
import { searchRecords } from '../../electron/engine/inspect/search-records';
import { simulateStartup } from '../../electron/engine/inspect/simulate-startup';
import { findSoundBatches } from '../../electron/engine/inspect/sound-batches';
import { readDirectoryPolicies } from '../../electron/engine/inspect/topic-policy';
import { AppError } from '../../shared/errors';
import { givenSettings } from '../../shared/plan/topic-settings';
import type { Problem } from '../../shared/problem';
import { changingFileSystem } from '../support/changing-file-system';
import { fakeTerminal } from '../support/fake-terminal';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';

const FIXTURE = join(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory/codec-none-0');
const KAFKAS = readFileSync(join(FIXTURE, '00000000000000000000.log'));
/** Kafka's first batch; its offset is outside its CRC, so that it can be put anywhere. */
const BATCH = KAFKAS.subarray(0, 12 + KAFKAS.readInt32BE(8));
const OFFSETS_A_BATCH = BATCH.readInt32BE(23) + 1;
const TIMESTAMP_MS = BATCH.readBigInt64BE(35);
/** Of each segment; the last has more than a reader takes at once, so that it comes back for the rest. */
const BATCH_COUNTS = [300, Math.ceil((1.1 * 1024 * 1024) / BATCH.length)];
const SEGMENT_COUNT = BATCH_COUNTS.length;
/** Room for a segment to grow into, in front of the next one. */
const BATCHES_LEFT_OUT = 10;
const PLACES = countFor({ short: 1, full: 100 });
const ROUNDS = countFor({ short: 2, full: 100 });
const TIMEOUT_MS = countFor({ short: 60_000, full: 3_600_000 });

const folder = mkdtempSync(join(tmpdir(), 'strata-changing-'));
const directory = join(folder, 'orders-0');
const LOG: LogDirectory = {
  ...{ name: 'orders-0', path: directory, topic: 'orders', partition: 0 },
  ...({ state: 'current', format: 'kafka' } as const),
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const baseOf = (segment: number) =>
  BATCH_COUNTS.slice(0, segment).reduce(
    (sum, count) => sum + (count + BATCHES_LEFT_OUT) * OFFSETS_A_BATCH,
    0,
  );
const fileOf = (segment: number, suffix = 'log') =>
  join(directory, `${String(baseOf(segment)).padStart(20, '0')}.${suffix}`);

function batchesFrom(baseOffset: number, count: number): Buffer {
  const bytes = Buffer.concat(Array.from({ length: count }, () => BATCH));
  for (let index = 0; index < count; index++)
    bytes.writeBigInt64BE(BigInt(baseOffset + index * OFFSETS_A_BATCH), index * BATCH.length);
  return bytes;
}

const CONTENTS = Array.from({ length: SEGMENT_COUNT }, (_, segment) =>
  batchesFrom(baseOf(segment), BATCH_COUNTS[segment]!),
);

beforeEach(() => {
  mkdirSync(directory, { recursive: true });
  for (const [segment, bytes] of CONTENTS.entries()) {
    writeFileSync(fileOf(segment), bytes);
    writeFileSync(fileOf(segment, 'index'), '');
    const entry = Buffer.alloc(12);
    entry.writeBigInt64BE(TIMESTAMP_MS);
    writeFileSync(fileOf(segment, 'timeindex'), entry);
  }
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Change {
  readonly make: (path: string, segment: number) => void;
  /** Whether a log is sound afterwards of which the last, or the first, segment changed so. */
  readonly leavesSound: { readonly last: boolean; readonly first: boolean };
}

const ALWAYS = { last: true, first: true };
const NEVER = { last: false, first: false };
const ONLY_LAST = { last: true, first: false };
const replace = (path: string, make: (beside: string) => void) => {
  make(`${path}.new`);
  renameSync(`${path}.new`, path);
};

const CHANGES: Readonly<Record<string, Change>> = {
  grows: {
    make: (path, segment) =>
      appendFileSync(path, batchesFrom(baseOf(segment) + BATCH_COUNTS[segment]! * OFFSETS_A_BATCH, 3)),
    leavesSound: ALWAYS,
  },
  'grows by a part of a batch': {
    make: (path) => appendFileSync(path, BATCH.subarray(0, 80)),
    leavesSound: NEVER,
  },
  'is cut off behind a batch': {
    make: (path) => truncateSync(path, BATCH.length * 100),
    leavesSound: ONLY_LAST,
  },
  'is cut off inside a batch': {
    make: (path) => truncateSync(path, BATCH.length * 100 + 70),
    leavesSound: NEVER,
  },
  'is emptied': { make: (path) => truncateSync(path, 0), leavesSound: NEVER },
  'is replaced by its like': {
    make: (path, segment) => replace(path, (beside) => writeFileSync(beside, CONTENTS[segment]!)),
    leavesSound: ALWAYS,
  },
  'is replaced by a shorter one': {
    make: (path, segment) =>
      replace(path, (beside) => writeFileSync(beside, CONTENTS[segment]!.subarray(0, BATCH.length * 50))),
    leavesSound: ONLY_LAST,
  },
  'is deleted': { make: (path) => rmSync(path, { force: true }), leavesSound: ALWAYS },
  'becomes a FIFO': {
    make: (path) => replace(path, (beside) => execFileSync('mkfifo', [beside])),
    leavesSound: NEVER,
  },
  'becomes a link to a device': {
    make: (path) => replace(path, (beside) => symlinkSync('/dev/zero', beside)),
    leavesSound: NEVER,
  },
  'becomes a directory': {
    make(path) {
      rmSync(path, { force: true });
      mkdirSync(path, { recursive: true });
    },
    leavesSound: NEVER,
  },
};

const PATTERN = { pattern: '\\d', isCaseSensitive: true, places: ['key', 'value'] } as const;

/** @returns Offsets of the records in the order that they came. */
async function offsetsOf(fs: ReadingFileSystem): Promise<number[]> {
  const offsets: number[] = [];
  for await (const batch of readRecords(fs, directory, {}))
    offsets.push(...batch.records.map(({ offset }) => offset));
  return offsets;
}

type Reader = (fs: ReadingFileSystem) => Promise<unknown>;

const READERS: Readonly<Record<string, Reader>> = {
  'the check of every byte': (fs) => inspectLog(fs, LOG, { depth: 'records', nowMs: 0 }),
  'the header scan': (fs) => inspectLog(fs, LOG, { depth: 'headers' }),
  records: offsetsOf,
  search: (fs) =>
    searchRecords(fs, LOG, { pattern: { ...PATTERN, kind: 'regex' }, limit: 50, contentBytesMax: 100 }),
  transactions: (fs) => readTransactions(fs, directory, {}),
  statistics: (fs) => readStatistics(fs, LOG, { segmentBaseOffset: null }),
  'the list of batches': (fs) => readSpans(fs, directory, { baseOffset: 0, fromPosition: 0, limit: 9_000 }),
  'one batch': (fs) => readBatchAnatomy(fs, directory, { baseOffset: 0, position: 0, bytesMax: 1_000 }),
  'the figures of the indexes': async (fs) =>
    readIndexFacts(fs, LOG, { policies: await readDirectoryPolicies(fs, directory, null) }),
  'the plan of a rebuild': async (fs) =>
    planIndexRebuild(fs, LOG, {
      policies: await readDirectoryPolicies(fs, directory, null),
      broker: { verdict: 'detached', writer: null, reason: '' },
      given: givenSettings({}),
    }),
  'the next start-up': (fs) => simulateStartup(fs, directory),
  salvage: (fs) => findSoundBatches(fs, directory),
};

/** How many operations the reader makes where nothing happens. */
async function operationsOf(read: Reader): Promise<number> {
  const fs = changingFileSystem(-1, () => {});
  await read(fs);
  return fs.operationCount();
}

/** @returns The answer, or the code of the error. */
async function outcomeOf(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

const random = seededRandom(SEED);

/** `PLACES` of all operations, evenly, the first one drawn. */
function* placesIn(operationCount: number): Generator<number> {
  const step = Math.max(1, operationCount / PLACES);
  for (let place = random() * step; place < operationCount; place += step) yield Math.floor(place);
}

describe('every reader', () => {
  for (const [name, read] of Object.entries(READERS))
    it(`comes to an end while a segment changes: ${name}`, { timeout: TIMEOUT_MS }, async () => {
      const operationCount = await operationsOf(read);
      for (const [what, { make, leavesSound }] of Object.entries(CHANGES))
        for (const place of placesIn(operationCount)) {
          const target = random() < 0.5 ? 'first' : 'last';
          const segment = target === 'first' ? 0 : SEGMENT_COUNT - 1;
          const fs = changingFileSystem(place, () => make(fileOf(segment), segment));
          const found = await outcomeOf(() => read(fs));
          const at = `the ${target} segment ${what} at operation ${place}, seed ${SEED}`;
          expect(fs.openCount(), at).toBe(0);
          if (Array.isArray(found)) expect(isAscending(found), at).toBe(true);
          if (leavesSound[target]) expect(errorsIn(found), at).toEqual([]);
          restore(segment);
        }
    });
});

/** What the answer calls damaged. */
function errorsIn(found: unknown): string[] {
  if (typeof found !== 'object' || found === null || !('problems' in found)) return [];
  const problems = found.problems as readonly Problem[];
  return problems.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));
}

function isAscending(offsets: readonly number[]): boolean {
  return offsets.every((offset, index) => index === 0 || offset > offsets[index - 1]!);
}

function restore(segment: number): void {
  rmSync(fileOf(segment), { force: true, recursive: true });
  writeFileSync(fileOf(segment), CONTENTS[segment]!);
}

const COMMANDS: readonly Command[] = [
  inspect,
  verify,
  startup,
  records,
  stats,
  rebuildIndex,
  retention,
  compact,
];

describe('every command', () => {
  for (const command of COMMANDS)
    it(`comes to an end while files change all the time: ${command.name}`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      const changes = Object.values(CHANGES);
      const timer = setInterval(() => {
        const segment = random() < 0.5 ? 0 : SEGMENT_COUNT - 1;
        restore(segment);
        changes[Math.floor(random() * changes.length)]!.make(fileOf(segment), segment);
      });
      try {
        for (let round = 0; round < ROUNDS; round++) {
          const args = command === records ? [directory, '--limit', '5000'] : [directory];
          const outcome = await outcomeOf(() => command.run(args, fakeTerminal()));
          if (typeof outcome === 'number') expect([0, 1, 2]).toContain(outcome);
        }
      } finally {
        clearInterval(timer);
      }
    });
});

/**
 * The log against an array: random commands on both, over a file system that can lose power, must agree after each.
 *
 * What a loss of power may take is the only freedom: a suffix of what was not durable. fast-check shrinks what fails.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Log } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { FakeClock } from '../support/fake-clock';
import { MemFileSystem } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';
import { problemsIn } from '../support/sound-log';

const DIRECTORY = '/data/orders-0';
const RUNS = countFor({ short: 60, full: 2000 });
const COMMANDS_MAX = 50;
const KEYS = 5;
const NOW_MS = 1_700_000_000_000;

interface ModelRecord {
  readonly value: string;
  /** Of a transaction that was aborted. */
  readonly isAborted: boolean;
}

interface Model {
  /** By offset; null for a marker, and for what compaction took. Offsets below `start` are deleted. */
  readonly records: (ModelRecord | null)[];
  start: number;
  /** Offsets below it survive a loss of power. */
  durable: number;
}

interface Real {
  log: Log;
  fs: MemFileSystem;
  readonly clock: FakeClock;
  readonly settings: Partial<LogSettings>;
}

interface Command extends fc.AsyncCommand<Model, Real> {}

/** A command that is always possible, shown by its name and argument. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      assert.equal(real.log.logEndOffset, model.records.length, 'log end offset');
      assert.equal(real.log.logStartOffset, model.start, 'log start offset');
      if (real.settings.fsync === 'always') model.durable = model.records.length;
    },
    toString: () => name,
  };
}

const keyOf = (value: string) => `k${value.length % KEYS}`;
const keyed = (value: string) => ({ key: keyOf(value), value });
const committed = (value: string): ModelRecord => ({ value, isAborted: false });

/** What a reader should see from the start on. */
function shown({ records, start }: Model): [number, string][] {
  return records.flatMap((record, offset): [number, string][] =>
    record === null || offset < start ? [] : [[offset, record.value]],
  );
}

async function everythingIn(log: Log): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { offset, value } of log.read()) found.push([offset, Buffer.from(value!).toString()]);
  return found;
}

const append = (values: readonly string[]) =>
  command(`append ${JSON.stringify(values)}`, async (model, { log }) => {
    const firstOffset = model.records.length;
    const range = await log.appendMany(values.map(keyed));
    assert.deepEqual(range, { firstOffset, lastOffset: firstOffset + values.length - 1 });
    model.records.push(...values.map(committed));
  });

/** Calls that do not wait for one another. */
const appendTogether = (values: readonly string[]) =>
  command(`append together ${JSON.stringify(values)}`, async (model, { log }) => {
    const offsets = await Promise.all(values.map((value) => log.append(keyed(value))));
    assert.deepEqual(
      offsets,
      values.map((_, index) => model.records.length + index),
    );
    model.records.push(...values.map(committed));
  });

const appendTransaction = (values: readonly string[], outcome: 'commit' | 'abort') =>
  command(`${outcome} ${JSON.stringify(values)}`, async (model, { log }) => {
    const producer = { producerId: 7, producerEpoch: 0, outcome };
    const { firstOffset } = await log.appendTransaction(values.map(keyed), producer);
    assert.equal(firstOffset, model.records.length);
    model.records.push(...values.map((value) => ({ value, isAborted: outcome === 'abort' })), null);
  });

/** @param share Where between start and end to begin. */
const read = (share: number, recordsMax: number) =>
  command(`read from ${share}, ${recordsMax} at most`, async (model, { log }) => {
    const fromOffset = model.start + Math.floor(share * (model.records.length - model.start));
    const found: [number, string][] = [];
    for await (const { offset, value } of log.read({ fromOffset, recordsMax }))
      found.push([offset, Buffer.from(value!).toString()]);
    const wanted = shown(model).filter(([offset]) => offset >= fromOffset);
    assert.deepEqual(found, wanted.slice(0, recordsMax));
  });

const readOutside = () =>
  command('read outside', async (model, { log }) => {
    for (const fromOffset of [model.start - 1, model.records.length + 1])
      await assert.rejects(log.read({ fromOffset }).next(), { code: 'OFFSET_OUT_OF_RANGE' });
  });

const roll = () => command('roll', async (_model, { log }) => log.roll());

const flush = () =>
  command('flush', async (model, { log }) => {
    await log.flush();
    model.durable = model.records.length;
  });

/** What stays is at least as much as asked, and would not be without its first segment. */
const retain = () =>
  command('retain', async (model, { log, settings }) => {
    await log.applyRetention();
    model.start = log.logStartOffset;
    assert(log.segments.some(({ baseOffset }) => baseOffset === model.start));
    const [first] = log.segments;
    assert(
      !log.settings.cleanupPolicy.includes('delete') ||
        log.segments.length === 1 ||
        log.sizeInBytes - first!.sizeInBytes < settings.retentionBytes!,
    );
  });

let compactedCount = 0;

/**
 * What is left was there before at its offset; the last committed record of each key is among it, and everything of
 * the active segment. Which of the others go, Kafka decides in the comparison.
 */
const compact = () =>
  command('compact', async (model, { log }) => {
    const before = new Map(shown(model));
    const activeFrom = log.segments.at(-1)!.baseOffset;
    await log.compact({ minCleanableDirtyRatio: 0 });
    const after = new Map(await everythingIn(log));
    for (const [offset, value] of after) assert.equal(value, before.get(offset), `offset ${offset}`);
    const lastOfKey = new Map<string, number>();
    for (const [offset, value] of before) {
      if (!model.records[offset]!.isAborted) lastOfKey.set(keyOf(value), offset);
      if (offset >= activeFrom) assert(after.has(offset), `${offset} of the active segment is gone`);
    }
    for (const [key, offset] of lastOfKey)
      assert(after.has(offset), `the last one of ${key}, ${offset}, is gone`);
    for (const offset of before.keys()) if (!after.has(offset)) model.records[offset] = null;
    compactedCount += before.size - after.size;
  });

const wait = () => command('wait', (_model, { clock }) => clock.advance(60));

const reopen = () =>
  command('reopen', async (model, real) => {
    await real.log.close();
    model.durable = model.records.length;
    assert.deepEqual(await problemsIn(real.fs, DIRECTORY), []);
    real.log = await Log.open(DIRECTORY, real.settings, real);
    assert.equal(real.log.recovery, null);
  });

const crash = (seed: number) =>
  command(`crash ${seed}`, async (model, real) => {
    real.fs = real.fs.crashImage(seededRandom(seed));
    real.log = await Log.open(DIRECTORY, real.settings, real);
    const { logEndOffset, logStartOffset } = real.log;
    assert(
      logEndOffset >= model.durable && logEndOffset <= model.records.length,
      'only what was not durable goes',
    );
    assert.equal(logStartOffset, model.start);
    model.records.length = logEndOffset;
    model.durable = logEndOffset;
  });

const value = fc.string({ maxLength: 120, unit: 'binary' });
const values = fc.array(value, { minLength: 1, maxLength: 12 });
const commands = fc.commands(
  [
    values.map(append),
    values.map(append),
    values.map(appendTogether),
    fc
      .tuple(values, fc.constantFrom('commit' as const, 'abort' as const))
      .map((drawn) => appendTransaction(...drawn)),
    fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 40 }))
      .map((drawn) => read(...drawn)),
    fc.constant(readOutside()),
    fc.constant(roll()),
    fc.constant(flush()),
    fc.constant(retain()),
    fc.constant(compact()),
    fc.constant(wait()),
    fc.constant(reopen()),
    fc.integer().map(crash),
  ],
  { maxCommands: COMMANDS_MAX, size: 'max' },
);

const settings = fc.record({
  segmentBytes: fc.integer({ min: 2500, max: 6000 }),
  indexIntervalBytes: fc.integer({ min: 0, max: 400 }),
  batchBytes: fc.integer({ min: 150, max: 2000 }),
  retentionBytes: fc.integer({ min: 0, max: 4000 }),
  openFilesMax: fc.integer({ min: 1, max: 4 }),
  indexCacheBytes: fc.constantFrom(0, 100, 1_000_000),
  compressionType: fc.constantFrom('none' as const, 'lz4' as const, 'zstd' as const),
  fsync: fc.constantFrom('none' as const, 'always' as const),
  cleanupPolicy: fc.constantFrom('delete' as const, 'compact' as const, 'compact,delete' as const),
});

describe('a log and an array', () => {
  it(`agree after every command: ${RUNS} runs of up to ${COMMANDS_MAX}, seed ${SEED}`, async () => {
    let commandCount = 0;
    const property = fc.asyncProperty(settings, commands, async (drawn, drawnCommands) => {
      const given = { ...drawn, segmentIndexBytes: 480, fileDeleteDelayMs: 50 };
      const [fs, clock] = [new MemFileSystem(), new FakeClock(NOW_MS)];
      const real = { fs, clock, settings: given, log: await Log.open(DIRECTORY, given, { fs, clock }) };
      const setup = () => ({ model: { records: [], start: 0, durable: 0 }, real });
      await fc.asyncModelRun(setup, drawnCommands);
      commandCount += [...drawnCommands].length;
      await real.log.close();
      expect(real.fs.openCount).toBe(0);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    expect(compactedCount).toBeGreaterThan(0);
    console.log(
      `model: ${RUNS} runs, ${commandCount} commands, ${compactedCount} records compacted, seed ${SEED}`,
    );
  }, 3_600_000);
});

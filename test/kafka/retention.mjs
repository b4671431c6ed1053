/**
 * Retention: a plan made from the files of a stopped broker, against what that broker then deletes, and a run of ours,
 * against what a broker makes of the directory afterwards. Known cases, and others drawn from a seed that is printed;
 * a number in STRATA_SEED draws the same again.
 */
import assert from 'node:assert/strict';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startBroker } from '../../build/kafka/broker.mjs';
import { seededRandom } from '../../build/kafka/fixtures/sample-records.mjs';

export const title = 'retention';

const VERSION = '4.4.0';
const HOUR = 3_600_000;
/** Of a topic with compact,delete it is the cleaner that deletes. */
const QUIET = {
  'log.retention.check.interval.ms': HOUR,
  'log.initial.task.delay.ms': HOUR,
  'log.cleaner.backoff.ms': HOUR,
};
const EAGER = {
  'log.retention.check.interval.ms': 500,
  'log.initial.task.delay.ms': 100,
  'log.cleaner.backoff.ms': 200,
};
const COMPACT_DELETE = { 'cleanup.policy': 'compact,delete', 'min.cleanable.dirty.ratio': 1 };
const FUTURE = { 'message.timestamp.after.max.ms': '9223372036854775807' };
const SEGMENT = { 'internal.segment.bytes': 700, 'cleanup.policy': 'delete', 'file.delete.delay.ms': 100 };
const VALUE = 'v'.repeat(200);

/** Ages in hours, one batch each; about two batches a segment. */
const CASES = [
  { topic: 'by-time', config: { 'retention.ms': 5 * HOUR }, ages: [9, 8, 7, 6, 4, 3, 2, 1] },
  { topic: 'by-time-all', config: { 'retention.ms': HOUR / 2 }, ages: [9, 8, 7, 6, 5, 4, 3, 2] },
  {
    topic: 'by-size',
    config: { 'retention.ms': -1, 'retention.bytes': 1500 },
    ages: [8, 7, 6, 5, 4, 3, 2, 1],
  },
  {
    topic: 'by-size-none',
    config: { 'retention.ms': -1, 'retention.bytes': 100_000 },
    ages: [8, 7, 6, 5, 4, 3],
  },
  {
    topic: 'by-both',
    config: { 'retention.ms': 3 * HOUR, 'retention.bytes': 1800 },
    ages: [9, 9, 8, 7, 2, 2, 1, 1],
  },
  { topic: 'future-first', config: { 'retention.ms': HOUR, ...FUTURE }, ages: [9, -20, 8, 7, 6, 5] },
  { topic: 'out-of-order', config: { 'retention.ms': 5 * HOUR, ...FUTURE }, ages: [9, 1, 8, 8, 9, 2, 7, 7] },
  { topic: 'for-ever', config: { 'retention.ms': -1 }, ages: [9, 8, 7, 6] },
  {
    topic: 'append-time',
    config: { 'retention.ms': HOUR, 'message.timestamp.type': 'LogAppendTime' },
    ages: [9, 8, 7, 6],
  },
  { topic: 'by-default', config: { 'retention.ms': null }, ages: [200, 190, 100, 50, 20, 1] },
  { topic: 'trimmed', config: { 'retention.ms': -1 }, ages: [9, 8, 7, 6, 5, 4, 3, 2], trimTo: 5 },
  {
    topic: 'trimmed-and-old',
    config: { 'retention.ms': 5 * HOUR },
    ages: [9, 9, 8, 8, 4, 4, 3, 3, 2, 2],
    trimTo: 6,
  },
  { topic: 'trimmed-to-the-end', config: { 'retention.ms': -1 }, ages: [9, 8, 7, 6], trimTo: 4 },
  { topic: 'idle-active', config: { 'retention.ms': HOUR }, ages: [9] },
  { topic: 'idle-active-by-size', config: { 'retention.ms': -1, 'retention.bytes': 0 }, ages: [3] },
  { topic: 'young-active', config: { 'retention.ms': 2 * HOUR }, ages: [9, 8, 7, 6, 5, 1] },
  { topic: 'never-written', config: { 'retention.ms': 1 }, ages: [] },
  {
    topic: 'compact-delete-time',
    config: { ...COMPACT_DELETE, 'retention.ms': 5 * HOUR },
    ages: [9, 8, 7, 6, 4, 3, 2, 1],
  },
  {
    topic: 'compact-delete-size',
    config: { ...COMPACT_DELETE, 'retention.ms': -1, 'retention.bytes': 1500 },
    ages: [8, 7, 6, 5, 4, 3, 2, 1],
  },
  {
    topic: 'compact-only',
    config: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 1, 'retention.ms': 1 },
    ages: [9, 8, 7, 6, 5, 4],
  },
];
const DRAWN_COUNT = 8;

/** Nobody has seen these: ages in any order, of the future too, limits around the sizes and ages that there are. */
function drawnCases(seed) {
  const random = seededRandom(seed);
  return Array.from({ length: DRAWN_COUNT }, (_, index) => {
    const count = 1 + random.below(14);
    const isOrdered = random.below(3) > 0;
    const ages = Array.from({ length: count }, () => random.below(30) - (random.below(6) === 0 ? 40 : 0));
    return {
      topic: `drawn-${index}`,
      config: {
        ...FUTURE,
        ...(random.below(4) === 0 ? COMPACT_DELETE : {}),
        // Half an hour off the ages, so that no segment comes due between the plan and the broker.
        'retention.ms': random.below(4) === 0 ? -1 : random.below(30) * HOUR + HOUR / 2,
        'retention.bytes': random.below(2) === 0 ? -1 : random.below(count * 300),
      },
      ages: isOrdered ? ages.toSorted((a, b) => b - a) : ages,
      ...(random.below(4) === 0 ? { trimTo: 1 + random.below(count) } : {}),
    };
  });
}

const SEED = Number(process.env.STRATA_SEED ?? Date.now() % 1_000_000);
CASES.push(...drawnCases(SEED));

const keyOf = (index) => Buffer.from(`key-${index}`).toString('base64');

async function writeLogs(dataDirectory, end) {
  const broker = await startBroker({ version: VERSION, dataDirectory, config: QUIET });
  const now = Date.now();
  for (const { topic, config, ages, trimTo } of CASES) {
    const own = Object.fromEntries(
      Object.entries({ ...SEGMENT, ...config }).filter(([, value]) => value !== null),
    );
    await broker.client.createTopic({ topic, config: own });
    const isCompacted = own['cleanup.policy'] !== 'delete';
    const batches = ages.map((age, index) => [
      { key: isCompacted ? keyOf(index) : null, value: VALUE, timestamp: now - age * HOUR },
    ]);
    if (batches.length > 0) await broker.client.produce({ topic, batches });
    if (trimTo !== undefined) await broker.client.deleteRecords({ topic, beforeOffset: trimTo });
  }
  await broker[end]();
}

async function baseOffsets(dataDirectory, topic) {
  const names = await readdir(join(dataDirectory, `${topic}-0`));
  return names
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

function plannedBases({ kept, rollsActiveSegment, logEndOffset }) {
  return rollsActiveSegment ? [logEndOffset] : kept.map(({ baseOffset }) => baseOffset);
}

/** Waits until the broker has done what was planned, or has had time for it, and then for what it should not do. */
async function settled(dataDirectory, plans) {
  const isDone = async () => {
    for (const plan of plans) {
      const topic = plan.name.slice(0, -2);
      if (String(await baseOffsets(dataDirectory, topic)) !== String(plannedBases(plan))) return false;
    }
    return true;
  };
  for (let attempt = 0; attempt < 40 && !(await isDone()); attempt++) await delay(250);
  await delay(1500);
}

async function comparePlan({ check, strataJson, scratch }, end) {
  const dataDirectory = join(scratch, `plan-${end}`);
  await writeLogs(dataDirectory, end);
  const { logs } = await strataJson('retention', dataDirectory);
  const plans = logs.filter(({ name }) => CASES.some(({ topic }) => name === `${topic}-0`));
  const broker = await startBroker({ version: VERSION, dataDirectory, config: EAGER });
  await settled(dataDirectory, plans);
  for (const plan of plans) {
    const topic = plan.name.slice(0, -2);
    const { earliest } = await broker.client.listOffsets({ topic });
    const bases = await baseOffsets(dataDirectory, topic);
    await check(`${topic}, after ${end}`, () => {
      assert.deepEqual(bases, plannedBases(plan), 'segments that stay');
      assert.equal(earliest, plan.logStartOffsetAfter, 'log start offset');
    });
  }
  await check(`something was planned, after ${end}`, () =>
    assert.ok(plans.filter(({ deletions }) => deletions.length > 0).length >= 5),
  );
  await broker.stop();
  await rm(dataDirectory, { recursive: true });
}

/** Our run instead of the broker's: it then starts, finds nothing left to delete, and serves the rest. */
async function compareRun({ check, strata, scratch }) {
  const dataDirectory = join(scratch, 'run');
  await writeLogs(dataDirectory, 'stop');
  const untouched = join(scratch, 'untouched');
  await cp(dataDirectory, untouched, { recursive: true, preserveTimestamps: true });
  process.env.STRATA_STATE_DIR = join(scratch, 'state');
  const { stdout } = await strata('retention', dataDirectory, '--apply', '--json');
  const plans = JSON.parse(stdout).logs.filter(({ name }) =>
    CASES.some(({ topic }) => name === `${topic}-0`),
  );
  const applied = plans.filter(({ deletions }) => deletions.length > 0);
  await check('the run applied every plan', () => assert.ok(applied.every((plan) => plan.applied !== null)));
  const broker = await startBroker({ version: VERSION, dataDirectory, config: EAGER });
  await settled(dataDirectory, plans);
  const log = broker.outputTail();
  for (const plan of plans) {
    const topic = plan.name.slice(0, -2);
    const bases = await baseOffsets(dataDirectory, topic);
    const records = await broker.client.consume({ topic });
    const { earliest, latest } = await broker.client.listOffsets({ topic });
    await check(`${topic}, after our run`, () => {
      assert.deepEqual(bases, plannedBases(plan), 'segments');
      assert.deepEqual([earliest, latest], [plan.logStartOffsetAfter, plan.logEndOffset], 'offsets');
      assert.equal(records.length, plan.logEndOffset - plan.logStartOffsetAfter, 'records served');
    });
  }
  await check('the broker complained of nothing', () =>
    assert.doesNotMatch(log, /ERROR|Recovering|truncat/i),
  );
  await broker.stop();
  await strata('undo', dataDirectory);
}

export async function run(around) {
  console.log(`  seed ${SEED}`);
  await comparePlan(around, 'stop');
  await comparePlan(around, 'kill');
  await compareRun(around);
}

/**
 * Compaction: what a broker's cleaner leaves of a log, against our plan for the same files and our own run on a copy;
 * and what a broker makes of a directory that we compacted.
 */
import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startBroker } from '../../build/kafka/broker.mjs';
import { dumpSegments } from '../../build/kafka/fixtures/log-truth.mjs';

export const title = 'compaction';

const VERSION = '4.4.0';
const DAY = 86_400_000;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
/** No cleaner while the logs are written: a map of a log is then made from the same bytes by both. */
const IDLE = { 'log.cleaner.enable': true, 'log.cleaner.backoff.ms': 3_600_000 };
const COMPACT = {
  'cleanup.policy': 'compact',
  'internal.segment.bytes': 1500,
  'min.cleanable.dirty.ratio': 1,
  'retention.ms': -1,
};
const EAGER = { 'min.cleanable.dirty.ratio': 0.001 };

/** Keys come again every few records; each eleventh record is a tombstone. */
function batchesOf({ count, size = 4, keys = 9, from = 0, ages = () => 0, length = 40 }) {
  const now = Date.now();
  return Array.from({ length: count }, (_, batch) =>
    Array.from({ length: size }, (_unused, index) => {
      const number = from + batch * size + index;
      return {
        key: `key-${(number * 7) % keys}`,
        value: number % 11 === 10 ? null : `${number} ${'v'.repeat(length + (number % 30))}`,
        timestamp: now - ages(batch),
        headers: number % 3 === 0 ? [['h', `${number}`]] : [],
      };
    }),
  );
}

const codecCase = (codec) => ({
  topic: `codec-${codec}`,
  write: (client, topic) =>
    client.produce({ topic, config: { 'compression.type': codec }, batches: batchesOf({ count: 30 }) }),
});

const plain = { 'enable.idempotence': false };
const CASES = [
  ...CODECS.map(codecCase),
  {
    topic: 'append-time',
    config: { 'message.timestamp.type': 'LogAppendTime' },
    write: (client, topic) => client.produce({ topic, config: plain, batches: batchesOf({ count: 30 }) }),
  },
  {
    topic: 'idempotent-producers',
    async write(client, topic) {
      for (let index = 0; index < 5; index++)
        await client.produce({
          topic,
          config: { 'enable.idempotence': true },
          batches: batchesOf({ count: 6, from: index * 24, keys: 4 }),
        });
    },
  },
  {
    topic: 'no-tombstones-held',
    config: { 'delete.retention.ms': 0 },
    write: (client, topic) => client.produce({ topic, config: plain, batches: batchesOf({ count: 30 }) }),
  },
  {
    topic: 'null-keys',
    /** A compacted topic refuses null keys: they are from the time when it was not compacted. */
    first: { 'cleanup.policy': 'delete' },
    async write(client, topic) {
      const batches = batchesOf({ count: 30 }).map((batch) =>
        batch.map((record, index) => (index === 1 ? { ...record, key: null, value: 'no key' } : record)),
      );
      await client.produce({ topic, config: plain, batches });
      await client.setTopicConfig({ topic, config: { 'cleanup.policy': 'compact' } });
    },
  },
  {
    topic: 'lag',
    config: { 'min.compaction.lag.ms': 5 * DAY },
    write: (client, topic) =>
      client.produce({
        topic,
        config: plain,
        batches: batchesOf({ count: 40, ages: (batch) => (40 - batch) * (DAY / 4) }),
      }),
  },
  {
    topic: 'large-and-small',
    config: { 'internal.segment.bytes': 4000 },
    async write(client, topic) {
      for (const length of [10, 600, 20, 900, 5, 1100])
        await client.produce({ topic, config: plain, batches: batchesOf({ count: 8, size: 2, length }) });
    },
  },
  { topic: 'transactions', write: writeTransactions },
  {
    topic: 'open-transaction',
    async write(client, topic) {
      await client.produce({ topic, config: plain, batches: batchesOf({ count: 12 }) });
      await client.openProducer({ producer: 'open', config: { 'transactional.id': 'open' } });
      await client.begin('open');
      await client.send({ producer: 'open', topic, batches: batchesOf({ count: 1 }) });
      await client.produce({ topic, config: plain, batches: batchesOf({ count: 12, from: 7 }) });
    },
  },
  {
    topic: 'unique',
    write: (client, topic) =>
      client.produce({ topic, config: plain, batches: batchesOf({ count: 20, keys: 1_000_003 }) }),
  },
];

async function writeTransactions(client, topic) {
  const batches = batchesOf({ count: 40, keys: 7 });
  for (const producer of ['left', 'right'])
    await client.openProducer({ producer, config: { 'transactional.id': `${topic}-${producer}` } });
  for (let round = 0; round < 9; round++) {
    for (const producer of ['left', 'right']) await client.begin(producer);
    for (const producer of ['left', 'right', 'left'])
      await client.send({ producer, topic, batches: [batches.shift()] });
    await (round % 3 === 1 ? client.abort('left') : client.commit('left'));
    await (round % 2 === 0 ? client.abort('right') : client.commit('right'));
  }
  for (const producer of ['left', 'right']) await client.closeProducer(producer);
  await client.produce({ topic, config: plain, batches });
}

async function writeLogs(dataDirectory) {
  const broker = await startBroker({ version: VERSION, dataDirectory, config: IDLE });
  for (const { topic, config, first, write } of CASES) {
    await broker.client.createTopic({ topic, config: { ...COMPACT, ...config, ...first } });
    await write(broker.client, topic);
  }
  for (const { topic } of CASES) await broker.client.setTopicConfig({ topic, config: EAGER });
  await broker.stop();
}

async function checkpoints(dataDirectory) {
  const text = await readFile(join(dataDirectory, 'cleaner-offset-checkpoint'), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(2);
  return new Map(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[2])]));
}

/** Returns when the cleaner has reached the end of every plan, or has had time for it. */
async function untilCleaned(dataDirectory, plans) {
  for (let attempt = 0; attempt < 120; attempt++) {
    const reached = await checkpoints(dataDirectory);
    if (plans.every(({ name, cleanableEndOffset }) => reached.get(name.slice(0, -2)) >= cleanableEndOffset))
      return;
    await delay(250);
  }
}

const ofCases = (logs) => logs.filter(({ name }) => CASES.some(({ topic }) => name === `${topic}-0`));
const pathsOf = (directory) => CASES.map(({ topic }) => join(directory, `${topic}-0`));

/** Offsets on disk, control records included, and sizes, by segment. */
function layoutOf(segments) {
  return segments.map(({ baseOffset, batches }) => ({
    baseOffset,
    batches: batches.map(({ baseOffset: base, lastOffset, isControl, producerId, offsets }) =>
      [base, lastOffset, isControl, producerId, offsets.join(' ')].join(' | '),
    ),
  }));
}

const sizeOf = (segments) => segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);

async function served(broker) {
  const records = new Map();
  for (const { topic } of CASES)
    records.set(topic, [
      await broker.client.consume({ topic }),
      await broker.client.consume({ topic, isolation: 'read_committed' }),
    ]);
  return records;
}

export async function run({ check, strata, strataJson, scratch }) {
  const byKafka = join(scratch, 'by-kafka');
  const byStrata = join(scratch, 'by-strata');
  process.env.STRATA_STATE_DIR = join(scratch, 'state');
  await writeLogs(byKafka);
  await cp(byKafka, byStrata, { recursive: true, preserveTimestamps: true });
  const plans = ofCases((await strataJson('compact', byKafka)).logs);
  await check('most logs are eligible', () =>
    assert.ok(plans.filter(({ eligible }) => eligible).length >= 12, `${plans.length} plans`),
  );
  const { stdout } = await strata('compact', byStrata, '--apply', '--json');
  const applied = ofCases(JSON.parse(stdout).logs);
  await check('the run applied every plan that is eligible', () =>
    assert.deepEqual(
      applied
        .filter(({ eligible, applied: done }) => eligible && done === null)
        .map(({ refusal }) => refusal),
      [],
    ),
  );
  const ours = await dumpSegments(pathsOf(byStrata));

  let broker = await startBroker({ version: VERSION, dataDirectory: byKafka });
  await untilCleaned(
    byKafka,
    plans.filter(({ eligible }) => eligible),
  );
  const theirRecords = await served(broker);
  await broker.stop();
  const theirs = await dumpSegments(pathsOf(byKafka));
  for (const plan of plans) {
    const topic = plan.name.slice(0, -2);
    const [kafka, strataLog] = [byKafka, byStrata].map((directory) =>
      (directory === byKafka ? theirs : ours).get(join(directory, plan.name)),
    );
    await check(`${topic}: our run leaves the batches that Kafka leaves`, () =>
      assert.deepEqual(layoutOf(strataLog), layoutOf(kafka)),
    );
    await check(`${topic}: our plan counts what Kafka leaves`, () => {
      assert.deepEqual(
        plan.segments.map(({ baseOffset, recordsAfter }) => [baseOffset, recordsAfter]),
        kafka.map(({ baseOffset, recordCount }) => [baseOffset, recordCount]),
      );
      if (plan.bytesAfterIsExact) assert.equal(plan.bytesAfter, sizeOf(kafka), 'bytes');
    });
  }

  broker = await startBroker({ version: VERSION, dataDirectory: byStrata });
  const ourRecords = await served(broker);
  for (const { topic } of CASES)
    await check(`${topic}: a broker serves the same from what we compacted`, () =>
      assert.deepEqual(ourRecords.get(topic), theirRecords.get(topic)),
    );
  for (const { topic } of CASES)
    await broker.client.produce({ topic, config: plain, batches: batchesOf({ count: 30, from: 3 }) });
  await delay(5000);
  const again = await checkpoints(byStrata);
  for (const { name, cleanableEndOffset, eligible } of plans.filter(({ name }) => !/lag|open/.test(name)))
    await check(`${name}: a broker compacts it again`, () =>
      assert.ok(eligible && again.get(name.slice(0, -2)) > cleanableEndOffset),
    );
  const complaints = broker.outputTail();
  await check('the broker complained of nothing', () =>
    assert.doesNotMatch(complaints, /ERROR|uncleanable|Recovering/i),
  );
  await broker.stop();
  const left = (await readdir(join(byStrata, 'codec-none-0'))).filter((name) => /cleaned|swap/.test(name));
  await check('no file of a swap is left', () => assert.deepEqual(left, []));
}

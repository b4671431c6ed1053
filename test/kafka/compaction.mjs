/**
 * Compaction: what a broker's cleaner leaves of a log, against our plan for the same files, our run on a copy and an open
 * log of the engine's on another; and what a broker makes of the directories that we compacted.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import {
  compareBothServed,
  compareCompaction,
  EAGER,
  IDLE,
  putFixture,
} from '../../build/kafka/compare-compaction.mjs';

export const title = 'compaction';

const VERSION = '4.4.0';
const DAY = 86_400_000;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const COMPACT = {
  'cleanup.policy': 'compact',
  'internal.segment.bytes': 1500,
  'min.cleanable.dirty.ratio': 1,
  'retention.ms': -1,
};

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
      // So long that no coordinator aborts it while the suite runs.
      const config = { 'transactional.id': 'open', 'transaction.timeout.ms': 900_000 };
      await client.openProducer({ producer: 'open', config });
      await client.begin('open');
      await client.send({ producer: 'open', topic, batches: batchesOf({ count: 1 }) });
      await client.produce({ topic, config: plain, batches: batchesOf({ count: 12, from: 7 }) });
    },
  },
  { topic: 'format-0', fixture: '2.8.2/data-directory/format-0-none-0', write: async () => {} },
  { topic: 'format-1', fixture: '2.8.2/data-directory/format-1-none-0', write: async () => {} },
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
  for (const { topic, fixture } of CASES)
    if (fixture !== undefined) await putFixture(fixture, join(dataDirectory, `${topic}-0`));
}

export async function run(context) {
  const { check, scratch } = context;
  const dataDirectory = join(scratch, 'by-kafka');
  process.env.STRATA_STATE_DIR = join(scratch, 'state');
  await writeLogs(dataDirectory);
  const topics = CASES.map(({ topic }) => topic);
  const compared = await compareCompaction(context, { version: VERSION, dataDirectory, topics });
  await check('most logs are eligible', () =>
    assert.ok(
      compared.plans.filter(({ eligible }) => eligible).length >= 12,
      `${compared.plans.length} plans`,
    ),
  );
  const more = { config: plain, batches: batchesOf({ count: 30, from: 3 }) };
  const notAgain = ['lag', 'open-transaction'];
  await compareBothServed(context, { compared, version: VERSION, more, notAgain });
}

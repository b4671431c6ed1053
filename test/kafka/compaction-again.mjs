/**
 * Compaction of logs that a broker has compacted before and that went on after it: tombstones and markers whose time has
 * come or not, transactions and producers on both sides of the first run, more keys than the offset map holds, message
 * formats 0 to 2, and logs drawn from a seed. A number in STRATA_SEED draws the same again.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import {
  cleanerCheckpoints,
  compareBothServed,
  compareCompaction,
  EAGER,
  IDLE,
  putFixture,
  untilCleaned,
} from '../../build/kafka/compare-compaction.mjs';
import { seededRandom } from '../../build/kafka/fixtures/sample-records.mjs';

/** Four minutes: its logs are cleaned by four brokers, one after the other. */
export const isLong = true;
export const title = 'compaction again';

const VERSION = '4.4.0';
/** What a broker 2.8 wrote before its format was raised, twice. */
const OLD_FORMATS = '2.8.2/data-directory/format-raised-0';
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const DRAWN_COUNT = 6;
const COMPACT = {
  'cleanup.policy': 'compact',
  'internal.segment.bytes': 1500,
  'min.cleanable.dirty.ratio': 1,
  'retention.ms': -1,
};
const plain = { 'enable.idempotence': false };
/** The least that a broker accepts: 41,249 keys. */
const SMALL_MAP = { 'log.cleaner.dedupe.buffer.size': 1_100_000 };
const SMALL_MAP_KEYS = 90_000;

/** Keys come again every few records; each seventh record is a tombstone. */
function batchesOf({ count, size = 4, keys = 9, from = 0 }) {
  const now = Date.now();
  return Array.from({ length: count }, (_, batch) =>
    Array.from({ length: size }, (_unused, index) => {
      const number = from + batch * size + index;
      const value = number % 7 === 6 ? null : `${number} ${'v'.repeat(20 + (number % 40))}`;
      return { key: `key-${(number * 5) % keys}`, value, timestamp: now };
    }),
  );
}

const producing = (config, keys) => (client, topic, round) =>
  client.produce({ topic, config, batches: batchesOf({ count: 24, from: round * 131, keys }) });

async function transactions(client, topic, round) {
  const batches = batchesOf({ count: 24, keys: 7, from: round * 131 });
  for (const producer of ['left', 'right'])
    await client.openProducer({ producer, config: { 'transactional.id': `${topic}-${producer}` } });
  for (let number = 0; number < 6; number++) {
    for (const producer of ['left', 'right']) {
      await client.begin(producer);
      await client.send({ producer, topic, batches: batches.splice(0, 2) });
    }
    await ((number + round) % 2 === 0 ? client.abort('left') : client.commit('left'));
    await (number % 3 === 0 ? client.abort('right') : client.commit('right'));
  }
  for (const producer of ['left', 'right']) await client.closeProducer(producer);
  await client.produce({ topic, config: plain, batches: batchesOf({ count: 4, from: round * 17 }) });
}

async function manyKeys(client, topic, round) {
  const perSend = 15_000;
  for (let from = 0; round === 1 && from < SMALL_MAP_KEYS * 1.2; from += perSend) {
    const record = (number) => ({
      key: `k${number % SMALL_MAP_KEYS}`,
      value: `${number}`,
      timestamp: Date.now(),
    });
    const batches = Array.from({ length: perSend / 500 }, (_, batch) =>
      Array.from({ length: 500 }, (_unused, index) => record(from + batch * 500 + index)),
    );
    await client.produce({ topic, config: plain, batches });
  }
}

const CASES = [
  { topic: 'tombstones-held', write: producing(plain) },
  { topic: 'tombstones-due', config: { 'delete.retention.ms': 1 }, write: producing(plain) },
  { topic: 'transactions-held', write: transactions },
  { topic: 'transactions-due', config: { 'delete.retention.ms': 1 }, write: transactions },
  { topic: 'producers-stopped', write: producing({ 'enable.idempotence': true }, 4) },
  { topic: 'lz4-rounds', write: producing({ ...plain, 'compression.type': 'lz4' }) },
  { topic: 'small-map', config: { 'internal.segment.bytes': 600_000 }, write: manyKeys },
  { topic: 'formats-0-to-2', config: { 'internal.segment.bytes': 2500 }, write: async () => {} },
];

function drawnCase(random, index) {
  const pick = (values) => values[random.below(values.length)];
  const producer = { 'compression.type': pick(CODECS), 'enable.idempotence': random.below(2) === 0 };
  const isTransactional = random.below(3) === 0;
  const [keys, sizeMax, valueMax] = [1 + random.below(40), 1 + random.below(9), 20 + random.below(280)];
  const draw = () => ({
    key: `key-${random.below(keys)}`,
    value: random.below(6) === 0 ? null : random.bytes(random.below(valueMax)),
    timestamp: Date.now() - random.below(100_000),
    headers: random.below(4) === 0 ? [['h', `${random.below(100)}`]] : [],
  });
  return {
    topic: `drawn-${index}`,
    config: {
      'internal.segment.bytes': 3500 + random.below(1000),
      'delete.retention.ms': pick([1, 86_400_000]),
      'message.timestamp.type': pick(['CreateTime', 'CreateTime', 'LogAppendTime']),
    },
    async write(client, topic) {
      const batches = Array.from({ length: 50 + random.below(20) }, () =>
        Array.from({ length: 1 + random.below(sizeMax) }, draw),
      );
      if (!isTransactional) return client.produce({ topic, config: producer, batches });
      await client.openProducer({
        producer: 'drawn',
        config: { ...producer, 'enable.idempotence': true, 'transactional.id': topic },
      });
      while (batches.length > 0) {
        await client.begin('drawn');
        await client.send({ producer: 'drawn', topic, batches: batches.splice(0, 1 + random.below(4)) });
        await (random.below(3) === 0 ? client.abort('drawn') : client.commit('drawn'));
      }
      await client.closeProducer('drawn');
    },
  };
}

async function writeLogs(dataDirectory, cases) {
  const withBroker = async (config, work) => {
    const broker = await startBroker({ version: VERSION, dataDirectory, config });
    await work(broker.client);
    await broker.stop();
  };
  const setAll = async (client, config, those = cases) => {
    for (const { topic } of those) await client.setTopicConfig({ topic, config });
  };
  const compactedOnce = cases.filter(({ topic }) => topic !== 'formats-0-to-2');
  await withBroker(IDLE, async (client) => {
    for (const { topic, config, write } of cases) {
      await client.createTopic({ topic, config: { ...COMPACT, ...config } });
      await write(client, topic, 0);
    }
    await setAll(client, EAGER, compactedOnce);
  });
  await putFixture(OLD_FORMATS, join(dataDirectory, 'formats-0-to-2-0'));
  // The cleaner looks once, as soon as the broker has started; then nothing is due any more.
  await withBroker({}, async (client) => {
    const once = compactedOnce.filter(({ topic }) => topic !== 'small-map');
    await untilCleaned(
      dataDirectory,
      once.map(({ topic }) => ({ name: `${topic}-0`, cleanableEndOffset: 1 })),
    );
    await setAll(client, { 'min.cleanable.dirty.ratio': 1 });
  });
  await withBroker(IDLE, async (client) => {
    for (const { topic, write } of cases) await write(client, topic, 1);
    await setAll(client, EAGER);
  });
}

export async function run(context) {
  const { check, scratch } = context;
  const seed = Number(process.env.STRATA_SEED ?? Date.now() % 1_000_000);
  console.log(`  seed ${seed}`);
  const random = seededRandom(seed);
  const drawn = Array.from({ length: DRAWN_COUNT }, (_, index) => drawnCase(random, index));
  const cases = [...CASES, ...drawn];
  const dataDirectory = join(scratch, 'by-kafka');
  process.env.STRATA_STATE_DIR = join(scratch, 'state');
  await writeLogs(dataDirectory, cases);
  const before = await cleanerCheckpoints(dataDirectory);
  const fresh = ['small-map', 'formats-0-to-2'];
  await check('all but two logs were compacted before', () =>
    assert.deepEqual(
      cases.map(({ topic }) => topic).filter((topic) => !(before.get(topic) > 0)),
      fresh,
    ),
  );
  const compared = await compareCompaction(context, {
    version: VERSION,
    dataDirectory,
    topics: cases.map(({ topic }) => topic),
    brokerConfig: SMALL_MAP,
    roundTopics: ['small-map'],
    engineSettings: (topic) => (topic === 'small-map' ? { dedupeBufferBytes: 1_100_000 } : {}),
  });
  await check('the small map takes several rounds', () => {
    const { roundCount, uniqueKeyCount } = compared.reports.get('small-map').done;
    assert.ok(roundCount > 1, `${roundCount} rounds`);
    assert.ok(uniqueKeyCount >= SMALL_MAP_KEYS, `${uniqueKeyCount} keys`);
  });
  const more = { config: plain, batches: batchesOf({ count: 60, size: 8, from: 3 }) };
  await compareBothServed(context, { compared, version: VERSION, more, notAgain: ['small-map'] });
}

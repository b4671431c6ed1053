/**
 * Logs that nobody has seen: a broker writes them with settings, sizes, codecs, headers and transactions drawn from a
 * seed, and the command line must read them exactly as Kafka's own clients and tools do. The seed is printed; a
 * number in STRATA_SEED draws the same again.
 */
import { join } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import { assertInspection, assertRecords, assertSound } from '../../build/kafka/compare-log.mjs';
import { askClients, countRecords, dumpSegments } from '../../build/kafka/fixtures/log-truth.mjs';
import { seededRandom } from '../../build/kafka/fixtures/sample-records.mjs';

export const title = 'fresh logs';

const VERSIONS = ['4.4.0', '3.9.2'];
const LOGS_PER_VERSION = 8;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

function drawnLog(random, index) {
  const pick = (values) => values[random.below(values.length)];
  return {
    topic: `drawn-${index}`,
    // Large enough for the largest batch.
    segmentBytes: 26_000 + random.below(20_000),
    config: {
      'retention.ms': -1,
      'index.interval.bytes': pick([0, 100, 1_000, 4_096]),
      'message.timestamp.type': pick(['CreateTime', 'CreateTime', 'LogAppendTime']),
      'compression.type': pick(['producer', 'producer', 'zstd', 'gzip']),
    },
    producer: {
      'compression.type': pick(CODECS),
      'enable.idempotence': random.below(2) === 0,
    },
    isTransactional: random.below(3) === 0,
    batches: Array.from({ length: 10 + random.below(50) }, () => drawnBatch(random)),
  };
}

function drawnBatch(random) {
  const firstMs = 1_600_000_000_000 + random.below(2 ** 31);
  return Array.from({ length: 1 + random.below(12) }, () => ({
    key: random.below(5) === 0 ? null : random.bytes(random.below(24)),
    value: random.below(8) === 0 ? null : drawnValue(random),
    timestamp: firstMs + random.below(5_000) - 2_500,
    headers: Array.from({ length: random.below(4) }, (_, n) => [
      `h${n}-${'é'.repeat(random.below(3))}`,
      random.below(4) === 0 ? null : random.bytes(random.below(40)),
    ]),
  }));
}

const drawnValue = (random) =>
  random.below(2) === 0 ? random.bytes(random.below(400)) : 'text '.repeat(random.below(300));

async function write(client, version, log) {
  const segmentBytes = version.startsWith('4.') ? 'internal.segment.bytes' : 'segment.bytes';
  await client.createTopic({ topic: log.topic, config: { ...log.config, [segmentBytes]: log.segmentBytes } });
  if (!log.isTransactional) {
    await client.produce({ topic: log.topic, config: log.producer, batches: log.batches });
    return;
  }
  const producer = `p-${log.topic}`;
  const config = { ...log.producer, 'enable.idempotence': true, 'transactional.id': producer };
  await client.openProducer({ producer, config });
  for (const [index, batch] of log.batches.entries()) {
    await client.begin(producer);
    await client.send({ producer, topic: log.topic, batches: [batch] });
    if (index % 3 === 1) await client.abort(producer);
    else await client.commit(producer);
  }
  await client.closeProducer(producer);
}

/** What the clients said of each log; the broker was stopped. */
async function writeLogs(version, dataDirectory, random) {
  const broker = await startBroker({ version, dataDirectory });
  try {
    const truths = [];
    for (let index = 0; index < LOGS_PER_VERSION; index++) {
      const log = drawnLog(random, index);
      await write(broker.client, version, log);
      truths.push({ name: `${log.topic}-0`, ...(await askClients(broker.client, log.topic)) });
    }
    return truths;
  } finally {
    await broker.stop();
  }
}

async function compareVersion({ check, strata, strataJson, scratch }, version, random) {
  const dataDirectory = join(scratch, version);
  const truths = await writeLogs(version, dataDirectory, random);
  const dumped = await dumpSegments(truths.map(({ name }) => join(dataDirectory, name)));
  const inspection = await strataJson('inspect', dataDirectory, '--counts');
  const verification = await strataJson('verify', dataDirectory);
  for (const clients of truths) {
    const path = join(dataDirectory, clients.name);
    const segments = dumped.get(path);
    const truth = { ...clients, segments, recordCount: countRecords(segments) };
    await check(`${version} ${truth.name}, ${truth.recordCount.total} records`, async () => {
      assertInspection(
        inspection.logs.find(({ name }) => name === truth.name),
        truth,
      );
      await assertRecords(strata, path, truth);
      assertSound(verification, truth.name);
    });
  }
}

export async function run(around) {
  const seed = Number(process.env.STRATA_SEED ?? Date.now() % 1_000_000);
  console.log(`  seed ${seed}`);
  const random = seededRandom(seed);
  for (const version of VERSIONS) await compareVersion(around, version, random);
}

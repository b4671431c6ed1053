/**
 * Compaction by the rules of Kafka 3.9, the last version that keeps message formats 0 and 1: what its cleaner leaves of
 * logs in old formats, against `strata compact --kafka-version 3.9`, its plan and its run.
 */
import { join } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import {
  compareCompaction,
  compareServed,
  EAGER,
  IDLE,
  putFixture,
} from '../../build/kafka/compare-compaction.mjs';

/** A minute or more: its logs are read by four brokers, one after the other. */
export const isLong = true;
export const title = 'compaction of old formats';

const VERSION = '3.9.2';
const RULES = '3.9';
const COMPACT = { 'cleanup.policy': 'compact', 'segment.bytes': 1500, 'retention.ms': -1 };
/** Written by a broker 2.8; `format-raised` has all of them, and magic 2 behind. */
const FIXTURES = [
  ...['none', 'gzip', 'snappy', 'lz4'].flatMap((codec) => [`format-0-${codec}`, `format-1-${codec}`]),
  'format-1-log-append-time',
  'compacted-format-1',
  'format-raised',
];

const batchesOf = (from, count) =>
  Array.from({ length: count }, (_, batch) =>
    Array.from({ length: 4 }, (_unused, index) => {
      const number = from + 4 * batch + index;
      return {
        key: `key-${(number * 5) % 9}`,
        value: number % 7 === 6 ? null : `${number} ${'v'.repeat(40)}`,
      };
    }),
  );

export async function run(context) {
  const { scratch } = context;
  const dataDirectory = join(scratch, 'by-kafka');
  process.env.STRATA_STATE_DIR = join(scratch, 'state');
  const topics = [...FIXTURES, 'current'];
  const config = { 'enable.idempotence': false };
  const broker = await startBroker({ version: VERSION, dataDirectory, config: IDLE });
  for (const topic of topics) await broker.client.createTopic({ topic, config: { ...COMPACT, ...EAGER } });
  await broker.client.produce({ topic: 'current', config, batches: batchesOf(0, 30) });
  await broker.stop();
  for (const topic of FIXTURES)
    await putFixture(`2.8.2/data-directory/${topic}-0`, join(dataDirectory, `${topic}-0`));
  const compared = await compareCompaction(context, {
    version: VERSION,
    kafkaVersion: RULES,
    dataDirectory,
    topics,
  });
  await compareServed(context, {
    ...compared,
    version: VERSION,
    dataDirectory: compared.byStrata,
    who: 'our run',
    more: { config, batches: batchesOf(3, 30) },
  });
}

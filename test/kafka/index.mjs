/**
 * Indexes: a broker writes logs with several index.interval.bytes; what we rebuild from the batches is what it wrote, byte
 * for byte, and a broker that finds what we rebuilt takes it as it is.
 */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import { seededRandom } from '../../build/kafka/fixtures/sample-records.mjs';

export const title = 'indexes';

const VERSIONS = ['4.4.0', '3.9.2'];
const INTERVALS = [0, 100, 1_000, 4_096, 50_000];
const BATCH_COUNT = 60;
const isIndex = (name) => /\.(index|timeindex|txnindex)$/.test(name);
const topicOf = (interval) => `every-${interval}`;

async function writeLogs(version, dataDirectory, random) {
  const segmentBytes = version.startsWith('4.') ? 'internal.segment.bytes' : 'segment.bytes';
  const broker = await startBroker({ version, dataDirectory });
  for (const interval of INTERVALS) {
    const topic = topicOf(interval);
    const config = { 'retention.ms': -1, 'index.interval.bytes': interval, [segmentBytes]: 20_000 };
    await broker.client.createTopic({ topic, config });
    const batches = Array.from({ length: BATCH_COUNT }, () => drawnBatch(random));
    await broker.client.produce({ topic, batches });
  }
  const topic = 'aborting';
  await broker.client.createTopic({ topic, config: { 'retention.ms': -1, [segmentBytes]: 3_000 } });
  const config = { 'enable.idempotence': true, 'transactional.id': 'aborting' };
  await broker.client.openProducer({ producer: 'p', config });
  for (let round = 0; round < 12; round++) {
    await broker.client.begin('p');
    await broker.client.send({ producer: 'p', topic, batches: [drawnBatch(random)] });
    await (round % 2 === 0 ? broker.client.abort('p') : broker.client.commit('p'));
  }
  await broker.client.closeProducer('p');
  await broker.stop();
}

/** Timestamps out of order, so that not every offset entry has a time entry beside it. */
function drawnBatch(random) {
  const timestamp = 1_700_000_000_000 + random.below(1_000_000);
  return Array.from({ length: 1 + random.below(8) }, () => ({
    key: null,
    value: 'v'.repeat(random.below(400)),
    timestamp: timestamp + random.below(50),
  }));
}

async function indexesOf(directory) {
  const names = (await readdir(directory)).filter(isIndex).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))])));
}

async function compareVersion({ check, strata, strataJson, scratch }, version, random) {
  const dataDirectory = join(scratch, version);
  await writeLogs(version, dataDirectory, random);
  await check(`${version}: nothing to rebuild in what the broker wrote`, async () => {
    const { logs } = await strataJson('rebuild-index', dataDirectory);
    assert.deepEqual(
      logs.flatMap(({ files }) => files),
      [],
    );
  });
  const topics = [...INTERVALS.map(topicOf), 'aborting'];
  const written = new Map();
  for (const topic of topics) written.set(topic, await indexesOf(join(dataDirectory, `${topic}-0`)));
  for (const topic of topics)
    for (const name of written.get(topic).keys()) await rm(join(dataDirectory, `${topic}-0`, name));
  process.env.STRATA_STATE_DIR = join(scratch, `state-${version}`);
  const applied = await strata('rebuild-index', dataDirectory, '--apply', '--json');
  await check(`${version}: the run wrote every index`, () => assert.equal(applied.status, 0, applied.stderr));
  for (const topic of topics)
    await check(`${version} ${topic}: rebuilt as the broker wrote it`, async () => {
      const rebuilt = await indexesOf(join(dataDirectory, `${topic}-0`));
      assert.deepEqual([...rebuilt.keys()], [...written.get(topic).keys()]);
      for (const [name, bytes] of rebuilt) assert.deepEqual(bytes, written.get(topic).get(name), name);
    });
  await check(`${version}: verify is silent about indexes`, async () => {
    const { logs } = await strataJson('verify', dataDirectory);
    const codes = logs.flatMap(({ problems }) => problems.map(({ code }) => code));
    assert.deepEqual(
      codes.filter((code) => /index/.test(code)),
      [],
    );
  });
  await compareDamaged({ check, strata, scratch }, version, dataDirectory);
}

/** Damaged indexes, rebuilt: the broker starts without rebuilding any, and finds every record by offset and by time. */
async function compareDamaged({ check, strata, scratch }, version, dataDirectory) {
  const damaged = join(scratch, `${version}-damaged`);
  await cp(dataDirectory, damaged, { recursive: true, preserveTimestamps: true });
  const log = join(damaged, `${topicOf(100)}-0`);
  const names = (await readdir(log)).filter((name) => name.endsWith('.index')).sort();
  const bytes = await readFile(join(log, names[0]));
  bytes.writeInt32BE(bytes.readInt32BE(4) + 7, 4);
  await writeFile(join(log, names[0]), bytes);
  await rm(join(log, names[1]));
  await strata('rebuild-index', damaged, '--apply');
  const rebuilt = await indexesOf(log);
  const broker = await startBroker({ version, dataDirectory: damaged });
  const records = await broker.client.consume({ topic: topicOf(100) });
  const output = broker.outputTail();
  await broker.stop();
  await check(`${version}: a broker takes what we rebuilt as it is`, async () => {
    assert.doesNotMatch(output, /Recovering|[Rr]ebuild|corrupt/);
    assert.ok(records.length > BATCH_COUNT);
    const after = await indexesOf(log);
    for (const [name, content] of rebuilt) assert.deepEqual(after.get(name), content, name);
  });
}

export async function run(around) {
  const seed = Number(process.env.STRATA_SEED ?? Date.now() % 1_000_000);
  console.log(`  seed ${seed}`);
  const random = seededRandom(seed);
  for (const version of VERSIONS) await compareVersion(around, version, random);
}

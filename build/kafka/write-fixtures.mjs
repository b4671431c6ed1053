/**
 * Writes test/fixtures/kafka/<version>: logs and whole data directories made by Apache Kafka's own broker and
 * clients, and manifest.json with what Kafka says of them (shape: README.md beside this file).
 *
 *   node build/kafka/write-fixtures.mjs [version …]
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isKraft, startBroker } from './broker.mjs';
import { logCases } from './fixtures/log-cases.mjs';
import { askClients, countRecords, dumpSegments } from './fixtures/log-truth.mjs';
import { oldFormatCases } from './fixtures/old-format-cases.mjs';
import { sampleBatches } from './fixtures/sample-records.mjs';
import { transactionCases, writeGroups } from './fixtures/transaction-cases.mjs';
import { KAFKA_VERSIONS, TOOLS_VERSION } from './kafka-classpath.mjs';

const fixtures = fileURLToPath(new URL('../../test/fixtures/kafka/', import.meta.url));

/** No retention, no periodic checkpoint: what is on disk is what was produced and what a shutdown wrote. */
const UNDISTURBED = { 'log.initial.task.delay.ms': 3_600_000, 'log.retention.check.interval.ms': 3_600_000 };

const casesOf = (version) => [...logCases(version), ...oldFormatCases(version), ...transactionCases(version)];

async function writeVersion(version) {
  const target = join(fixtures, version);
  const scratch = await mkdtemp(join(tmpdir(), 'strata-fixtures-'));
  const logs = [];
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const dataDirectory = join(scratch, 'data');
  await writeMainDirectory({ version, dataDirectory, target, logs });
  await writeCleanedLogs({ version, dataDirectory, target, logs });
  await writeKilledDirectory({ version, dataDirectory: join(scratch, 'killed'), target, logs });
  await addDumps(target, logs);
  const manifest = { kafkaVersion: version, dumpedBy: TOOLS_VERSION, logs };
  await writeFile(join(target, 'manifest.json'), `${toReadableJson(manifest)}\n`);
  await rm(scratch, { recursive: true, force: true });
}

/** Every case in one data directory, stopped cleanly. */
async function writeMainDirectory({ version, dataDirectory, target, logs }) {
  const broker = await startBroker({ version, dataDirectory, config: UNDISTURBED });
  const { client } = broker;
  for (const { topic, config, write } of casesOf(version)) {
    await client.createTopic({ topic, config });
    const told = await write(client);
    logs.push({ ...(await logTruth(client, 'data-directory', topic)), config, told });
  }
  await writeGroups(client, version, 'codec-none');
  await client.setBrokerConfig({ config: { 'log.retention.ms': 259_200_000 } });
  await client.setBrokerConfig({ broker: '1', config: { 'log.cleaner.threads': 1 } });
  await broker.stop();
  await copyDirectory(dataDirectory, join(target, 'data-directory'));
  if (isKraft(version)) await cutMetadataIndexes(join(target, 'data-directory/__cluster_metadata-0'));
  await addInternalLogs(target, 'data-directory', logs);
}

/** The compacted topics after the cleaner ran once (tombstones get a horizon) and once more (they are gone). */
async function writeCleanedLogs({ version, dataDirectory, target, logs }) {
  const topics = casesOf(version).flatMap(({ topic }) => (topic.startsWith('compacted') ? [topic] : []));
  const stages = [
    { name: 'cleaned', config: { 'min.cleanable.dirty.ratio': 0.01 } },
    {
      name: 'cleaned-twice',
      config: { 'min.cleanable.dirty.ratio': 0.01, 'delete.retention.ms': 0, 'file.delete.delay.ms': 500 },
    },
  ];
  for (const { name, config } of stages) {
    const broker = await startBroker({ version, dataDirectory, config: UNDISTURBED });
    for (const topic of topics) {
      await broker.client.setTopicConfig({ topic, config });
      if (name === 'cleaned-twice') {
        await broker.client.produce({
          topic,
          config: { 'enable.idempotence': false },
          batches: laterBatches(),
        });
      }
    }
    const settings = { ...config, 'cleanup.policy': 'compact' };
    await untilCleaned(broker, topics);
    if (name === 'cleaned-twice') await untilDeleted(broker, topics);
    for (const topic of topics)
      logs.push({ ...(await logTruth(broker.client, name, topic)), config: settings });
    await broker.stop();
    for (const topic of topics) {
      await copyDirectory(join(dataDirectory, `${topic}-0`), join(target, name, `${topic}-0`));
    }
    await cp(
      join(dataDirectory, 'cleaner-offset-checkpoint'),
      join(target, name, 'cleaner-offset-checkpoint'),
    );
  }
}

/** Keys again, so that earlier values go; without headers, which old formats do not have. */
const laterBatches = () =>
  sampleBatches({ batchCount: 8, recordCount: 5 }).map((batch) =>
    batch.filter((record) => record.key !== null).map((record) => ({ ...record, headers: [] })),
  );

/** Returns when no closed segment is dirty: the cleaner's checkpoint has reached the last closed segment. */
async function untilCleaned({ dataDirectory }, topics) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const text = await readFile(join(dataDirectory, 'cleaner-offset-checkpoint'), 'utf8').catch(() => '');
    const cleaned = new Map(text.split('\n').map((line) => [line.split(' ')[0], Number(line.split(' ')[2])]));
    let isDone = true;
    for (const topic of topics) {
      const names = (await readdir(join(dataDirectory, `${topic}-0`))).filter((name) =>
        name.endsWith('.log'),
      );
      const activeBase = Math.max(...names.map((name) => Number.parseInt(name, 10)));
      if ((cleaned.get(topic) ?? -1) < activeBase) isDone = false;
    }
    if (isDone) return;
    if (Date.now() > deadline) throw new Error(`not cleaned within a minute: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Returns when the renamed files of replaced segments are gone. */
async function untilDeleted({ dataDirectory }, topics) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const names = await Promise.all(topics.map((topic) => readdir(join(dataDirectory, `${topic}-0`))));
    if (!names.flat().some((name) => name.endsWith('.deleted'))) return;
    if (Date.now() > deadline) throw new Error('replaced segments were not deleted within half a minute');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A broker that was killed: preallocated indexes, no clean-shutdown marker, a lock file left behind. */
async function writeKilledDirectory({ version, dataDirectory, target, logs }) {
  const broker = await startBroker({ version, dataDirectory, config: UNDISTURBED });
  const wanted = new Set(['codec-none', 'codec-zstd', 'odd-times', 'transactions', 'empty']);
  for (const { topic, config, write } of casesOf(version)) {
    if (!wanted.has(topic)) continue;
    await broker.client.createTopic({ topic, config });
    const told = await write(broker.client);
    logs.push({ ...(await logTruth(broker.client, 'killed', topic)), config, told });
  }
  await broker.kill();
  await copyDirectory(dataDirectory, join(target, 'killed'));
  const keepsPreallocation = version === KAFKA_VERSIONS[0];
  if (isKraft(version) && !keepsPreallocation) {
    await cutMetadataIndexes(join(target, 'killed/__cluster_metadata-0'));
  }
  await addInternalLogs(target, 'killed', logs);
}

async function logTruth(client, place, topic) {
  return { name: `${topic}-0`, path: `${place}/${topic}-0`, ...(await askClients(client, topic)) };
}

/** Kafka's own topics: read by DumpLogSegments only. */
async function addInternalLogs(target, place, logs) {
  for (const name of (await readdir(join(target, place))).sort()) {
    if (/^__\w+-\d+$/.test(name)) logs.push({ name, path: `${place}/${name}` });
  }
}

async function addDumps(target, logs) {
  const segmentsOf = await dumpSegments(logs.map((log) => join(target, log.path)));
  for (const log of logs) {
    const segments = segmentsOf.get(join(target, log.path));
    log.recordCount = countRecords(segments);
    log.segments = segments;
  }
}

const copyDirectory = (from, to) => cp(from, to, { recursive: true, preserveTimestamps: true });

/**
 * The metadata log preallocates 10 MiB for each index, whatever the settings, and leaves it at a clean stop too.
 * One directory keeps them as they are; elsewhere all but 4096 bytes of the zeros are cut off.
 */
async function cutMetadataIndexes(directory) {
  for (const name of await readdir(directory)) {
    if (!/\.(index|timeindex)$/.test(name)) continue;
    const file = join(directory, name);
    const bytes = await readFile(file);
    const entrySize = name.endsWith('.index') ? 8 : 12;
    let used = bytes.length;
    while (used > 0 && bytes[used - 1] === 0) used--;
    const kept = Math.ceil(Math.max(used, 4000) / entrySize) * entrySize;
    if (kept < bytes.length) await truncate(file, kept);
  }
}

/** One line a record or batch, so that the file can be read and compared. */
function toReadableJson(value, depth = 0) {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value) && value.some(isObject)) {
    const items = value.map((item) => `${indent}  ${toReadableJson(item, depth + 1)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const holdsLists =
    isObject(value) && Object.values(value).some((item) => Array.isArray(item) && item.some(isObject));
  if (!holdsLists) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, item]) => `${indent}  ${JSON.stringify(key)}: ${toReadableJson(item, depth + 1)}`,
  );
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

const versions = process.argv.slice(2);
for (const version of versions.length === 0 ? KAFKA_VERSIONS : versions) {
  await writeVersion(version);
  process.stdout.write(`wrote ${join('test/fixtures/kafka', version)}\n`);
}

/**
 * What a broker's cleaner leaves of logs, against what we make of copies of the same files: the plan of the command line,
 * its run on closed logs, and the engine's on open ones. Then what a broker makes of the directories that we compacted.
 */
import assert from 'node:assert/strict';
import { copyFile, cp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startBroker } from './broker.mjs';
import { dumpSegments } from './fixtures/log-truth.mjs';

const ENGINE = resolve(import.meta.dirname, '../../out/main/engine.js');

/** No cleaner while logs are written: both sides then start from the same bytes. It looks once, at the start. */
export const IDLE = { 'log.cleaner.enable': true, 'log.cleaner.backoff.ms': 3_600_000 };
export const EAGER = { 'min.cleanable.dirty.ratio': 0.001 };

/** cleaner-offset-checkpoint as a Map from topic to offset; of partitions 0 alone. */
export async function cleanerCheckpoints(dataDirectory) {
  const text = await readFile(join(dataDirectory, 'cleaner-offset-checkpoint'), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(2);
  return new Map(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[2])]));
}

const topicOf = ({ name }) => name.slice(0, -2);

const FIXTURES = resolve(import.meta.dirname, '../../test/fixtures/kafka');

/** Puts a log of the fixtures, which another version wrote, in the place of a stopped broker's log. */
export async function putFixture(id, directory) {
  const isOfSegment = (name) => /\.(log|index|timeindex|snapshot)$/.test(name);
  for (const name of (await readdir(directory)).filter(isOfSegment)) await rm(join(directory, name));
  const from = join(FIXTURES, id);
  for (const name of (await readdir(from)).filter(isOfSegment))
    await copyFile(join(from, name), join(directory, name));
}

const CLEANED_WITHIN_MS = 240_000;

/** Returns when the cleaner has reached the end of every plan, or has had time for it, on a busy machine, too. */
export async function untilCleaned(dataDirectory, plans) {
  const deadline = Date.now() + CLEANED_WITHIN_MS;
  while (Date.now() < deadline) {
    const reached = await cleanerCheckpoints(dataDirectory);
    if (plans.every((plan) => reached.get(topicOf(plan)) >= plan.cleanableEndOffset)) return;
    await delay(250);
  }
}

/** Offsets on disk, control records included, by segment. */
function layoutOf(segments) {
  return segments.map(({ baseOffset, batches }) => ({
    baseOffset,
    batches: batches.map(({ baseOffset: base, lastOffset, isControl, producerId, offsets }) =>
      [base, lastOffset, isControl, producerId, offsets.join(' ')].join(' | '),
    ),
  }));
}

/** Offsets of the records that are left, whatever segments they stand in. */
const offsetsOf = (segments) =>
  segments.flatMap(({ batches }) => batches.flatMap(({ offsets }) => offsets)).join(' ');
const sizeOf = (segments) => segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);

async function served(broker, topics) {
  const records = new Map();
  for (const topic of topics)
    records.set(topic, [
      await broker.client.consume({ topic }),
      await broker.client.consume({ topic, isolation: 'read_committed' }),
    ]);
  return records;
}

/** Opens each log with the engine, has it compact itself, closes it. @returns the reports by topic */
async function compactOpenLogs(dataDirectory, plans, settingsOf) {
  const { Log } = await import(pathToFileURL(ENGINE).href);
  const reports = new Map();
  for (const plan of plans) {
    const { settings } = plan;
    const number = (name) => Number(settings[name].value);
    const log = await Log.open(join(dataDirectory, plan.name), {
      cleanupPolicy: 'compact',
      cleanerBackoffMs: null,
      minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
      minCompactionLagMs: number('min.compaction.lag.ms'),
      deleteRetentionMs: number('delete.retention.ms'),
      segmentBytes: number('segment.bytes'),
      segmentIndexBytes: 4096,
      ...settingsOf(topicOf(plan)),
    });
    reports.set(topicOf(plan), await log.compact());
    await log.close();
  }
  return reports;
}

/**
 * Compares everything, from a stopped broker's data directory.
 * topics: to compare. brokerConfig: of the broker that cleans. roundTopics: those that it cleans in several rounds, so
 * that it merges segments otherwise: their records are compared, not their layout. engineSettings(topic): of the engine
 * beyond the topic's own. kafkaVersion: the command line follows the rules of this one; open logs, which always follow
 * the present ones, are then left out.
 * Returns { plans, reports, byStrata, byEngine, theirRecords }: the copies were compacted by the command line and by open
 * logs, whose reports these are, by topic.
 */
export async function compareCompaction(context, options) {
  const { check, strata, strataJson, scratch } = context;
  const { version, dataDirectory: byKafka, topics, brokerConfig = {}, roundTopics = [] } = options;
  const withEngine = options.kafkaVersion === undefined;
  const rules = withEngine ? [] : ['--kafka-version', options.kafkaVersion];
  const [byStrata, byEngine] = ['by-strata', 'by-engine'].map((name) => join(scratch, name));
  for (const copy of withEngine ? [byStrata, byEngine] : [byStrata])
    await cp(byKafka, copy, { recursive: true, preserveTimestamps: true });
  const ofTopics = (logs) => logs.filter((log) => topics.includes(topicOf(log)));
  const plans = ofTopics((await strataJson('compact', byKafka, ...rules)).logs);
  const eligible = plans.filter((plan) => plan.eligible);
  const { stdout } = await strata('compact', byStrata, '--apply', '--json', ...rules);
  const applied = ofTopics(JSON.parse(stdout).logs);
  await check('the run applied every plan that is eligible', () =>
    assert.deepEqual(
      applied
        .filter((plan) => plan.eligible && plan.applied === null)
        .map(({ name, refusal }) => [name, refusal]),
      [],
    ),
  );
  const opened = withEngine ? plans : [];
  const reports = await compactOpenLogs(byEngine, opened, options.engineSettings ?? (() => ({})));

  const broker = await startBroker({ version, dataDirectory: byKafka, config: brokerConfig });
  await untilCleaned(byKafka, eligible);
  const theirRecords = await served(broker, topics);
  await broker.stop();
  const pathsIn = (directory) => topics.map((topic) => join(directory, `${topic}-0`));
  const [kafkas, stratas, engines] = [
    await dumpSegments(pathsIn(byKafka)),
    await dumpSegments(pathsIn(byStrata)),
    withEngine ? await dumpSegments(pathsIn(byEngine)) : new Map(),
  ];
  for (const plan of plans) {
    const topic = topicOf(plan);
    const kafka = kafkas.get(join(byKafka, plan.name));
    const ours = [['our run', stratas.get(join(byStrata, plan.name))]];
    if (withEngine) ours.push(['our open log', engines.get(join(byEngine, plan.name))]);
    const shapeOf = roundTopics.includes(topic) ? offsetsOf : layoutOf;
    for (const [who, segments] of ours)
      await check(`${topic}: ${who} leaves what Kafka leaves`, () => {
        assert.deepEqual(shapeOf(segments), shapeOf(kafka));
        if (plan.bytesAfterIsExact) assert.equal(sizeOf(segments), sizeOf(kafka), 'bytes');
      });
    if (withEngine)
      await check(`${topic}: the open log takes itself for due as the plan says`, () =>
        assert.deepEqual(reports.get(topic).reasons, plan.reasons),
      );
    await check(`${topic}: our plan counts what Kafka leaves`, () => {
      if (roundTopics.includes(topic)) {
        assert.equal(
          plan.recordsAfter,
          kafka.reduce((sum, { recordCount }) => sum + recordCount, 0),
        );
        return;
      }
      assert.deepEqual(
        plan.segments.map(({ baseOffset, recordsAfter }) => [baseOffset, recordsAfter]),
        kafka.map(({ baseOffset, recordCount }) => [baseOffset, recordCount]),
      );
      if (plan.bytesAfterIsExact) assert.equal(plan.bytesAfter, sizeOf(kafka), 'bytes');
    });
  }
  return { plans, reports, byStrata, byEngine, theirRecords };
}

/** `compareServed` for both copies: what the command line compacted, and what open logs did. */
export async function compareBothServed(context, { compared, ...options }) {
  const { byStrata, byEngine } = compared;
  for (const [who, dataDirectory] of [
    ['our run', byStrata],
    ['our open log', byEngine],
  ])
    await compareServed(context, { ...compared, ...options, dataDirectory, who });
}

/**
 * A broker on a directory that we compacted: it serves what Kafka's own serves, takes more, and compacts it again
 * without a complaint. notAgain: topics whose cleaner cannot get further.
 */
export async function compareServed(context, options) {
  const { check } = context;
  const { version, dataDirectory, who, plans, theirRecords, more, notAgain = [] } = options;
  const topics = [...theirRecords.keys()];
  // Without its cleaner: it would go on where tombstones are due, or where it finds no checkpoint of a run.
  let broker = await startBroker({ version, dataDirectory, config: { 'log.cleaner.enable': false } });
  const ourRecords = await served(broker, topics);
  await broker.stop();
  for (const topic of topics)
    await check(`${topic}: a broker serves the same from what ${who} compacted`, () =>
      assert.deepEqual(ourRecords.get(topic), theirRecords.get(topic)),
    );
  broker = await startBroker({ version, dataDirectory });
  for (const topic of topics) await broker.client.produce({ topic, ...more });
  const again = plans.filter((plan) => !notAgain.includes(topicOf(plan)));
  await untilCleaned(
    dataDirectory,
    again.map((plan) => ({ ...plan, cleanableEndOffset: plan.cleanableEndOffset + 1 })),
  );
  const reached = await cleanerCheckpoints(dataDirectory);
  for (const plan of again)
    await check(`${plan.name}: a broker compacts it again after ${who}`, () =>
      assert.ok(reached.get(topicOf(plan)) > plan.cleanableEndOffset),
    );
  const latest = await served(broker, topics);
  for (const topic of again.map(topicOf))
    await check(`${topic}: every key has its last value after that`, () => {
      const [before, after] = [lastValues(ourRecords.get(topic)[1]), lastValues(latest.get(topic)[1])];
      for (const { key, value } of more.batches.flat()) before.set(String(key), String(value));
      for (const [key, value] of before) if (value !== 'null') assert.equal(after.get(key), value, key);
    });
  const complaints = broker.outputTail();
  await check(`the broker complained of nothing after ${who}`, () =>
    assert.doesNotMatch(complaints, /ERROR|uncleanable|Recovering/i),
  );
  await broker.stop();
  for (const topic of topics) {
    const left = (await readdir(join(dataDirectory, `${topic}-0`))).filter((name) =>
      /cleaned|swap/.test(name),
    );
    await check(`${topic}: no file of a swap is left`, () => assert.deepEqual(left, []));
  }
}

const lastValues = (records) =>
  new Map(records.filter(({ key }) => key !== null).map(({ key, value }) => [String(key), String(value)]));

/**
 * The log engine against Kafka: DumpLogSegments finds nothing in what we wrote; a KRaft broker, given the log by
 * `strata adopt`, loads it without recovering anything, serves every record, appends more; and we go on after it.
 */
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBroker } from '../../build/kafka/broker.mjs';
import { dumpBatches, dumpText } from '../../build/kafka/dump-log.mjs';

export const title = 'engine';

const VERSION = '4.4.0';
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const ENGINE = resolve(import.meta.dirname, '../../out/main/engine.js');
/** So that a broker says how it loads each log. */
const javaOptions = [
  'org.apache.kafka.storage.internals.log.LogLoader',
  'org.apache.kafka.storage.internals.log.UnifiedLog',
  'kafka.log',
].map((name) => `-Dorg.slf4j.simpleLogger.log.${name}=info`);
/** What a broker says of a log that it mends, or sets aside. */
const MENDING = /ERROR|WARN|Recovering|truncat|corrupt|stray|rebuil.* index/i;
const RECORDS_A_ROUND = 300;
/** Mismatches, invalid entries, trailing bytes: what DumpLogSegments says when something is wrong. */
const COMPLAINTS = /mismatch|invalid|not found|out of order|isvalid: false|Error|Exception|Found timestamp/i;

/** Every codec in turn, with and without key, value and headers; a roll at each end. */
async function writeLog(Log, directory) {
  const written = [];
  const fromMs = Date.now() - 3_600_000;
  for (const compressionType of CODECS) {
    const log = await Log.open(directory, {
      compressionType,
      segmentBytes: 40_000,
      indexIntervalBytes: 1000,
      metricsIntervalMs: 1000,
    });
    for (let index = 0; index < RECORDS_A_ROUND; index++) {
      const number = written.length;
      const record = {
        key: number % 7 === 0 ? null : `key-${number % 50}`,
        value: number % 11 === 0 ? null : `${compressionType} ${number} ${'v'.repeat(number % 300)}`,
        headers:
          number % 3 === 0
            ? [
                { name: 'trace', value: `t${number}` },
                { name: 'none', value: null },
              ]
            : [],
        timestampMs: fromMs + number,
      };
      written.push(record);
    }
    const from = written.length - RECORDS_A_ROUND;
    for (let at = from; at < written.length; at += 60) await log.appendMany(written.slice(at, at + 60));
    await log.close();
  }
  return written;
}

const textOf = (bytes) => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));

function assertSame(read, written, firstOffset = 0) {
  assert.equal(read.length, written.length);
  for (const [index, record] of read.entries()) {
    const expected = written[index];
    assert.equal(record.offset, firstOffset + index);
    assert.equal(textOf(record.key), expected.key);
    assert.equal(textOf(record.value), expected.value);
    assert.equal(record.timestamp, expected.timestampMs);
    assert.deepEqual(
      record.headers.map(([name, value]) => [name, textOf(value)]),
      expected.headers.map(({ name, value }) => [name, value]),
    );
  }
}

/** What a broker said of the partition. */
const linesOf = (output) => output.split('\n').filter((line) => line.includes('taken-0'));

/** Producer state counts as rebuilt from the log's end: out of nothing. */
function assertLoaded(output, logEndOffset) {
  const lines = linesOf(output);
  assert.ok(
    lines.some((line) => line.endsWith(`rebuilding producer state from offset ${logEndOffset}`)),
    output,
  );
  assert.doesNotMatch(lines.join('\n'), MENDING);
}

async function dumpIsSilent(check, directory) {
  const names = (await readdir(directory)).sort();
  const of = (suffix) => names.filter((name) => name.endsWith(suffix)).map((name) => join(directory, name));
  await check('DumpLogSegments reads every batch', async () => {
    for (const [file, batches] of await dumpBatches(of('.log'))) {
      assert.ok(batches.length > 0, basename(file));
      assert.ok(
        batches.every(({ isvalid }) => isvalid === 'true'),
        basename(file),
      );
    }
  });
  for (const suffix of ['.index', '.timeindex', '.snapshot', '.txnindex'])
    if (of(suffix).length > 0)
      await check(`DumpLogSegments has nothing to say about ${of(suffix).length} ${suffix} files`, async () =>
        assert.doesNotMatch(await dumpText(of(suffix)), COMPLAINTS),
      );
}

/** Files of the directory with their content, but those that a running broker adds. */
async function contentOf(directory) {
  const files = new Map();
  for (const name of (await readdir(directory)).sort())
    if (/\.(log|index|timeindex)$/.test(name))
      files.set(name, (await readFile(join(directory, name))).toString('hex'));
  return files;
}

export async function run({ check, strata, strataJson, scratch }) {
  const { Log } = await import(pathToFileURL(ENGINE).href);
  const source = join(scratch, 'own/events-0');
  const written = await writeLog(Log, source);
  await dumpIsSilent(check, source);

  const sample = join(scratch, 'sample');
  await strata('sample', sample, '--records', '20000');
  await dumpIsSilent(check, join(sample, 'orders-0'));

  const dataDirectory = join(scratch, 'broker');
  let broker = await startBroker({ version: VERSION, dataDirectory, javaOptions });
  for (const topic of ['taken', 'started']) await broker.client.createTopic({ topic });
  await check('adopt refuses while the broker runs', async () => {
    const { status, stderr } = await strata('adopt', source, '--into', dataDirectory, '--topic', 'taken');
    assert.equal(status, 2);
    assert.match(stderr, /at work/);
  });
  await broker.stop();
  const partition = join(dataDirectory, 'taken-0');
  await check('adopt copies the log and leaves the source alone', async () => {
    const before = await contentOf(source);
    const adopted = await strataJson('adopt', source, '--into', dataDirectory, '--topic', 'taken');
    assert.equal(adopted.logEndOffset, written.length);
    assert.deepEqual(await contentOf(source), before);
    assert.deepEqual(await contentOf(partition), before);
  });
  const started = await adoptFromLogStart({ Log, strataJson, scratch, dataDirectory });
  const adoptedFiles = await contentOf(partition);
  const counters = join(dataDirectory, 'taken-0.metrics.json');
  await cp(`${source}.metrics.json`, counters);

  broker = await startBroker({ version: VERSION, dataDirectory, javaOptions });
  const taken = broker.outputTail();
  await check('the broker loads it without recovering, truncating or rebuilding anything', () =>
    assertLoaded(taken, written.length),
  );
  await check("it passes over the counters of the engine's writer", async () =>
    assert.deepEqual(await readFile(counters), await readFile(`${source}.metrics.json`)),
  );
  await check('a consumer reads every record as it was appended', async () =>
    assertSame(await broker.client.consume({ topic: 'taken' }), written),
  );
  await check('of a log whose start was raised it reads none of the deleted records', async () =>
    assertSame(await broker.client.consume({ topic: 'started' }), started.kept, started.firstOffset),
  );
  const more = Array.from({ length: 20 }, (_, index) => ({
    key: `more-${index}`,
    value: `from the broker ${index}`,
    timestampMs: Date.now(),
    headers: [],
  }));
  await broker.client.produce({
    topic: 'taken',
    batches: [more.map(({ key, value, timestampMs }) => ({ key, value, timestamp: timestampMs }))],
  });
  await broker.stop();
  await check('closed segments are still the bytes that we wrote', async () => {
    const now = await contentOf(partition);
    const closed = [...adoptedFiles].filter(
      ([name]) => !name.startsWith([...adoptedFiles.keys()].at(-1).slice(0, 20)),
    );
    assert.ok(closed.length >= 3);
    for (const [name, content] of closed) assert.equal(now.get(name), content, name);
  });

  const copy = join(scratch, 'back/taken-0');
  await cp(partition, copy, { recursive: true });
  await check('we read what the broker appended, and append behind it', async () => {
    const log = await Log.open(copy);
    assert.equal(log.logEndOffset, written.length + more.length);
    const read = [];
    for await (const { offset, key, value, timestampMs, headers } of log.read())
      read.push({
        offset,
        key,
        value,
        timestamp: timestampMs,
        headers: headers.map((h) => [textOf(h.name), h.value]),
      });
    assertSame(read, [...written, ...more]);
    assert.equal(await log.append({ key: 'k', value: 'ours again' }), written.length + more.length);
    await log.close();
  });
  await check('strata verify finds no problem in the broker directory', async () => {
    const { status, stdout } = await strata('verify', partition);
    assert.equal(status, 0, stdout);
  });

  await appendInPlace({ check, Log, partition, dataDirectory, expected: [...written, ...more] });
}

/** A log with a start in the middle of its second segment, as a run of Strata leaves it that was cut off. */
async function adoptFromLogStart({ Log, strataJson, scratch, dataDirectory }) {
  const source = join(scratch, 'started-0');
  await mkdir(source);
  const records = Array.from({ length: 9 }, (_, index) => ({
    ...{ key: `k-${index}`, value: `started ${index}`, timestampMs: Date.now(), headers: [] },
  }));
  const log = await Log.open(source);
  for (const [index, record] of records.entries()) {
    if (index > 0 && index % 3 === 0) await log.roll();
    await log.append(record);
  }
  await log.close();
  const firstOffset = 4;
  await writeFile(join(source, '.strata-log-start'), `${firstOffset}\n`);
  const adopted = await strataJson('adopt', source, '--into', dataDirectory, '--topic', 'started');
  assert.deepEqual([adopted.firstOffset, adopted.logEndOffset], [firstOffset, records.length]);
  return { firstOffset, kept: records.slice(firstOffset) };
}

/** Our engine opens the partition of a stopped broker itself, appends and closes; the broker goes on as if nothing was. */
async function appendInPlace({ check, Log, partition, dataDirectory, expected }) {
  const own = { key: 'ours', value: 'in place', timestampMs: Date.now(), headers: [] };
  const log = await Log.open(partition);
  await log.append(own);
  await log.close();
  const broker = await startBroker({ version: VERSION, dataDirectory, javaOptions });
  const output = broker.outputTail();
  await check('a broker goes on after we appended in its directory', async () => {
    assertLoaded(output, expected.length + 1);
    assertSame(await broker.client.consume({ topic: 'taken' }), [...expected, own]);
  });
  await broker.stop();
  await rm(join(dataDirectory, '.kafka_cleanshutdown'));
  const unclean = await startBroker({ version: VERSION, dataDirectory, javaOptions });
  await check('a broker that recovers says so: the silence above means something', () =>
    assert.match(linesOf(unclean.outputTail()).join('\n'), MENDING),
  );
  await unclean.stop();
}

/**
 * Salvage: logs that Kafka wrote are damaged, salvaged, and what was saved is read by DumpLogSegments and by a broker:
 * every batch but the damaged ones, with its bytes and offsets, indexes that fit, aborted records still aborted.
 */
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { startBroker } from '../../build/kafka/broker.mjs';
import { dumpBatches, dumpText } from '../../build/kafka/dump-log.mjs';

export const title = 'salvage';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka');
const LAST_BYTE = -1;

/** What is done to the bytes of one batch, by its place in the log; the last one is damaged in every log, too. */
const DAMAGES = [
  { at: 1, damage: (bytes) => bytes.writeUInt8(bytes.at(LAST_BYTE) ^ 0x10, bytes.length - 1) },
  { at: 4, damage: (bytes) => bytes.fill(0) },
  { at: 7, damage: (bytes) => bytes.writeInt8(9, 16) },
];
const LOGS = [
  '4.4.0/data-directory/codec-none-0',
  '4.4.0/data-directory/codec-zstd-0',
  '4.4.0/data-directory/transactions-0',
  '4.4.0/cleaned/compacted-0',
  '3.9.2/data-directory/mixed-codecs-0',
  '2.8.2/data-directory/format-0-gzip-0',
  '2.8.2/data-directory/format-1-none-0',
];

export async function run(around) {
  const truths = new Map();
  for (const id of LOGS) {
    const [version, ...path] = id.split('/');
    const { logs } = JSON.parse(await readFile(join(FIXTURES, version, 'manifest.json'), 'utf8'));
    truths.set(
      id,
      logs.find((log) => log.path === path.join('/')),
    );
  }
  const into = join(around.scratch, 'into');
  for (const [id, truth] of truths) await compareSalvaged({ id, truth, into }, around);
  await compareServed(into, truths, around);
}

const logFiles = async (directory) =>
  (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();

async function compareSalvaged({ id, truth, into }, { check, strataJson, scratch }) {
  const source = join(scratch, id);
  await mkdir(dirname(source), { recursive: true });
  await cp(join(FIXTURES, id), source, { recursive: true });
  const batches = truth.segments.flatMap(({ baseOffset, batches }) =>
    batches.map((batch) => ({ ...batch, file: `${String(baseOffset).padStart(20, '0')}.log` })),
  );
  const lost = DAMAGES.filter(({ at }) => at < batches.length);
  for (const { at, damage } of lost) {
    const { file, position, sizeInBytes } = batches[at];
    const bytes = await readFile(join(source, file));
    damage(bytes.subarray(position, position + sizeInBytes));
    await writeFile(join(source, file), bytes);
  }
  const kept = batches.filter((_, index) => !lost.some(({ at }) => at === index));
  const { logs } = await strataJson('salvage', source, '--into', into);
  await check(`${id}: what was left out is reported`, () =>
    assert.deepEqual(
      logs[0].leftOut.map(({ file, position }) => `${file} ${position}`),
      lost.map(({ at }) => `${batches[at].file} ${batches[at].position}`),
    ),
  );
  await check(`${id}: DumpLogSegments reads what was kept`, async () => {
    const target = logs[0].path;
    const files = (await logFiles(target)).map((name) => join(target, name));
    const dumped = [...(await dumpBatches(files)).values()].flat();
    assert.deepEqual(
      dumped.map(({ crc, isvalid, records }) => ({
        crc: Number(crc),
        isvalid,
        offsets: records.map(({ offset }) => Number(offset)),
      })),
      kept.map(({ crc, offsets }) => ({ crc, isvalid: 'true', offsets })),
    );
    const indexes = (await readdir(target)).filter((name) =>
      /\.(index|timeindex|snapshot|txnindex)$/.test(name),
    );
    const text = await dumpText(indexes.map((name) => join(target, name)));
    assert.doesNotMatch(text, /mismatch|Found timestamp|out of order|Error/i);
  });
}

/** A broker that owns the topics: the salvaged files take the place of the partition's own. */
async function compareServed(into, truths, { check, scratch }) {
  const dataDirectory = join(scratch, 'broker');
  const version = '4.4.0';
  const first = await startBroker({ version, dataDirectory });
  const names = [...truths.keys()].filter((id) => id.startsWith(version)).map((id) => id.split('/').at(-1));
  for (const name of names) {
    const config = { 'retention.ms': -1, 'cleanup.policy': 'delete' };
    await first.client.createTopic({ topic: name.slice(0, -2), config });
  }
  await first.stop();
  for (const name of names) {
    const own = join(dataDirectory, name);
    const metadata = await readFile(join(own, 'partition.metadata'));
    await rm(own, { recursive: true });
    await cp(join(into, name), own, { recursive: true });
    await writeFile(join(own, 'partition.metadata'), metadata);
  }
  const broker = await startBroker({ version, dataDirectory });
  for (const name of names) {
    const topic = name.slice(0, -2);
    const records = await broker.client.consume({ topic });
    const committed = await broker.client.consume({ topic, isolation: 'read_committed' });
    const served = await dumpBatches(
      (await logFiles(join(into, name))).map((file) => join(into, name, file)),
    );
    const offsets = [...served.values()]
      .flat()
      .filter(({ isControl }) => isControl !== 'true')
      .flatMap((batch) => batch.records.map(({ offset }) => Number(offset)));
    await check(`${name}: a broker serves what was saved`, () => {
      assert.deepEqual(
        records.map(({ offset }) => offset),
        offsets,
      );
      const all = new Set([...truths.values()].find((truth) => truth.name === name).committedOffsets);
      assert.ok(committed.every(({ offset }) => all.has(offset)));
      assert.ok(committed.length > 0);
    });
  }
  await broker.stop();
}

/** Kafka's own topics in the fixtures: what we decode, against the decoders of DumpLogSegments, record by record. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dumpText } from '../../build/kafka/dump-log.mjs';

export const title = 'internal topics';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka');
const DECODERS = {
  __consumer_offsets: '--offsets-decoder',
  __transaction_state: '--transaction-log-decoder',
  __cluster_metadata: '--cluster-metadata-decoder',
};
/** The tool opens these bytes further for groups of the classic protocol; we show them as they are. */
const OPENED = new Set(['subscription', 'assignment']);
/** What the tool prints for a field that is not in the bytes. */
const DEFAULTS = [null, -1, 0, '', 'AAAAAAAAAAAAAAAAAAAAAA'];

/** By offset; integers outside of 2^53 as text, as ours are. */
async function kafkas(files, decoder) {
  const text = await dumpText(files, [decoder]);
  const records = new Map();
  for (const line of text.split('\n')) {
    const [, offset, rest] = /^\| offset: (\d+) (.*)$/.exec(line) ?? [];
    if (offset === undefined || /endTxnMarker|LeaderChange|Snapshot|KRaftVersion|Voters/.test(rest)) continue;
    const [, key, value] = /(?: key: (\{.*?\}\}))?(?: payload: (.*))?$/.exec(rest);
    records.set(Number(offset), { key: parsed(key), value: parsed(value) });
  }
  return records;
}

function parsed(text) {
  if (text === undefined || !text.startsWith('{')) return null;
  return JSON.parse(text.replaceAll(/:(-?\d{16,})(?=[,}\]])/g, ':"$1"')).data;
}

function assertSame(ours, theirs, path) {
  if (theirs === null || typeof theirs !== 'object') return assert.equal(ours, theirs, path);
  if (Array.isArray(theirs)) {
    assert.equal(ours?.length, theirs.length, path);
    for (const [index, each] of theirs.entries()) assertSame(ours[index], each, `${path}[${index}]`);
    return;
  }
  for (const name of Object.keys(ours)) assert.ok(name in theirs, `${path}.${name} is ours alone`);
  for (const [name, value] of Object.entries(theirs)) {
    if (OPENED.has(name)) continue;
    if (name in ours) assertSame(ours[name], value, `${path}.${name}`);
    else assert.ok(DEFAULTS.includes(value) || value.length === 0, `${path}.${name} is missing: ${value}`);
  }
}

async function compareLog({ check, strata }, directory, name, decoder) {
  const path = join(directory, name);
  const files = (await readdir(path)).filter((each) => each.endsWith('.log')).map((each) => join(path, each));
  const theirs = await kafkas(files, decoder);
  const { stdout } = await strata('records', path, '--json');
  const ours = stdout.split('\n').filter((line) => line !== '');
  const decoded = ours.map((line) => JSON.parse(line)).filter(({ isControl }) => !isControl);
  await check(`${path.slice(FIXTURES.length + 1)}: ${decoded.length} records`, () => {
    assert.deepEqual(
      decoded.map(({ offset }) => offset),
      [...theirs.keys()],
    );
    for (const { offset, decoded: record } of decoded) {
      assert.equal(record.flaw, null);
      const { key, value } = theirs.get(offset);
      if (key !== null) assertSame(record.key, key, `${offset} key`);
      if (value === null) assert.equal(record.value, null, `${offset} value`);
      else assertSame(record.value, value, `${offset} value`);
    }
  });
}

export async function run(around) {
  for (const version of await readdir(FIXTURES))
    for (const place of ['data-directory', 'killed']) {
      const directory = join(FIXTURES, version, place);
      for (const name of (await readdir(directory)).sort()) {
        const decoder = DECODERS[name.slice(0, name.lastIndexOf('-'))];
        if (decoder !== undefined) await compareLog(around, directory, name, decoder);
      }
    }
}

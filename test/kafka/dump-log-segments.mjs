/**
 * DumpLogSegments, asked now, against the command line on every log that Kafka wrote: segments and their counts, and
 * each record with its batch, field by field, message formats 0 and 1 and Kafka's own topics included.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareRecords, compareSegments } from '../../build/kafka/compare-dump.mjs';
import { dumpBatches } from '../../build/kafka/dump-log.mjs';

export const title = 'DumpLogSegments';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka');

export async function run({ check, strata, strataJson }) {
  const directories = [];
  for (const version of (await readdir(FIXTURES)).sort())
    for (const entry of await readdir(join(FIXTURES, version), { withFileTypes: true }))
      if (entry.isDirectory()) directories.push(join(FIXTURES, version, entry.name));
  const dumps = await dumpLogs(directories);
  for (const directory of directories) {
    const inspected = await strataJson('inspect', directory, '--counts');
    const verified = await strataJson('verify', directory);
    const { stdout } = await strata('records', directory, '--json');
    const rows = stdout.split('\n').filter((line) => line !== '');
    const parsed = rows.map((line) => JSON.parse(line));
    for (const [name, segments] of dumps.get(directory)) {
      const about = `${directory.slice(FIXTURES.length + 1)}/${name}`;
      const logOf = ({ logs }) => logs.find((log) => log.name === name);
      const own = parsed.filter(({ log }) => log === name);
      await check(`${about}: inspect`, () => compareSegments(logOf(inspected), segments));
      await check(`${about}: verify`, () => compareSegments(logOf(verified), segments));
      await check(`${about}: records`, () => compareRecords(own, segments));
    }
  }
}

/** Map from directory to Map from log name to [{ baseOffset, sizeInBytes, batches }], dumped in one run of the tool. */
async function dumpLogs(directories) {
  const files = [];
  for (const directory of directories) {
    for (const log of (await readdir(directory)).filter((name) => /-\d+$/.test(name)).sort()) {
      const names = (await readdir(join(directory, log))).filter((name) => name.endsWith('.log')).sort();
      for (const name of names) files.push({ directory, log, name, path: join(directory, log, name) });
    }
  }
  const dumped = await dumpBatches(files.map(({ path }) => path));
  const result = new Map(directories.map((directory) => [directory, new Map()]));
  for (const { directory, log, name, path } of files) {
    const segments = result.get(directory).get(log) ?? [];
    const { size } = await stat(path);
    segments.push({ baseOffset: Number.parseInt(name, 10), sizeInBytes: size, batches: dumped.get(path) });
    result.get(directory).set(log, segments);
  }
  return result;
}

/**
 * The committed logs, which Kafka wrote, against what Kafka's clients and DumpLogSegments said of them at the time
 * (manifest.json): segments, batches, every record, transactions; verify is silent on them.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertInspection, assertRecords, assertSound } from '../../build/kafka/compare-log.mjs';

export const title = 'fixtures';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka');
/** What their own contents cause: a producer's timestamp of the year 2100. */
const ALLOWED = ['timestamp-in-future'];

export async function run({ check, strata, strataJson }) {
  for (const version of (await readdir(FIXTURES)).sort()) {
    const directory = join(FIXTURES, version);
    const { logs } = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
    for (const place of new Set(logs.map(({ path }) => path.split('/')[0]))) {
      const inspection = await strataJson('inspect', join(directory, place), '--counts');
      const verification = await strataJson('verify', join(directory, place));
      for (const truth of logs.filter(({ path }) => path.startsWith(`${place}/`))) {
        await check(`${version} ${truth.path}`, async () => {
          assertInspection(
            inspection.logs.find(({ name }) => name === truth.name),
            truth,
          );
          await assertRecords(strata, join(directory, truth.path), truth);
          assertSound(verification, truth.name, ALLOWED);
        });
      }
    }
  }
}

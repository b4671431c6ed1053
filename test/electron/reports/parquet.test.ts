/** Parquet read by DuckDB: the figures of Kafka's own logs, and the worked example of electron/reports/README.md. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { batchRows } from '../../../electron/reports/batch-rows';
import { writeReport } from '../../../electron/reports/write-report';
import type { Report } from '../../../shared/report';
import { HOSTILE_TEXTS } from '../../support/hostile-texts';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { oldRecords, writeOldSegment } from '../../support/original-log';
import { hostileReport, reportOf } from '../../support/report-of';

const FIXTURES = kafkaFixtures();
const BROKERS = ['2.8.2', '3.9.2', '4.4.0'];
const README = resolve(import.meta.dirname, '../../../electron/reports/README.md');
let folder: string;
let query: (sql: string) => Promise<Record<string, unknown>[]>;
let disconnect: () => void;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-parquet-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  disconnect = () => connection.closeSync();
  for (const version of BROKERS) {
    const { directory } = FIXTURES.find(({ id }) => id.startsWith(`${version}/data-directory/`))!;
    const made = await reportOf(dirname(directory.path), { depth: 'headers', hostName: `broker-${version}` });
    await write(made, made, join(folder, version));
  }
});
afterAll(async () => {
  disconnect();
  await rm(folder, { recursive: true });
});

async function write(made: Report, shown: Report, output: string): Promise<void> {
  const batches = batchRows(fs, { made, shown, isSaved: false });
  await writeReport(shown, {
    formats: ['parquet'],
    tables: null,
    output: `${output}/`,
    overwrites: false,
    batches,
  });
}

describe('the table of segments', () => {
  it('has every segment of three brokers, as Kafka counted it', async () => {
    const rows = await query(
      `SELECT host, log, baseOffset, recordCount, sizeInBytes FROM '${folder}/*/*-segments.parquet'`,
    );
    const found = new Set(rows.map((row) => Object.values(row).join(' ')));
    const logs = FIXTURES.filter(({ id }) => /^[^/]+\/data-directory\//.test(id));
    const truth = logs.flatMap(({ id, name, segments }) =>
      segments.map(({ baseOffset, recordCount, sizeInBytes }) =>
        [`broker-${id.split('/')[0]}`, name, baseOffset, recordCount, sizeInBytes].join(' '),
      ),
    );
    expect(truth.length).toBeGreaterThan(150);
    expect(truth.filter((row) => !found.has(row))).toEqual([]);
  });

  it('has the same types in each file, whatever is null in it', async () => {
    const types = await query(
      `SELECT name, count(DISTINCT type) AS count FROM parquet_schema('${folder}/*/*.parquet') WHERE type IS NOT NULL GROUP BY name HAVING count(DISTINCT type) > 1`,
    );
    expect(types).toEqual([]);
  });
});

describe('the table of batches', () => {
  it('has every batch of a log at its place', async () => {
    const fixture = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
    const rows = await query(
      `SELECT position, sizeInBytes, baseOffset, lastOffset, codec, producerId, isControl FROM '${folder}/4.4.0/*-batches.parquet' WHERE log = 'transactions-0' ORDER BY baseOffset`,
    );
    const truth = fixture.segments.flatMap(({ batches }) => batches);
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual(
      truth.map(({ position, sizeInBytes, baseOffset, lastOffset, codec, producerId, isControl }) =>
        [position, sizeInBytes, baseOffset, lastOffset, codec, producerId, isControl].join(' '),
      ),
    );
  });
});

describe('batches of the disk, and of a report that lists them', () => {
  const OLD_AND_DAMAGED = [
    ['a damaged log', '4.4.0/data-directory/codec-lz4-0', true],
    ['wrappers of format 0', '2.8.2/data-directory/format-0-gzip-0', false],
    ['a damaged log of format 1', '2.8.2/data-directory/format-1-snappy-0', true],
    ['the original format', null, false],
  ] as const;
  it.each(OLD_AND_DAMAGED)('are the same rows: %s', async (_title, id, isDamaged) => {
    const log = join(await mkdtemp(join(folder, 'same-')), 'orders-0');
    if (id === null) writeOldSegment(log, 0, oldRecords(50));
    else await cp(FIXTURES.find((fixture) => fixture.id === id)!.directory.path, log, { recursive: true });
    const segment = join(log, '00000000000000000000.log');
    const bytes = await readFile(segment);
    if (isDamaged) bytes[bytes.length - 5]! ^= 0xff;
    await writeFile(segment, bytes);
    for (const listsBatches of [false, true]) {
      const made = await reportOf(log, { listsBatches });
      if (isDamaged) expect(made.logs[0]!.inspection!.problems.length).toBeGreaterThan(0);
      await write(made, made, join(folder, 'same', String(listsBatches)));
    }
    const rows = (from: boolean) => `FROM '${folder}/same/${from}/*-batches.parquet'`;
    const [count] = await query(`SELECT count(*) AS found ${rows(true)}`);
    expect(Number(count!['found'])).toBeGreaterThan(0);
    for (const from of [true, false])
      expect(await query(`SELECT * ${rows(from)} EXCEPT ALL SELECT * ${rows(!from)}`)).toEqual([]);
    await rm(join(folder, 'same'), { recursive: true });
  });
});

describe('hostile names', () => {
  it('come back as they are', async () => {
    const { directory } = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/one-record-0')!;
    const made = await reportOf(directory.path);
    const shown = hostileReport(made);
    const batches = { columns: [{ name: 'position', type: 'integer' } as const], async *rows() {} };
    await writeReport(
      { ...shown, directory: { ...shown.directory, name: 'hostile' } },
      { formats: ['parquet'], tables: null, output: `${folder}/odd/names/`, overwrites: true, batches },
    );
    const rows = await query(
      `SELECT DISTINCT log FROM '${folder}/odd/names/hostile-report-segments.parquet'`,
    );
    const wellFormed = HOSTILE_TEXTS.map((text) => Buffer.from(text).toString());
    expect(rows.map(({ log }) => log).sort()).toEqual(wellFormed.sort());
  });
});

describe('the worked example', () => {
  it('answers each of its questions over the reports of three brokers', async () => {
    const queries = [...(await readFile(README, 'utf8')).matchAll(/```sql\n([\s\S]*?)```/g)].map(
      ([, sql]) => sql!,
    );
    expect(queries.length).toBeGreaterThanOrEqual(4);
    for (const sql of queries) {
      const rows = await query(sql.replaceAll('reports/', `${folder}/`));
      expect([sql, rows.length > 0]).toEqual([sql, true]);
    }
  });
});

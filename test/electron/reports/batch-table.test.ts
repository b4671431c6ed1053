/** Batches as columns of a report: back they are the rows that the window lists of the directory, page by page. */
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { listLogFiles } from '../../../electron/engine/inspect/log-files';
import { readSpans } from '../../../electron/engine/inspect/read-spans';
import { allSpans, readBatchTable, spansOf } from '../../../electron/reports/batch-table';
import { type BatchTable, BatchTableSchema } from '../../../shared/batch-table';
import { packLists, unpackLists } from '../../../shared/packed-rows';
import { kafkaFixtures } from '../../support/kafka-fixtures';

const ALL = { rowsMax: Number.POSITIVE_INFINITY, onBytes: () => {} };
const FIXTURES = kafkaFixtures();
const folder = mkdtempSync(join(tmpdir(), 'strata-batches-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A batch with a flipped bit, zeros and a torn tail. */
function damagedCopy(): string {
  const { directory } = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
  const copy = join(folder, 'codec-none-0');
  cpSync(directory.path, copy, { recursive: true });
  const files = readdirSync(copy)
    .filter((name) => name.endsWith('.log'))
    .sort();
  const first = join(copy, files[0]!);
  const bytes = readFileSync(first);
  bytes[bytes.readInt32BE(8) + 12 + 70]! ^= 1; // in the second batch
  writeFileSync(first, bytes);
  appendFileSync(join(copy, files.at(-1)!), Buffer.concat([Buffer.alloc(50), Buffer.from('torn')]));
  return copy;
}

async function throughFile(path: string): Promise<BatchTable> {
  const { segments } = await listLogFiles(fs, path);
  const table = await readBatchTable(fs, segments, ALL);
  return BatchTableSchema.parse(unpackLists(JSON.parse(JSON.stringify(packLists(table)))));
}

describe('spansOf', () => {
  const logs: [id: string, path: string][] = FIXTURES.map(({ id, directory }) => [id, directory.path]);
  it.each([...logs, ['a damaged copy', damagedCopy()]])(
    'pages through %s as the directory does',
    async (_id, path) => {
      const table = await throughFile(path);
      for (const { baseOffset } of (await listLogFiles(fs, path)).segments) {
        let position: number | null = 0;
        while (position !== null) {
          const range = { baseOffset, fromPosition: position, limit: 7 };
          const live = await readSpans(fs, path, range);
          const saved = spansOf(table, range);
          expect(saved?.rows).toEqual(live.rows);
          expect(saved?.nextPosition).toBe(live.nextPosition);
          position = live.nextPosition;
        }
      }
    },
  );

  it('knows no segment that is not in the table', async () => {
    const table = await throughFile(FIXTURES[0]!.directory.path);
    expect(spansOf(table, { baseOffset: 987_654_321, fromPosition: 0, limit: 9 })).toBeNull();
  });
});

describe('allSpans', () => {
  it('has every batch of a log once, in order', async () => {
    const fixture = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
    const spans = [...allSpans(await throughFile(fixture.directory.path))];
    const truth = fixture.segments.flatMap(({ batches }) => batches);
    expect(spans.map(({ position, sizeInBytes, baseOffset }) => [position, sizeInBytes, baseOffset])).toEqual(
      truth.map(({ position, sizeInBytes, baseOffset }) => [position, sizeInBytes, baseOffset]),
    );
  });
});

describe('readBatchTable', () => {
  it('gives no part of a log that is too large', async () => {
    const { directory, segments } = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
    const count = segments.reduce((sum, { batchCount }) => sum + batchCount, 0);
    const listed = await listLogFiles(fs, directory.path);
    expect(await readBatchTable(fs, listed.segments, { ...ALL, rowsMax: count - 1 })).toBeNull();
    expect(await readBatchTable(fs, listed.segments, { ...ALL, rowsMax: count })).not.toBeNull();
  });

  it('refuses a table whose columns have not one length', async () => {
    const table = await throughFile(FIXTURES[0]!.directory.path);
    expect(() => BatchTableSchema.parse({ ...table, kinds: new Int32Array(1_000) })).toThrow(/as many rows/);
  });
});

/** The progress of a report from the first byte read to the last file written, on a data directory of Kafka's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { produceReport, writeProduced } from '../../../electron/reports/produce-report';
import type { ReportContents } from '../../../shared/report-request';
import { kafkaFixtures } from '../../support/kafka-fixtures';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-produce-'));
});
afterAll(() => rm(folder, { recursive: true }));

const { directory } = kafkaFixtures().find(({ id }) => id.startsWith('4.4.0/data-directory/'))!;
const CONTENTS: ReportContents = {
  ...{ formats: ['json', 'parquet'], tables: null, depth: 'records', isRedacted: false },
  ...{ tellsHostName: false, hashesTopics: false, listsTransactions: false, plansStartup: true },
  plansIndexRebuild: false,
  ...{ analysesCompaction: true, readsStatistics: false, listsBatches: false },
};

async function progressOf(path: string, contents: Partial<ReportContents>, output: string) {
  const seen: { bytesDone: number; bytesTotal: number }[] = [];
  const produced = await produceReport(fs, {
    ...{ path, contents: { ...CONTENTS, ...contents }, version: '9.9.9', nowMs: 1_800_000_000_000 },
    ...{
      brokerConfig: null,
      stateDirectory: null,
      redactionKey: async () => 'key',
      onProgress: (value) => seen.push(value),
    },
  });
  const madeCount = seen.length;
  const { formats, tables } = { ...CONTENTS, ...contents };
  await writeProduced(fs, produced, { formats, tables, output: `${output}/`, overwrites: true });
  return { seen, madeCount };
}

describe('produceReport and writeProduced', () => {
  it('have one bar that only goes forward, over the batches that Parquet reads, too', async () => {
    const { seen, madeCount } = await progressOf(dirname(directory.path), {}, join(folder, 'read'));
    const [first] = seen;
    expect(new Set(seen.map(({ bytesTotal }) => bytesTotal)).size).toBe(1);
    expect(seen.map(({ bytesDone }) => bytesDone)).toEqual(
      seen.map(({ bytesDone }) => bytesDone).toSorted((a, b) => a - b),
    );
    expect(seen.at(-1)!.bytesDone).toBe(first!.bytesTotal);
    // Of five passes, the last one is left when it is made.
    expect(seen[madeCount - 1]!.bytesDone).toBe((first!.bytesTotal / 5) * 4);
    expect(seen.length).toBeGreaterThan(madeCount);
  });

  it('have a full bar when it is made, where Parquet reads nothing more', async () => {
    const { seen, madeCount } = await progressOf(
      dirname(directory.path),
      { listsBatches: true },
      join(folder, 'listed'),
    );
    const made = seen[madeCount - 1]!;
    expect(made.bytesDone).toBe(made.bytesTotal);
    expect(seen.at(-1)).toEqual(made);
  });
});

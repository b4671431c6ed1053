/** The progress of a report from the first byte read to the last file written, on a data directory of Kafka's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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

/** @param unlisted Name of a log whose batches were beyond what a report holds. */
async function progressOf(
  path: string,
  contents: Partial<ReportContents>,
  output: string,
  unlisted: string | null = null,
) {
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
  const logs = produced.made.logs.map((log) => (log.name === unlisted ? { ...log, batches: null } : log));
  const [made, shown] = [
    { ...produced.made, logs },
    { ...produced.shown, logs },
  ];
  const { formats, tables } = { ...CONTENTS, ...contents };
  await writeProduced(
    fs,
    { ...produced, made, shown },
    { formats, tables, output: `${output}/`, overwrites: true },
  );
  return { seen, madeCount, made };
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

  it('go on over the logs whose batches the report had no room for', async () => {
    const { seen, madeCount, made } = await progressOf(
      dirname(directory.path),
      { listsBatches: true },
      join(folder, 'beyond'),
      basename(directory.path),
    );
    const { sizeInBytes } = made.logs.find(({ name }) => name === basename(directory.path))!.inspection!;
    const before = seen[madeCount - 1]!;
    const rest = seen.slice(madeCount);
    expect(new Set(rest.map(({ bytesTotal }) => bytesTotal))).toEqual(
      new Set([before.bytesTotal + sizeInBytes]),
    );
    expect(rest.at(-1)!.bytesDone).toBe(rest.at(-1)!.bytesTotal);
  });
});

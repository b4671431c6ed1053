/** Which index files are to be rebuilt, in a report of a log of Kafka's whose files were damaged. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableCsv } from '../../../electron/reports/csv';
import { reportHtml } from '../../../electron/reports/html';
import { reportMarkdown } from '../../../electron/reports/markdown';
import { redactReport } from '../../../electron/reports/redaction';
import { reportTables } from '../../../electron/reports/report-tables';
import { reportAnswers } from '../../../electron/workers/report-answers';
import { type Report, ReportSchema } from '../../../shared/report';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { reportOf } from '../../support/report-of';

const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
let folder: string;
let report: Report;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-rebuild-'));
  const path = join(folder, 'compacted-0');
  cpSync(directory.path, path, { recursive: true });
  truncateSync(join(path, '00000000000000000000.timeindex'), 0);
  rmSync(join(path, '00000000000000000000.index'));
  const segment = join(path, '00000000000000000045.log');
  const bytes = readFileSync(segment);
  bytes[200]! ^= 1;
  writeFileSync(segment, bytes);
  report = await reportOf(path, { plansIndexRebuild: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the plan to rebuild index files', () => {
  it('names the files, why, and what stays as it is for damage', () => {
    const { files, blocked } = report.logs[0]!.indexRebuild!;
    expect(files.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      '00000000000000000000.index missing',
      '00000000000000000000.timeindex damaged',
    ]);
    expect(blocked).toMatchObject([{ baseOffset: 45 }]);
  });

  it('stays as it is where the report is redacted, but for what a CRC would tell', () => {
    const redacted = redactReport(report, { key: 'key', hashesTopics: true, ownHostName: 'machine' });
    const [before, after] = [report.logs[0]!.indexRebuild!, redacted.logs[0]!.indexRebuild!];
    expect(after.files).toEqual(before.files);
    expect(after.blocked[0]!.why.replace(/[0-9a-f]{8,12}/g, '')).toBe(
      before.blocked[0]!.why.replace(/[0-9a-f]{8,12}/g, ''),
    );
    expect(after.name).not.toBe('compacted-0');
  });

  it('is said in Markdown, HTML and CSV', () => {
    for (const text of [reportMarkdown(report), reportHtml(report)]) {
      expect(text).toContain('Index files to rebuild');
      expect(text).toContain('00000000000000000000.timeindex');
      expect(text).toContain('There is no such file.');
      expect(text).toContain('stays as it is');
    }
    const csv = tableCsv(reportTables(report).find(({ name }) => name === 'index-rebuild')!);
    expect(csv.split('\r\n').slice(1, -1)).toHaveLength(3);
    expect(csv).toMatch(/,45,,blocked,/);
  });

  it('answers for the Index screen of the saved report, for the own interval alone', async () => {
    const saved = join(folder, 'report.json');
    const plan = reportAnswers(report, saved)['log.indexRebuildPlan']!;
    const context = { signal: new AbortController().signal, progress: () => {} };
    const log = { name: 'compacted-0', topic: 'compacted', partition: 0, path: join(saved, '0') } as const;
    const wish = { log: { ...log, state: 'current', format: 'kafka' } } as const;
    const { files, refusal } = await plan({ ...wish, indexIntervalBytes: null }, context);
    expect(files).toEqual(report.logs[0]!.indexRebuild!.files);
    expect(refusal).toContain('saved report');
    await expect(plan({ ...wish, indexIntervalBytes: 8192 }, context)).rejects.toMatchObject({
      code: 'NOT_IN_REPORT',
    });
  });

  it('was in no report of before', () => {
    const { indexRebuild: _, ...log } = report.logs[0]!;
    expect(ReportSchema.parse({ ...report, logs: [log] }).logs[0]!.indexRebuild).toBeNull();
  });
});

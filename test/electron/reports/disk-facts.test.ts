/** What the summaries of a report say of the disk, and what they do not say goes by retention. */
import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { diskFacts } from '../../../electron/reports/disk-facts';
import { reportHtml } from '../../../electron/reports/html';
import { reportMarkdown } from '../../../electron/reports/markdown';
import { reportFigures } from '../../../electron/reports/report-figures';
import type { Report } from '../../../shared/report';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { reportOf } from '../../support/report-of';

const MIB = 1024 ** 2;
let report: Report;
beforeAll(async () => {
  const { directory } = kafkaFixtures().find(({ id }) => id.startsWith('4.4.0/data-directory/'))!;
  const made = await reportOf(dirname(directory.path), { depth: 'glance', analysesCompaction: false });
  report = { ...made, space: { ...made.space, totalBytes: 1024 * MIB, availableBytes: 2 * MIB } };
});

describe('the disk in a report', () => {
  it('is so full, and will be full on a day, with and without the policies', () => {
    const [disk, rate, full] = diskFacts(report);
    expect(disk).toEqual(['Disk', '2.0 MiB of 1.0 GiB are free']);
    expect(rate![1]).toMatch(/^[\d.]+ [KMG]iB per day, by their own timestamps$/);
    expect(full![1]).toMatch(
      /^\d{4}-\d\d-\d\d if nothing is deleted; under the policies (\d{4}-\d\d-\d\d|not within 90 days) \(an estimate\)$/,
    );
    for (const text of [reportMarkdown(report), reportHtml(report)]) {
      expect(text).toContain('2.0 MiB of 1.0 GiB are free');
      expect(text).toContain('if nothing is deleted');
    }
  });

  it('is only so full where the report is of one log', () => {
    const alone: Report = { ...report, directory: { ...report.directory, kind: 'log' } };
    expect(diskFacts(alone)).toEqual([['Disk', '2.0 MiB of 1.0 GiB are free']]);
  });
});

describe('the metadata log', () => {
  it('loses nothing by retention, in no summary', () => {
    const metadata = report.logs.find(({ topic }) => topic === '__cluster_metadata')!;
    expect(metadata.retention!.plan.freedBytes).toBeGreaterThan(0);
    const others = report.logs.filter((log) => log !== metadata);
    const freed = others.reduce((sum, { retention }) => sum + (retention?.plan.freedBytes ?? 0), 0);
    expect(reportFigures(report).retentionFreesBytes).toBe(freed);
    const [, retention] = reportMarkdown(report).split('## Retention');
    expect(retention).not.toContain('__cluster_metadata');
  });
});

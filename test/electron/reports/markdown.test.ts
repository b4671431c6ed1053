/** Markdown for a ticket: the figures are in it, and texts of a disk stay texts. */
import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../../../electron/reports/markdown';
import { HOSTILE_TEXTS } from '../../support/hostile-texts';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { hostileReport, reportOf } from '../../support/report-of';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;

describe('reportMarkdown', () => {
  it('tells segments, and what compaction comes to', async () => {
    const text = reportMarkdown(await reportOf(FIXTURE.directory.path));
    for (const { baseOffset } of FIXTURE.segments) expect(text).toContain(`\n| ${baseOffset} | `);
    expect(text).toContain('No problems: every byte was read.');
    expect(text).toMatch(/## Compaction\n\n.*Dirty ratio/);
  });

  it('lets nothing become markup, a link, a mention or another row', async () => {
    const text = reportMarkdown(
      hostileReport(await reportOf(FIXTURE.directory.path, { readsStatistics: true })),
    );
    const lines = text.split('\n');
    const problems = lines.filter((line) => line.includes('segment-torn-tail'));
    expect(problems.length).toBe(HOSTILE_TEXTS.length);
    for (const line of lines) {
      // No more cells than a table has: what looks like a separator inside of a text is escaped.
      const outside = line.replace(/`[^`]*`/g, 'code');
      expect(outside).not.toMatch(/(?<!\\)[<>[\]!]|@|:\/\//);
      expect(outside.replaceAll('\\|', '').split('|').length).toBeLessThanOrEqual(13);
    }
  });
});

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
    expect(text).not.toMatch(/\| no: [a-z-]+ \|/);
  });

  it('tells the next start-up, and how transactions ended', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/trimmed-0')!;
    const report = await reportOf(directory.path, { listsTransactions: true, plansStartup: true });
    const text = reportMarkdown(report);
    expect(text).toContain('| deletes | `00000000000000000008.snapshot` | A snapshot of the producer state');
    expect(text).not.toContain('## Transactions'); // it has none
    const state = 'aborted' as const;
    const aborted = { producerId: 7, producerEpoch: 0, firstOffset: 1, lastOffset: 2, state };
    report.logs[0]!.transactions = { transactions: [aborted], total: 1, firstOpenOffset: null };
    expect(reportMarkdown(report)).toContain('| `trimmed-0` | 1 | 0 | 1 | 0 |  |');
  });

  it('counts all transactions, not only those that are listed', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
    const report = await reportOf(directory.path, { listsTransactions: true });
    const { total, transactions } = report.logs[0]!.transactions!;
    const row = /\| `transactions-0` \| (\d+) \| (\d*) \| (\d*) \| (\d*) \|/;
    const [all, ...states] = row.exec(reportMarkdown(report))!.slice(1).map(Number);
    expect(all).toBe(total);
    for (const count of states) expect(count).toBeGreaterThan(0);
    report.logs[0]!.transactions!.transactions = transactions.slice(-1);
    expect(row.exec(reportMarkdown(report))!.slice(1).map(Number)).toEqual([all, ...states]);
    const { counts: _, ...before } = report.logs[0]!.transactions!;
    report.logs[0]!.transactions = before;
    expect(row.exec(reportMarkdown(report))!.slice(1)).toEqual([String(total), '', '', '']);
  });

  it('lets nothing become markup, a link, a mention or another row', async () => {
    const text = reportMarkdown(
      hostileReport(await reportOf(FIXTURE.directory.path, { readsStatistics: true, plansStartup: true })),
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

/** CSV read back by a parser that is not ours: every cell as it was, and nothing that a spreadsheet would run. */
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { tableCsv } from '../../../electron/reports/csv';
import { reportTables } from '../../../electron/reports/report-tables';
import { HOSTILE_TEXTS } from '../../support/hostile-texts';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { hostileReport, reportOf } from '../../support/report-of';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
const read = (text: string) => parse(text) as string[][];

describe('tableCsv', () => {
  it('gives the figures of a log to another parser', async () => {
    const report = await reportOf(FIXTURE.directory.path);
    const table = reportTables(report).find(({ name }) => name === 'segments')!;
    const [titles = [], ...rows] = read(tableCsv(table));
    const column = (title: string) => rows.map((row) => row[titles.indexOf(title)]);
    expect(column('baseOffset')).toEqual(FIXTURE.segments.map(({ baseOffset }) => String(baseOffset)));
    expect(column('recordCount')).toEqual(FIXTURE.segments.map(({ recordCount }) => String(recordCount)));
    expect(column('sizeInBytes')).toEqual(FIXTURE.segments.map(({ sizeInBytes }) => String(sizeInBytes)));
    expect(column('isActive').at(-1)).toBe('true');
  });

  it('gives transactions and the next start-up to another parser', async () => {
    const report = await reportOf(FIXTURE.directory.path, { listsTransactions: true, plansStartup: true });
    const cells = (wanted: string, ...columns: readonly string[]) => {
      const [titles = [], ...rows] = read(
        tableCsv(reportTables(report).find(({ name }) => name === wanted)!),
      );
      return rows.map((row) => columns.map((title) => row[titles.indexOf(title)]).join(' '));
    };
    // Markers as Kafka's own dump tells them.
    const markers = FIXTURE.segments
      .flatMap(({ batches }) => batches)
      .filter(({ isControl }) => isControl)
      .map(({ producerId, baseOffset }) => `${producerId} ${baseOffset}`);
    const ended = cells('transactions', 'state', 'producerId', 'lastOffset').filter(
      (row) => !row.startsWith('open'),
    );
    expect(markers.length).toBeGreaterThan(0);
    expect(ended.map((row) => row.replace(/^\S+ /, ''))).toEqual(markers);
    expect(cells('startup', 'log', 'file', 'action', 'reason')).toContain(
      'transactions-0 00000000000000000000.log keep unchanged',
    );
  });

  it('gives numbers as numbers, negative ones too, and nothing for null', () => {
    const columns = [{ name: 'a', type: 'integer' } as const];
    const table = { name: 'logs', columns, rows: [[-1], [null], [0.25], [2 ** 53 - 1]] } as const;
    expect(tableCsv(table)).toBe('a\r\n-1\r\n\r\n0.25\r\n9007199254740991\r\n');
  });

  it('has as many rows and cells as the table, whatever the texts, and no cell that begins like a formula', async () => {
    const report = hostileReport(
      await reportOf(FIXTURE.directory.path, { readsStatistics: true, plansStartup: true }),
    );
    for (const table of reportTables(report)) {
      const rows = read(tableCsv(table));
      expect(rows.length).toBe(table.rows.length + 1);
      for (const [at, cells] of table.rows.entries()) {
        expect(rows[at + 1]!.length).toBe(cells.length);
        cells.forEach((cell, index) => {
          if (typeof cell === 'string') expect(rows[at + 1]![index]).toMatch(/^(?![=+\-@\t\r])/);
        });
      }
    }
  });

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text), text]))('shows %s as text', (_name, text) => {
    const columns = [{ name: 'a', type: 'text' } as const];
    const [, [cell = ''] = []] = read(tableCsv({ name: 'logs', columns, rows: [[text]] }));
    expect(cell).toMatch(/^[^=+\-@]/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    expect(cell).not.toMatch(/[\u0000-\u001f\u202e\u200b\ufeff]/);
  });
});

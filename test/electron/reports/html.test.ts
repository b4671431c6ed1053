/** HTML of a report: one page that loads and runs nothing, with texts as texts, in the colours of the window. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../electron/reports/html';
import { REPORT_COLOURS } from '../../../electron/reports/html-style';
import { indexFigures } from '../../../shared/plan/index-figures';
import { HOSTILE_TEXTS } from '../../support/hostile-texts';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { hostileReport, reportOf } from '../../support/report-of';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const TOKENS = readFileSync(resolve(import.meta.dirname, '../../../renderer/theme/tokens.css'), 'utf8');

function parsed(html: string) {
  const { document } = new Window({ settings: { disableJavaScriptEvaluation: true } });
  document.write(html);
  return document;
}

describe('reportHtml', () => {
  it('shows each segment in the table and as large as it is in the core', async () => {
    const document = parsed(reportHtml(await reportOf(FIXTURE.directory.path)));
    const firstCells = [...document.querySelectorAll('tbody tr')].map(
      (row) => row.firstElementChild?.textContent,
    );
    expect(firstCells).toEqual(FIXTURE.segments.map(({ baseOffset }) => String(baseOffset)));
    const [core] = document.querySelectorAll('figure svg[aria-label^=Age]');
    const widths = [...core!.querySelectorAll('rect[class^=age-]')].map((rect) =>
      Number(rect.getAttribute('width')),
    );
    const total = FIXTURE.segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
    FIXTURE.segments.forEach(({ sizeInBytes }, index) => {
      expect(Math.abs(widths[index]! + 2 - (sizeInBytes / total) * 1000)).toBeLessThan(0.2);
    });
  });

  it('has no script, no event handler, no address and no style of its own but one', async () => {
    const document = parsed(
      reportHtml(
        hostileReport(await reportOf(FIXTURE.directory.path, { readsStatistics: true, plansStartup: true })),
      ),
    );
    expect(document.querySelectorAll('script,img,iframe,object,embed,link,a,form,foreignObject').length).toBe(
      0,
    );
    expect(document.querySelectorAll('style').length).toBe(1);
    for (const element of document.querySelectorAll('*'))
      for (const { name, value } of element.attributes)
        expect([element.tagName, name, value].join(' ')).toMatch(/^\S+ (?!on|style|src|href|xlink)/i);
    const policy = document
      .querySelector('meta[http-equiv=Content-Security-Policy]')!
      .getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'/);
  });

  it('shows hostile texts as texts, with what nobody sees made visible', async () => {
    const html = reportHtml(
      hostileReport(await reportOf(FIXTURE.directory.path, { readsStatistics: true, plansStartup: true })),
    );
    const text = parsed(html).body.textContent ?? '';
    for (const hostile of HOSTILE_TEXTS.filter((each) => /^[ -~]*$/.test(each)))
      expect(text).toContain(hostile);
    expect(text).toContain('invoice\\u202egpj.exe');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b\ufeff]/);
  });
});

describe('the pictures of the Disk and Index screens', () => {
  const rectangles = (document: ReturnType<typeof parsed>, selector: string) =>
    [...document.querySelectorAll(selector)].map((rect) => ({
      title: rect.textContent ?? '',
      area: Number(rect.getAttribute('width')) * Number(rect.getAttribute('height')),
      height: Number(rect.getAttribute('height')),
    }));

  it('have areas true to the sizes of the files', async () => {
    const report = await reportOf(FIXTURE.directory.path);
    const found = rectangles(
      parsed(reportHtml(report)),
      'svg[aria-label^="What takes the space"] rect[class^=kind-]',
    );
    const logs = found.filter(({ title }) => title.includes(', log, '));
    expect(logs.map(({ title }) => title.slice(0, title.indexOf(', log, '))).sort()).toEqual(
      FIXTURE.segments.map(({ baseOffset }) => `codec-none-0, segment ${baseOffset}`).sort(),
    );
    const largest = FIXTURE.segments.map(({ sizeInBytes }) => sizeInBytes).sort((a, b) => b - a);
    const perByte = (1000 * 240) / report.logs[0]!.usage!.bytes.reduce((sum, bytes) => sum + bytes, 0);
    expect(logs.length).toBe(largest.length);
    logs.forEach(({ area }, index) => {
      expect(area / (largest[index]! * perByte)).toBeGreaterThan(0.95);
      expect(area / (largest[index]! * perByte)).toBeLessThan(1.05);
    });
  });

  it('have a bar for each size of stretch between index entries, where the report lists them', async () => {
    const without = reportHtml(await reportOf(FIXTURE.directory.path));
    expect(without).not.toContain('Stretches between entries');
    const report = await reportOf(FIXTURE.directory.path, { listsBatches: true });
    const { gaps } = indexFigures(report.logs[0]!.batches!.indexes);
    const document = parsed(reportHtml(report));
    const bars = rectangles(document, 'svg[aria-label="Stretches between entries, by bytes"] rect');
    expect(bars.map(({ title }) => Number(title.split(': ')[1]))).toEqual(
      gaps.bytes.map(({ count }) => count),
    );
    const most = Math.max(...gaps.bytes.map(({ count }) => count));
    bars.forEach(({ height }, index) => {
      expect(height).toBeCloseTo((gaps.bytes[index]!.count / most) * 118, 0);
    });
  });

  it('label each line of a scale with the number at which it lies, and the log from where to where it is drawn', async () => {
    const report = await reportOf(FIXTURE.directory.path, { listsBatches: true });
    const { indexes } = report.logs[0]!.batches!;
    const { gaps, density } = indexFigures(indexes);
    const document = parsed(reportHtml(report));
    const [chart] = document.querySelectorAll('svg[aria-label="Stretches between entries, by bytes"]');
    const most = Math.max(...gaps.bytes.map(({ count }) => count));
    expect(most % 2).toBe(1); // half of it is no whole number
    for (const label of chart!.querySelectorAll('text[text-anchor=end]'))
      expect(Number(label.getAttribute('y')) - 4).toBeCloseTo(
        10 + 118 * (1 - Number(label.textContent) / most),
        0,
      );
    const [along] = document.querySelectorAll('svg[aria-label="Bytes between entries, along the log"]');
    const last = along!.querySelector('polyline')!.getAttribute('points')!.split(' ').at(-1)!;
    const endBytes = FIXTURE.segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
    const [from, to] = [density[0]!.at, density.at(-1)!.at];
    expect(Number(last.split(',')[0])).toBeCloseTo(58 + ((to - from) / (endBytes - from)) * 274, 0);
  });
});

describe('the next start-up and transactions', () => {
  it('stand in tables, cut off where there are too many', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
    const report = await reportOf(directory.path, { listsTransactions: true, plansStartup: true });
    const { transactions, total } = report.logs[0]!.transactions!;
    const text = parsed(reportHtml(report)).body.textContent ?? '';
    expect(text).toContain('Next start-upThe broker would start. Whoever was here last stopped in order.');
    expect(text).toContain(`Transactions${total} in all. The earliest open one begins at 70`);
    const { steps } = report.startup!.plan!;
    report.startup!.plan!.steps = steps.filter(({ action }) => action === 'keep').slice(0, 1);
    expect(parsed(reportHtml(report)).body.textContent).toContain(' 1 file stays as it is.');
    const many = Array.from({ length: 300 }, () => transactions[0]!);
    report.logs[0]!.transactions = { transactions: many, total: 400, firstOpenOffset: null };
    const cut = parsed(reportHtml(report));
    expect(cut.body.textContent).toContain('The newest 100 of 400, in the order of their markers.');
  });
});

describe('the statistics of a report', () => {
  const measured = (name: string, options = {}) => {
    const { directory } = kafkaFixtures().find(({ id }) => id === `4.4.0/data-directory/${name}`)!;
    return reportOf(directory.path, { readsStatistics: true, ...options });
  };

  it('are a bar as long as each part is, and a row for each heaviest key', async () => {
    const report = await measured('codec-zstd-0');
    const { bytes, topKeys } = report.logs[0]!.statistics!.log;
    const document = parsed(reportHtml(report));
    const [values] = document.querySelectorAll('svg[aria-label^=Decompressed] rect.part-values');
    const share = bytes.values / (bytes.total + Math.max(0, bytes.compressionGain));
    expect(Number(values!.getAttribute('width'))).toBeCloseTo(share * 1000, 0);
    const names = [...document.querySelectorAll('td.name')].map(({ textContent }) => textContent);
    for (const { nameText } of topKeys) expect(names).toContain(nameText === '' ? '(empty)' : nameText);
  });

  it('shows hostile keys of an analysis and of statistics as texts', async () => {
    const html = reportHtml(hostileReport(await measured('compacted-0')));
    expect(html).toContain('<h4>Worst keys</h4>');
    expect(parsed(html).querySelectorAll('script,img,svg[onload]').length).toBe(0);
  });
});

describe('the colours', () => {
  it.each(Object.entries(REPORT_COLOURS))('have %s as the window has it, in both themes', (name, values) => {
    const found = [...TOKENS.matchAll(new RegExp(`--${name}: (.*?);`, 'g'))].map(([, value]) => value);
    expect(values).toEqual(found);
  });
});

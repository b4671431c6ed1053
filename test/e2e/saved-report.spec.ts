/**
 * A saved report in the window: every screen that it fills shows what the directory shows, marked as saved, with nothing
 * that could be done to it.
 *
 * On six logs of Kafka 4.4; with STRATA_ALL_FIXTURES=1 on every log of every version's data directory.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { Log } from '../../electron/engine/log/log';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridRowCount, gridRows, openScreen, settled } from './screens';

const ALL = process.env['STRATA_ALL_FIXTURES'] === '1';
const VERSIONS = ALL ? ['2.8.2', '3.9.2', '4.4.0'] : ['4.4.0'];
const CHOSEN = /^(codec-none|transactions|compacted|odd-times|trimmed|empty)-0$/;
const COMMAND_LINE = resolve(import.meta.dirname, '../../out/main/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'strata-saved-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makeReport(directory: string, output: string, ...options: readonly string[]): void {
  const args = [
    ...[COMMAND_LINE, 'report', directory, '--counts', '--compaction'],
    ...['--format', 'json', '--output', output, ...options],
  ];
  try {
    execFileSync(process.execPath, args, { env: { ...process.env, STRATA_STATE_DIR: folder } });
  } catch (error) {
    if ((error as { status?: number }).status !== 1) throw error; // 1: problems found
  }
}

/** Columns whose texts tell an age would differ from one second to the next. */
async function figures(
  page: Page,
  label: string,
  timeless: readonly string[] | null = null,
): Promise<string[]> {
  const grid = page.getByRole('grid', { name: label, exact: true });
  if ((await grid.count()) === 0) return ['nothing'];
  const titles = (await grid.getByRole('columnheader').allTextContents()).map((title) => title.trim());
  return (await gridRows(page, label)).map((row) =>
    row.filter((_, index) => timeless === null || timeless.includes(titles[index]!)).join(' | '),
  );
}

type Shown = Record<string, readonly string[]>;

/** Counts, bytes by part, sizes, codecs, largest records, heaviest keys and header names. */
async function statistics(page: Page): Promise<string[]> {
  await expect(page.getByRole('region', { name: 'Counts' })).toBeVisible();
  const pane = page.getByRole('region').filter({ has: page.locator('dl, table, [role=img]') });
  const texts = await pane.evaluateAll((regions) =>
    regions
      .filter((region) => !region.querySelector('[role=grid]'))
      .map((region) => (region as HTMLElement).innerText),
  );
  expect(texts.join(' ')).toContain('Records');
  const bars = await page.getByRole('img', { name: /^(Decompressed|On disk)/ }).all();
  return [
    ...texts,
    ...(await Promise.all(bars.map(async (bar) => (await bar.getAttribute('aria-label')) ?? ''))),
  ];
}

/** The first segment from near: its batches, their header fields but for the CRC, and its statistics. */
async function lookAtSegment(page: Page): Promise<Shown> {
  const row = page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1);
  await row.click();
  await settled(page);
  const batches = page.getByRole('grid', { name: 'Batches', exact: true });
  const shown: Shown = { batches: await figures(page, 'Batches') };
  if ((await gridRows(page, 'Batches')).length > 0) {
    await batches.getByRole('row').nth(1).click();
    await settled(page);
    const facts = await page.getByRole('region', { name: 'Batch' }).locator('dl').first().innerText();
    shown['batch'] = [facts.replace(/CRC\n.*/, '')];
  }
  const details = page.getByRole('group', { name: 'Details of the segment' });
  await details.getByRole('button', { name: 'Statistics' }).click();
  await settled(page);
  shown['statistics'] = await statistics(page);
  await details.getByRole('button', { name: 'Batches' }).click();
  return shown;
}

/** Ends on the problems, where the next log finds them. */
async function startup(page: Page, scope: 'This log' | 'Whole directory'): Promise<string[]> {
  for (const name of ['Next start-up', scope, 'All files']) {
    await page.getByRole('button', { name, exact: true }).click();
    await settled(page);
  }
  const verdict = await page.getByRole('region', { name: 'Verdict' }).innerText();
  expect(verdict).toContain('A broker would start.');
  const steps = await figures(page, 'Next start-up');
  expect(steps.length).toBeGreaterThan(0); // of the quorum's own log a broker looks at the directory alone
  await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Problems' }).click();
  return [verdict, ...steps];
}

/** Beside the records of a directory; in a report in their place. */
async function transactions(page: Page): Promise<string[]> {
  await openScreen(page, 'Records');
  const button = page.getByRole('button', { name: 'Transactions', exact: true });
  if ((await button.count()) > 0) await button.click();
  const grid = page.getByRole('grid', { name: 'Transactions' });
  await expect(grid).toBeVisible();
  const told = await page.getByText(/^\d+ transactions?\./).innerText();
  return [
    told.replace(' The records themselves are not in a saved report.', ''),
    ...(await figures(page, 'Transactions')),
  ];
}

/** Which index files differ from what a recovery would write; in a report it stands there. */
async function rebuild(page: Page): Promise<string> {
  const panel = page.getByRole('region', { name: 'Rebuild', exact: true });
  const button = panel.getByRole('button', { name: 'Compare with the log' });
  if ((await button.count()) > 0) await button.click();
  const answer = panel.getByRole('table').or(panel.getByText(/^Nothing to rebuild/));
  await expect(answer).toBeVisible();
  return answer.innerText();
}

/** What the screens say of each log. */
async function look(page: Page, logs: readonly string[]): Promise<Shown> {
  const shown: Shown = {};
  for (const log of logs) {
    await openScreen(page, 'Disk');
    // A long list has only the rows in sight: as a user would, by its filter.
    await page.getByLabel('Filter logs').fill(log);
    await page.getByRole('button', { name: log, exact: true }).click();
    await settled(page);
    shown[`${log} segments`] = await figures(page, 'Segments');
    shown[`${log} statistics`] = await statistics(page);
    for (const [part, figuresOf] of Object.entries(await lookAtSegment(page)))
      shown[`${log} first segment, ${part}`] = figuresOf;
    // Behind what the last task came to.
    shown[`${log} numbers`] = (await page.getByRole('contentinfo').innerText()).split('\n').slice(-1);
    await openScreen(page, 'Index');
    shown[`${log} indexes`] = await figures(page, 'Indexes');
    shown[`${log} what if`] = [await page.getByRole('region', { name: 'What if' }).innerText()];
    shown[`${log} rebuild`] = [await rebuild(page)];
    await openScreen(page, 'Retention');
    const fate = ['Base offset', 'Size', 'Fate', 'Largest timestamp'];
    shown[`${log} retention`] = await figures(page, 'Fates', fate);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await openScreen(page, 'Compaction');
    shown[`${log} compaction`] = await figures(page, 'Before and after', ['Base offset', 'Part', 'Size']);
    await openScreen(page, 'Problems');
    shown[`${log} problems`] = await figures(page, 'Problems');
    shown[`${log} next start-up`] = await startup(page, 'This log');
    shown[`${log} transactions`] = await transactions(page);
  }
  await openScreen(page, 'Problems');
  shown['next start-up'] = await startup(page, 'Whole directory');
  // Last: a directory is counted, and its problems are known, log by log as they are opened.
  await openScreen(page, 'Disk');
  shown['disk'] = [String(await gridRowCount(page, 'Logs')), ...(await figures(page, 'Logs'))];
  for (const log of logs) {
    await page.getByLabel('Filter logs').fill(log);
    shown[`${log} disk`] = await figures(page, 'Logs');
  }
  return shown;
}

for (const version of VERSIONS) {
  const fixtures = kafkaFixtures().filter(({ id }) => id.startsWith(`${version}/data-directory/`));
  const names = fixtures.map(({ name }) => name).filter((name) => ALL || CHOSEN.test(name));
  const directory = dirname(fixtures[0]!.directory.path);
  const report = join(folder, `${version}.json`);
  let live: Shown = {};
  test.describe
    .serial(`a report of Kafka ${version}'s data directory`, () => {
      test.setTimeout(ALL ? 600_000 : 90_000);
      test.describe('the directory', () => {
        test.use({ directory });
        test('is looked at', { tag: '@once' }, async ({ page }) => {
          await settled(page);
          live = await look(page, names);
          expect(Number(live['disk']![0])).toBe(fixtures.length);
          makeReport(
            ...([directory, report] as const),
            ...[
              '--statistics',
              '--batches',
              '--rebuild-index',
              '--startup',
              '--transactions',
              '--no-redaction',
            ],
          );
        });
      });
      test.describe('the report', () => {
        test.use({ directory: report });
        test('shows the same figures on every screen', { tag: '@once' }, async ({ page }) => {
          await settled(page);
          expect(await look(page, names)).toEqual(live);
        });
      });
    });
}

test.describe('the findings of an analysis', () => {
  const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
  const report = join(folder, 'analysed.json');
  const bare = join(folder, 'bare.json');
  const TABS = [
    ...[['superseded by', 'Superseded by'] as const, ['worst keys', 'Worst keys'] as const],
    ...[['tombstones', 'Tombstones'] as const, ['age', 'Freed by age'] as const],
  ];
  let live: Shown = {};

  async function findings(page: Page): Promise<Shown> {
    const shown: Shown = {};
    for (const [tab, label] of TABS) {
      await page.getByRole('button', { name: tab, exact: true }).click();
      const titles = page.getByRole('grid', { name: label, exact: true }).getByRole('columnheader');
      // When a tombstone may go is told from now on.
      const timeless = (await titles.allTextContents()).filter(
        (title) => !/^(That is|May go from)/.test(title.trim()),
      );
      shown[tab] = await figures(
        page,
        label,
        timeless.map((title) => title.trim()),
      );
    }
    return shown;
  }

  test.describe('of the directory', () => {
    test.use({ directory: directory.path });
    test('are looked at', async ({ page }) => {
      await settled(page);
      await openScreen(page, 'Compaction');
      await page.getByRole('button', { name: /^Analyse/ }).click();
      await expect(page.getByText(/% freed/).first()).toBeVisible();
      live = await findings(page);
      expect(live['worst keys']!.join()).toContain('key-');
      makeReport(directory.path, report, '--no-redaction');
    });
  });

  test.describe('of its report', () => {
    test.use({ directory: report });
    test('are the same', async ({ page }) => {
      await settled(page);
      await openScreen(page, 'Compaction');
      expect(await findings(page)).toEqual(live);
    });
  });

  test.describe('of a report that was not asked for them', () => {
    test.use({ directory: bare });
    test.beforeAll(() => {
      const args = [COMMAND_LINE, 'report', directory.path, '--format', 'json', '--output', bare];
      execFileSync(process.execPath, args, { env: { ...process.env, STRATA_STATE_DIR: folder } });
    });
    test('are not there, and nothing says to analyse it', async ({ page }) => {
      await settled(page);
      await expect(page.getByText('Not in this saved report.')).toBeVisible(); // statistics
      await openScreen(page, 'Index');
      await expect(page.getByText('Index entries are not in this saved report.')).toBeVisible();
      await openScreen(page, 'Problems');
      await page.getByRole('button', { name: 'Next start-up' }).click();
      await expect(page.getByText('The next start-up is not in this saved report.')).toBeVisible();
      await openScreen(page, 'Compaction');
      for (const [tab] of TABS) {
        await page.getByRole('button', { name: tab, exact: true }).click();
        await expect(page.getByText('No analysis is in this saved report.')).toBeVisible();
      }
    });
  });
});

test.describe('an analysis that damage ended', () => {
  const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
  const log = join(folder, 'damaged', 'compacted-0');
  const report = join(folder, 'damaged.json');
  test.beforeAll(() => {
    // The metadata log says that the topic is compacted.
    for (const name of ['compacted-0', '__cluster_metadata-0'])
      cpSync(join(dirname(directory.path), name), join(folder, 'damaged', name), { recursive: true });
    const segment = join(log, '00000000000000000045.log');
    const bytes = readFileSync(segment);
    bytes[200]! ^= 1;
    writeFileSync(segment, bytes);
    makeReport(log, report);
  });

  test.use({ directory: report });
  test('says what is damaged, and under every tab of findings that there are none for that', async ({
    page,
  }) => {
    await settled(page);
    await openScreen(page, 'Compaction');
    const verdict = page.getByRole('region', { name: 'Eligibility' });
    await expect(verdict).toContainText(/00000000000000000045\.log is damaged at byte \d+/);
    await expect(verdict).not.toContainText('This is a saved report');
    for (const tab of ['superseded by', 'worst keys', 'tombstones', 'age']) {
      await page.getByRole('button', { name: tab, exact: true }).click();
      await expect(page.getByText('Damage ended the analysis.')).toBeVisible();
    }
  });
});

test.describe('a saved report', () => {
  const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
  const report = join(folder, 'compacted.json');
  test.use({ directory: report });
  test.beforeAll(() => makeReport(directory.path, report, '--verify'));

  test('is marked on every screen, shows its analysis, and lets nothing be done', async ({ page }) => {
    await settled(page);
    const mark = page.getByText(/^saved report of …\/compacted-0, \d{4}-/);
    for (const screen of ['Segments', 'Retention', 'Compaction', 'Records', 'Index', 'Problems', 'Disk']) {
      await openScreen(page, screen);
      await expect(mark).toBeVisible();
      await expect(
        page.getByRole('button', { name: /^(Delete|Compact|Verify|Run on a copy|Archive to|Give server)\b/ }),
      ).toHaveCount(0);
    }
    await openScreen(page, 'Compaction');
    await expect(
      page.getByText('This is a saved report: what it shows cannot be changed from here.'),
    ).toBeVisible();
    expect((await gridRows(page, 'Before and after'))[0]!.join(' ')).toMatch(/\d B/);
    await expect(page.getByRole('button', { name: /^Analyse/ })).toBeDisabled();
    await expect(page.getByText('An analysis reads records, which are not in a saved report.')).toBeVisible();
    await openScreen(page, 'Records');
    await expect(page.getByText('Records are not in a saved report.')).toBeVisible();
  });

  test('tells the files of a segment, and that its batches are not there', async ({ page }) => {
    await settled(page);
    await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1).click();
    await settled(page);
    await expect(page.getByText('Batches are not in this saved report.')).toBeVisible();
    await page.getByRole('button', { name: 'Files' }).click();
    const files = await gridRows(page, 'Files of the segment');
    expect(files.map(([name]) => name)).toContain('00000000000000000000.timeindex');
  });

  test('is opened by being dropped on the window', async ({ page }) => {
    await settled(page);
    await page.getByRole('button', { name: 'Close directory' }).click();
    await expect(page.getByText(/^saved report of/)).toHaveCount(0);
    // A file input stands for the file manager: its files have paths, too.
    await page.evaluate(() => {
      const input = document.createElement('input');
      input.type = 'file';
      input.id = 'dropped';
      document.body.append(input);
    });
    await page.locator('#dropped').setInputFiles(report);
    await page.evaluate(() => {
      const [file] = document.querySelector<HTMLInputElement>('#dropped')!.files!;
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(file!);
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await expect(page.getByText(/^saved report of …\/compacted-0/)).toBeVisible();
  });

  test('is in the list of recent ones', async ({ page }) => {
    await settled(page);
    await page.getByRole('button', { name: 'Close directory' }).click();
    await page.getByRole('button', { name: report }).first().click();
    await expect(page.getByText(/^saved report of/)).toBeVisible();
  });
});

test.describe('a file that is no report', () => {
  const file = join(folder, 'notes.json');
  writeFileSync(file, '{"schema":"strata.report/1","logs":[{"name":"../../../../etc"}]}');
  test.use({ directory: file });
  test('is refused in a sentence', async ({ page }) => {
    await expect(page.getByText(/is a damaged report/)).toBeVisible();
  });
});

test.describe('a report of a log that the engine wrote', () => {
  const log = join(folder, 'engine', 'orders-0');
  const report = join(folder, 'orders.json');
  test.use({ directory: report });
  test.beforeAll(async () => {
    const writing = await Log.open(log, { metricsIntervalMs: 1000, retentionBytes: 100 });
    for (let index = 0; index < 3; index++) {
      await writing.append({ value: `value ${index}`.padEnd(200) });
      await writing.roll();
    }
    await writing.close();
    const environment = { env: { ...process.env, STRATA_STATE_DIR: folder } };
    const applied = ['retention', log, '--cleanup-policy', 'delete', '--retention-bytes', '300', '--apply'];
    execFileSync(process.execPath, [COMMAND_LINE, ...applied], environment);
    makeReport(log, report);
  });

  test('tells its counters, and the run that is pending, with nothing to press', async ({ page }) => {
    await settled(page);
    await page.getByRole('button', { name: 'Writer', exact: true }).click();
    const pane = page.getByRole('region', { name: 'Writer', exact: true });
    await expect(pane).toContainText(/Process \d+ closed the log at/);
    await expect(pane.getByRole('region', { name: 'Appends', exact: true })).toContainText('Records3');
    await openScreen(page, 'Retention');
    const run = page.getByText(
      /^Retention: \d segments?, \d+ B\. Made \d{4}-.*not undone; its space was due/,
    );
    await expect(run).toBeVisible();
    await expect(page.getByRole('button', { name: /^(Undo|Free)/ })).toHaveCount(0);
  });
});

/** The Report screen: what is chosen is written into the chosen folder, over nothing unasked, and a PDF among it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { ElectronApplication } from '@playwright/test';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-report-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
test.use({ directory: FIXTURE.directory.path });

/** Answers the system's dialog, and notes what is shown in the file manager. */
async function answerDialogs(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog, shell }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    shell.showItemInFolder = (shown) => {
      process.env['REVEALED'] = shown;
    };
  }, path);
}

test('writes what is chosen, and shows it in its folder', async ({ app, page }) => {
  const output = join(folder, 'out');
  mkdirSync(output);
  await answerDialogs(app, output);
  await settled(page);
  await openScreen(page, 'Report');
  for (const format of ['PDF', 'Markdown', 'CSV']) await page.getByRole('checkbox', { name: format }).check();
  await page.getByRole('checkbox', { name: /^Next start-up/ }).check();
  for (const table of ['files', 'settings'])
    await page.getByRole('checkbox', { name: table, exact: true }).uncheck();
  await page.getByRole('button', { name: 'Write the report of compacted-0…' }).click();
  await expect(page.getByText(`Written into ${output}`)).toBeVisible();
  const names = readdirSync(output).sort();
  const tables = ['logs', 'problems', 'retention', 'runs', 'segments', 'startup', 'writers'];
  expect(names).toEqual([
    ...tables.map((table) => `compacted-0-report-${table}.csv`),
    ...['html', 'json', 'md', 'pdf'].map((format) => `compacted-0-report.${format}`),
  ]);
  expect(readFileSync(join(output, 'compacted-0-report.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
  expect(readFileSync(join(output, 'compacted-0-report.json'), 'utf8')).not.toContain(FIXTURE.directory.path);
  await page.getByRole('button', { name: 'Show in folder' }).click();
  await expect.poll(() => app.evaluate(() => process.env['REVEALED'])).toBe(output);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('writes over nothing unasked', async ({ app, page }) => {
  const output = join(folder, 'taken');
  mkdirSync(output);
  writeFileSync(join(output, 'compacted-0-report.html'), 'mine');
  await answerDialogs(app, output);
  await settled(page);
  await openScreen(page, 'Report');
  await page.getByRole('button', { name: 'Write the report of compacted-0…' }).click();
  await expect(page.getByRole('alert')).toContainText('is there already; nothing was written');
  expect(readdirSync(output)).toEqual(['compacted-0-report.html']);
  await page.getByRole('checkbox', { name: 'Write over files that are there' }).check();
  await page.getByRole('button', { name: 'Write the report of compacted-0…' }).click();
  await expect(page.getByText(`Written into ${output}`)).toBeVisible();
  expect(readFileSync(join(output, 'compacted-0-report.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

/** The next start-up on the screen: a directory of Kafka's, damaged, and what a broker would make of it. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './electron';
import { gridRows, openScreen, settled } from './screens';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory');
const folder = mkdtempSync(join(tmpdir(), 'strata-startup-window-'));
const data = join(folder, 'data');

test.beforeAll(() => {
  cpSync(FIXTURE, data, { recursive: true });
  rmSync(join(data, '.kafka_cleanshutdown'));
  mkdirSync(join(data, 'lost+found'));
  const log = join(data, 'codec-none-0');
  writeFileSync(join(log, '00000000000000000007.index'), '');
  appendFileSync(join(log, '00000000000000000072.log'), Buffer.alloc(4096));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.describe('a data directory after a crash', () => {
  test.use({ directory: data });

  test('says file by file what a broker does to one log, and why', async ({ page }) => {
    await settled(page);
    await page.getByRole('button', { name: 'codec-none-0' }).click();
    await settled(page);
    await openScreen(page, 'Problems');
    await page.getByRole('button', { name: 'Next start-up' }).click();
    await settled(page);
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('A broker would start.');
    const rows = await gridRows(page, 'Next start-up');
    const told = rows.map(([action, file, bytes]) => [action, file, bytes]);
    expect(told).toContainEqual(['deletes', '00000000000000000007.index', '0 B']);
    expect(told).toContainEqual(['truncates', '00000000000000000072.log', '4.0 KiB']);
    await page
      .getByRole('grid', { name: 'Next start-up' })
      .getByRole('row', { name: /truncates/ })
      .click();
    await expect(page.getByRole('heading', { name: 'A broker truncates this' })).toBeVisible();
    await expect(page.getByText(/The length field at position \d+ says 0\./).first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]!.html}`)).toEqual([]);
  });

  test('says that a broker would not start on the whole directory, and lists all files', async ({ page }) => {
    await settled(page);
    await page.getByRole('button', { name: 'codec-none-0' }).click();
    await settled(page);
    await openScreen(page, 'Problems');
    await page.getByRole('button', { name: 'Next start-up' }).click();
    await settled(page);
    await page.getByRole('button', { name: 'Whole directory' }).click();
    await settled(page);
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('would not start: 1 reason');
    const grid = page.getByRole('grid', { name: 'Next start-up' });
    await expect(grid.getByRole('row', { name: /refuses to start lost\+found/ })).toBeVisible();
    const changes = Number(await grid.getAttribute('aria-rowcount'));
    await page.getByRole('button', { name: 'All files' }).click();
    await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(changes);
    await test.step('another look at it changes nothing; a change in the directory is told', async () => {
      await openScreen(page, 'Segments');
      await openScreen(page, 'Problems');
      await expect(page.getByRole('button', { name: 'Plan again' })).toBeVisible();
      rmSync(join(data, 'lost+found'), { recursive: true });
      await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('Files changed since', {
        timeout: 15_000,
      });
      await page.getByRole('button', { name: 'Files changed: plan again' }).click();
      await settled(page);
      await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('A broker would start.');
      await expect(page.getByRole('region', { name: 'Verdict' })).not.toContainText('Files changed since');
    });
    await page.getByRole('button', { name: 'Problems', exact: true }).last().click();
    await expect(page.getByRole('grid', { name: 'Problems' })).toBeVisible();
  });
});

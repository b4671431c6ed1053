/** Problems and next start-up of a whole data directory of Kafka's, before any of its logs is opened. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory');
const folder = mkdtempSync(join(tmpdir(), 'strata-directory-problems-'));
const data = join(folder, 'data');
test.use({ directory: data });
test.beforeAll(() => {
  cpSync(FIXTURE, data, { recursive: true });
  rmSync(join(data, '.kafka_cleanshutdown'));
  mkdirSync(join(data, 'lost+found'));
  appendFileSync(join(data, 'codec-none-0', '00000000000000000072.log'), Buffer.alloc(4096));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('lists and verifies all logs, plays through the start, and leads to a log and back', async ({
  page,
}) => {
  await settled(page);
  await openScreen(page, 'Problems');
  expect(await gridColumn(page, 'Problems', 'File')).toEqual(['lost+found']);
  await page.getByRole('button', { name: 'Verify all logs' }).click();
  await settled(page);
  await expect(page.getByRole('main')).toContainText('3 problems in 2 logs; every byte was read.');
  expect(await gridColumn(page, 'Problems', 'Log')).toEqual(['–', 'codec-none-0', 'odd-times-0']);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]!.html}`)).toEqual([]);

  await page.getByRole('button', { name: 'Next start-up' }).click();
  await settled(page);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('would not start: 1 reason');
  await page.getByRole('textbox', { name: 'Filter steps' }).fill('codec-none-0 truncates');
  await page.getByRole('grid', { name: 'Next start-up' }).getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Show it in codec-none-0' }).click();
  await settled(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('codec-none-0');
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('A broker would start.');

  await page.getByRole('button', { name: 'Whole directory' }).click();
  await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Problems' }).click();
  await settled(page);
  await page
    .getByRole('grid', { name: 'Problems' })
    .getByRole('row', { name: /are zero/ })
    .dblclick();
  await settled(page);
  await expect(page.getByRole('button', { name: 'Show the bytes' })).toBeVisible();
  await expect(page.getByText('every byte sound')).toBeVisible();
});

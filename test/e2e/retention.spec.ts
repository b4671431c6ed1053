/** Retention in the window: the plan under a tried policy, the run under the lock, and the undo, on a copy of Kafka's log. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-retention-'));
const path = join(folder, 'data', 'codec-none-0');
mkdirSync(join(folder, 'data'));
cpSync(FIXTURE.directory.path, path, { recursive: true });
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
test.use({ directory: path });

test('tries a policy, deletes exactly what it shows, and takes it back', async ({ page }) => {
  const bases = FIXTURE.segments.map(({ baseOffset }) => String(baseOffset));
  await settled(page);
  await openScreen(page, 'Retention');
  await expect(page.getByText(/cleanup.policy is assumed/)).toBeVisible();
  await page
    .getByRole('group', { name: 'cleanup.policy' })
    .getByRole('button', { name: 'delete', exact: true })
    .click();
  await settled(page);
  for (const [name, value] of [
    ['retention.ms typed', 'no limit'],
    ['retention.bytes typed', '4000'],
  ] as const) {
    await page.getByRole('textbox', { name }).fill(value);
    await page.getByRole('textbox', { name }).press('Enter');
  }
  await expect
    .poll(() => gridColumn(page, 'Fates', 'Fate'))
    .toEqual([...['goes now', 'goes now', 'kept', 'kept', 'kept']]);
  await page.getByRole('button', { name: /^Delete 2 segments/ }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Delete 2 segments/ })
    .click();
  await expect.poll(() => gridRowCount(page, 'Fates'), { timeout: 15_000 }).toBe(3);
  expect(readdirSync(path).filter((name) => name.endsWith('.log.deleted')).length).toBe(2);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(() => gridColumn(page, 'Fates', 'Base offset'), { timeout: 15_000 }).toEqual(bases);
  expect(readdirSync(path).filter((name) => name.endsWith('.deleted'))).toEqual([]);
});

/** A sample log from the welcome screen: asked where, written by a worker, opened; no problem in it. */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from './electron';
import { gridRowCount, settled } from './screens';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strata-sample-')));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the system's dialog will answer; null for a cancel. */
async function willChoose(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({
      canceled: chosen === null,
      filePaths: chosen === null ? [] : [chosen],
    });
  }, path);
}

test('writes a sample where the user says, and opens it', async ({ app, page }) => {
  const create = page.getByRole('button', { name: 'Create a sample log…' });
  await willChoose(app, null);
  await create.click();
  await expect(create).toBeEnabled();
  expect(readdirSync(folder)).toEqual([]);
  await willChoose(app, folder);
  await create.click();
  await expect(page.getByRole('grid', { name: 'Segments' })).toBeVisible({ timeout: 30_000 });
  await settled(page);
  expect(await gridRowCount(page, 'Segments')).toBeGreaterThan(5);
  await expect(page.getByRole('contentinfo')).toContainText('offsets 0 to 5');
  expect(readdirSync(folder)).toEqual(['strata-sample']);
  expect(readdirSync(join(folder, 'strata-sample'))).toContain('orders-0');
});

test('says why it could not be written', async ({ app, page }) => {
  const broker = mkdtempSync(join(folder, 'broker-'));
  writeFileSync(join(broker, 'meta.properties'), 'version=1\n');
  await willChoose(app, broker);
  await page.getByRole('button', { name: 'Create a sample log…' }).click();
  await expect(page.getByText('The sample log could not be written')).toBeVisible();
  await expect(page.getByText('is a data directory')).toBeVisible();
  expect(readdirSync(broker)).toEqual(['meta.properties']);
});

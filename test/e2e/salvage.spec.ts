/** Salvage from the Problems screen: a damaged log of Kafka's, asked where, saved by a worker, reported. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from './electron';
import { openScreen, settled } from './screens';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory/codec-none-0');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strata-salvage-window-')));
const directory = join(folder, 'damaged-0');
const into = join(folder, 'into');
test.use({ directory });
test.beforeAll(() => {
  cpSync(FIXTURE, directory, { recursive: true });
  mkdirSync(into);
  const path = join(directory, '00000000000000000036.log');
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(path, bytes);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('saves the sound batches where the user says, and tells what was left out', async ({ app, page }) => {
  await settled(page);
  await openScreen(page, 'Problems');
  await page.getByRole('button', { name: 'Verify: read every byte' }).click();
  await settled(page);
  const choose = (place: string) =>
    app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, place);
  await choose(directory);
  await page.getByRole('button', { name: 'Salvage the sound batches…' }).click();
  await expect(page.getByRole('alert')).toContainText('lies inside the log itself');
  await choose(into);
  await page.getByRole('button', { name: 'Salvage the sound batches…' }).click();
  const report = page.getByRole('region', { name: 'Salvage report' });
  await expect(report).toContainText('84 records saved', { timeout: 30_000 });
  await expect(report).toContainText('Left out: 1 stretch');
  await expect(report).toContainText('offsets 48 to 53');
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(readdirSync(join(into, 'damaged-0'))).toContain('00000000000000000036.log');
  await report.getByRole('button', { name: 'Close the report' }).click();
  await expect(report).toHaveCount(0);
});

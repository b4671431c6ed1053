/** The window on a directory of the original log manager: segments, records and problems. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oldRecords, writeOldSegment } from '../support/original-log';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const folder = mkdtempSync(join(tmpdir(), 'strata-old-'));
const directory = join(folder, 'orders');
test.use({ directory });
test.beforeAll(() => {
  writeOldSegment(directory, 0, oldRecords(60));
  const { file, positions } = writeOldSegment(directory, 60, oldRecords(21, 60), 4096);
  truncateSync(file, positions[20]! + 10);
});
test.afterAll(() => rmSync(folder, { recursive: true }));

test('shows segments, records and the torn tail', async ({ page }) => {
  await settled(page);
  await expect(page.getByText('original format')).toBeVisible();
  expect(await gridColumn(page, 'Segments', 'Base offset')).toEqual(['0', '60']);
  expect(await gridColumn(page, 'Segments', 'Records')).toEqual(['60', '20']);
  await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1).click();
  await settled(page);
  await page.getByRole('grid', { name: 'Batches' }).getByRole('row').nth(1).click();
  await settled(page);
  const batch = page.getByRole('region', { name: 'Batch' });
  await expect(batch).toContainText('Formatoriginal');
  // Nothing calls it a message of Kafka's.
  await expect(page.getByRole('grid', { name: 'Batches' })).not.toContainText('magic');
  await expect(batch).not.toContainText(/Magic|Timestamp type/);
  await openScreen(page, 'Index');
  await expect(page.getByRole('region', { name: 'Original format' })).toBeVisible();
  await expect(page.getByText('the program’s interval 4.0 KiB')).toBeVisible();
  // It knows no time index: that there is none is no flaw of a segment, and its table has room.
  expect(await gridColumn(page, 'Indexes', 'State')).toEqual(['–', 'activepreallocatedheaders not known']);
  const indexes = page.getByRole('grid', { name: 'Indexes' });
  expect(await indexes.evaluate((grid) => grid.scrollWidth - grid.clientWidth)).toBe(0);
  await expect(page.getByRole('region', { name: 'What if' })).toBeHidden();
  await expect(page.getByRole('region', { name: 'Rebuild' })).toBeHidden();
  await openScreen(page, 'Records');
  const offsets = await gridColumn(page, 'Records', 'Offset');
  expect(offsets.slice(0, 3)).toEqual(['0', '1', '2']);
  await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(1).click();
  await expect(page.getByText('Batch base offset')).toBeVisible();
  await expect(page.getByText('Magic', { exact: true })).toHaveCount(0);
  await openScreen(page, 'Problems');
  await expect(page.getByText('segment-torn-tail').first()).toBeVisible();
});

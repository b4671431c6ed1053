/** Statistics in the window: the figures of Kafka's own logs, of the whole log and of one segment, and the jump to a record. */
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, settled } from './screens';

const fixture = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-zstd-0')!;
const records = fixture.records!;
test.use({ directory: fixture.directory.path });

test('shows the counts and the bytes of the whole log, also in a narrow window', async ({ app, page }) => {
  await settled(page);
  await expect(page.getByRole('heading', { name: 'Whole log' })).toBeVisible();
  const counts = page.getByRole('region', { name: 'Counts' });
  const fact = (name: string) =>
    counts.locator('div', { has: page.getByText(name, { exact: true }) }).locator('dd');
  await expect(fact('Records')).toHaveText(String(fixture.recordCount.data));
  await expect(fact('Tombstones')).toHaveText(String(records.filter(({ value }) => value === null).length));
  await expect(fact('Null keys')).toHaveText(String(records.filter(({ key }) => key === null).length));
  await expect(page.getByRole('img', { name: /^Decompressed: Keys / })).toBeVisible();
  await expect(page.getByRole('img', { name: /^On disk, compression saves [\d.]+ %: zstd / })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Codecs' }).locator('tbody th')).toHaveText(['zstd']);
  const names = new Set(records.flatMap(({ headers }) => headers.map(([name]) => name)));
  names.delete(''); // has no value in these records, and takes no bytes
  const heaviest = page.getByRole('table', { name: 'Header names that take the most bytes' });
  expect(new Set(await heaviest.locator('tbody th').allTextContents())).toEqual(names);

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640));
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1024);
  const overhang = () => counts.evaluate(({ parentElement: pane }) => pane!.scrollWidth - pane!.clientWidth);
  await expect.poll(overhang).toBe(0);
});

test('goes to one of the largest records', async ({ page }) => {
  await settled(page);
  const largest = page.getByRole('table', { name: 'Largest records' }).getByRole('button').first();
  const offset = (await largest.textContent())!.replace(/\u2009/g, '');
  await largest.click();
  await settled(page);
  expect((await gridColumn(page, 'Records', 'Offset'))[0]).toBe(offset);
});

test('shows the figures of one segment', async ({ page }) => {
  await settled(page);
  await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Statistics' }).click();
  await settled(page);
  const [batches] = await page.getByRole('table', { name: 'Codecs' }).locator('tbody td').allTextContents();
  expect(batches).toBe(String(fixture.segments[0]!.batchCount));
});

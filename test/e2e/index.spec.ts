/** Indexes in the window: the entries that Kafka wrote, the what-if against Kafka's rule, and a mismatch that was planted. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-index-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (path: string, baseOffset: number) =>
  join(path, `${String(baseOffset).padStart(20, '0')}.index`);

/** Entries of an offset index by the rule as Kafka's documentation has it. */
function entryCount(interval: number): number {
  let count = 0;
  for (const { batches } of FIXTURE.segments) {
    let bytesSince = 0;
    for (const { sizeInBytes } of batches) {
      if (bytesSince > interval) {
        count++;
        bytesSince = 0;
      }
      bytesSince += sizeInBytes;
    }
  }
  return count;
}

test.describe('the log as Kafka wrote it', () => {
  test.use({ directory: FIXTURE.directory.path });
  test('shows every entry, and what another interval would write', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Index');
    const written = FIXTURE.segments.map(
      ({ baseOffset }) => readFileSync(fileOf(FIXTURE.directory.path, baseOffset)).length / 8,
    );
    expect(await gridColumn(page, 'Indexes', 'Entries')).toEqual(written.map(String));
    const row = page.getByRole('row', { name: /^Offset index entries/ }).getByRole('cell');
    const total = written.reduce((sum, count) => sum + count, 0);
    await expect(row).toHaveText([String(total), String(total)]);
    for (const interval of [0, 700, 1_500]) {
      const field = page.getByRole('textbox', { name: 'index.interval.bytes typed' });
      await field.fill(String(interval));
      await field.press('Enter');
      await expect(row).toHaveText([String(total), String(entryCount(interval))]);
    }
    await expect(page.getByRole('heading', { name: 'No mismatch with the log' })).toBeVisible();
    await page.getByRole('button', { name: 'As table' }).first().click();
    await expect(page.getByRole('columnheader', { name: 'Largest stretch' })).toBeVisible();
  });
});

test.describe('a log with a wrong index entry', () => {
  const path = join(folder, 'codec-none-0');
  cpSync(FIXTURE.directory.path, path, { recursive: true });
  const file = fileOf(path, FIXTURE.segments[1]!.baseOffset);
  const bytes = readFileSync(file);
  bytes.writeInt32BE(bytes.readInt32BE(4) + 1, 4);
  writeFileSync(file, bytes);
  test.use({ directory: path });
  test('says what the mismatch leads to', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Index');
    const section = page.getByRole('region', { name: 'Mismatches' });
    await expect(section).toContainText('offset-index-misleading');
    await expect(section).toContainText('where no batch starts');
  });

  test('rebuilds the file as Kafka had written it, and takes that back', async ({ page }) => {
    const kafkas = readFileSync(fileOf(FIXTURE.directory.path, FIXTURE.segments[1]!.baseOffset));
    // Beside no metadata log the interval of the topic is not known: it is given.
    await settled(page);
    await openScreen(page, 'Index');
    const field = page.getByRole('textbox', { name: 'index.interval.bytes typed' });
    await field.fill('300');
    await field.press('Enter');
    await page.getByRole('button', { name: 'Compare with the log' }).click();
    await expect(page.getByRole('region', { name: 'Index files to rebuild' })).toContainText('damaged');
    await page.getByRole('button', { name: 'Rebuild 1 index file…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rebuild 1 index file' }).click();
    await expect(page.getByRole('heading', { name: 'No mismatch with the log' })).toBeVisible();
    expect(readFileSync(file)).toEqual(kafkas);
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect(page.getByRole('heading', { name: '1 mismatch' })).toBeVisible();
    expect(readFileSync(file)).toEqual(bytes);
    expect(readdirSync(path).filter((name) => name.endsWith('.deleted'))).toEqual([]);
  });
});

/** Records in the window: Kafka's own topics by their fields, JSON that folds, and a format that is remembered. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const fixture = (id: string) => kafkaFixtures().find((each) => each.id === id)!;

test.describe('the log of consumer offsets', () => {
  test.use({ directory: fixture('4.4.0/data-directory/__consumer_offsets-0').directory.path });
  test('tells what a group committed, and folds it', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    expect((await gridColumn(page, 'Records', 'Key'))[0]).toBe(
      'OffsetCommit group: compacted-transactions-group, topic: compacted-transactions, partition: 0',
    );
    await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(1).click();
    const value = page.getByRole('region', { name: 'Decoded value' });
    await expect(value).toContainText('offset: 10');
    await value.getByRole('button', { expanded: true }).first().click();
    await expect(value).not.toContainText('offset: 10');
    await expect(page.getByRole('region', { name: 'Key', exact: true })).toBeVisible();
  });
});

test.describe('a log of JSON', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'strata-json-')), 'numbers-0');
  test.use({ directory });
  test.beforeAll(() => {
    const writer = new BatchWriter(4 * 1024 * 1024);
    writer.start({ baseOffset: 0, partitionLeaderEpoch: 0, codec: 'none' });
    const value = Buffer.from('{"id":9007199254740993,"price":[1.0,2.5]}');
    writer.add({ timestampMs: 1_700_000_000_000, key: Buffer.from('k'), value });
    const headers = Array.from({ length: 120 }, (_, index) => ({
      ...{ name: Buffer.from(`name ${index}`), value: index === 0 ? null : Buffer.from([0xfa, index]) },
    }));
    const long = Buffer.from('0123456789abcdef'.repeat(64 * 1024 * 2));
    writer.add({ timestampMs: 1_700_000_000_001, key: Buffer.from('long'), value: long, headers });
    writer.finish();
    mkdirSync(directory);
    writeFileSync(join(directory, `${'0'.repeat(20)}.log`), writer.bytes.subarray(0, writer.end));
  });
  test.afterAll(() => rmSync(join(directory, '..'), { recursive: true }));

  test('shows numbers with the digits that were written', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(1).click();
    const value = page.getByRole('region', { name: 'Value as JSON' });
    await expect(value).toContainText('id: 9007199254740993');
    await expect(value).toContainText('0: 1.0');
    await expect(value).toContainText('1: 2.5');
  });

  test('shows the beginning of a long value, and more of it when asked; many headers in steps, in one form', async ({
    page,
  }) => {
    await settled(page);
    await openScreen(page, 'Records');
    await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(2).click();
    const value = page.getByRole('region', { name: 'Value', exact: true });
    await expect(value).toContainText('The first 16.0 KiB of 2.0 MiB.');
    await value.getByRole('button', { name: 'Show 128.0 KiB' }).click();
    await value.getByRole('button', { name: 'Show 1.0 MiB' }).click();
    await expect(value).toContainText('The first 1.0 MiB of 2.0 MiB.');
    await expect(value.getByRole('button', { name: /^Show/ })).toHaveCount(0);
    const headers = page.getByRole('region', { name: 'Headers' });
    await expect(headers.getByRole('definition')).toHaveCount(50);
    // The form of the first that has a value.
    await expect(headers.getByRole('button', { pressed: true })).toHaveText('integer');
    await headers.getByRole('button', { name: 'hex' }).click();
    await expect(headers.getByRole('definition').nth(1)).toHaveText('fa 01');
    await headers.getByRole('button', { name: '70 more headers' }).click();
    await headers.getByRole('button', { name: '20 more headers' }).click();
    await expect(headers.getByRole('definition')).toHaveCount(120);
  });
});

test.describe('a log of text', () => {
  test.use({ directory: fixture('4.4.0/data-directory/codec-none-0').directory.path });
  test('shows values in the form that was chosen, in the list as for the next record', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    const rows = page.getByRole('grid', { name: 'Records' }).getByRole('row');
    await rows.nth(1).click();
    const value = page.getByRole('region', { name: 'Value', exact: true });
    await value.getByRole('button', { name: 'base64' }).click();
    const text = await value.locator('pre').textContent();
    expect((await gridColumn(page, 'Records', 'Value'))[0]).toBe(text);
    await rows.nth(2).click();
    await expect(value.getByRole('button', { name: 'base64' })).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await settled(page);
    await openScreen(page, 'Records');
    expect((await gridColumn(page, 'Records', 'Value'))[0]).toBe(text);
  });

  test('searches for bytes, and says what it found in how many records', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    await page.getByRole('button', { name: 'bytes', exact: true }).last().click();
    const field = page.getByRole('textbox', { name: 'Find by bytes' });
    await field.fill('7');
    await field.press('Enter');
    await expect(page.getByRole('alert')).toHaveText('Bytes are pairs of hexadecimal digits.');
    await field.fill('76 61 6c 75 65 20 38 38');
    await field.press('Enter');
    await expect(page.getByText('1 match in 90 records')).toBeVisible();
    expect(await gridColumn(page, 'Records', 'Offset')).toEqual(['88']);
  });

  test('ends a search at a record with which its expression comes to no end, and goes on behind it', {
    tag: '@once',
  }, async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    await page.getByRole('button', { name: 'regex', exact: true }).click();
    const field = page.getByRole('textbox', { name: 'Find by regex' });
    await field.fill('(');
    await field.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Unterminated group');
    await field.fill('^value 8 |^value 88 |^(?=value 12 )(.+)+#$');
    await field.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The search stopped at offset 12');
    expect(await gridColumn(page, 'Records', 'Offset')).toEqual(['8']);
    await page.getByRole('button', { name: 'Search on behind it' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => gridColumn(page, 'Records', 'Offset')).toEqual(['8', '88']);
  });
});

test.describe('a damaged log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-records-'));
  const directory = join(folder, 'codec-gzip-0');
  cpSync(fixture('4.4.0/data-directory/codec-gzip-0').directory.path, directory, { recursive: true });
  const segment = join(directory, '00000000000000000000.log');
  writeFileSync(segment, readFileSync(segment).fill(0xff, 61, 80));
  test.use({ directory });
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('says of a search that not everything could be read', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    await page.getByRole('button', { name: 'text', exact: true }).first().click();
    const field = page.getByRole('textbox', { name: 'Find by text' });
    await field.fill('value 88');
    await field.press('Enter');
    await expect(page.getByText(/^1 match in \d+ records$/)).toBeVisible();
    await expect(page.getByText('Not everything could be read')).toBeVisible();
  });
});

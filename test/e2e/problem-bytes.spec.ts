/** From a problem to its bytes: in the segment's batches, in an index, a snapshot, a checkpoint; each field with its name. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { BATCH_SIZE, batches } from '../support/one-record-log';
import { expect, test } from './electron';
import { gridRowCount, gridRows, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-bytes-'));
const directory = join(folder, 'data', 'codec-none-0');
const LOG = '00000000000000000018.log';
const [, second] = FIXTURE.segments;
const damagedBatch = second!.batches[2]!;

test.beforeAll(() => {
  mkdirSync(join(folder, 'data'));
  cpSync(FIXTURE.directory.path, directory, { recursive: true });
  const at = damagedBatch.position + 70;
  change(LOG, (bytes) => bytes.writeUInt8(bytes[at]! ^ 1, at));
  change('00000000000000000036.index', (bytes) => bytes.writeInt32BE(bytes.readInt32BE(12) + 1, 12));
  change('00000000000000000054.snapshot', (bytes) => bytes.writeInt32BE(77, 2));
  writeFileSync(
    join(folder, 'data', 'recovery-point-offset-checkpoint'),
    '0\n2\nother 0 5\ncodec-none 0 9999\n',
  );
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
test.use({ directory });

function change(name: string, how: (bytes: Buffer) => void, path = directory): void {
  const bytes = readFileSync(join(path, name));
  how(bytes);
  writeFileSync(join(path, name), bytes);
}

async function showBytesOf(page: Page, code: string): Promise<void> {
  await settled(page);
  await openScreen(page, 'Problems');
  await page.getByRole('button', { name: 'Verify: read every byte' }).click();
  await settled(page);
  await page
    .getByRole('grid', { name: 'Problems' })
    .getByRole('row', { name: new RegExp(code) })
    .first()
    .click();
  await page.getByRole('button', { name: 'Show the bytes' }).click();
  await settled(page);
}

test('leads from a damaged batch to its place among the batches', async ({ page }) => {
  await showBytesOf(page, 'batch-crc-mismatch');
  const chosen = page.getByRole('grid', { name: 'Batches' }).getByRole('row', { selected: true });
  await expect(chosen).toContainText('unreadable bytes');
  const rows = await gridRows(page, 'Batches');
  expect(rows.map((cells) => cells.includes(String(damagedBatch.position))).filter(Boolean)).toEqual([true]);
  await expect(page.getByRole('region', { name: 'Batch' })).toContainText('CRC');
  expect(await gridRowCount(page, 'Batches')).toBe(second!.batchCount);
});

test('names the entry of an index that misleads', { tag: '@once' }, async ({ page }) => {
  await showBytesOf(page, 'offset-index-misleading');
  const bytes = page.getByRole('region', { name: 'Bytes of 00000000000000000036.index' });
  await expect(bytes.getByRole('status')).toHaveText(
    /^entry 1 · relativeOffset \d+ \(offset \d+\) at 8, 4 bytes$/,
  );
  await bytes.getByRole('application').press('ArrowRight');
  await expect(bytes.getByRole('status')).toHaveText(/^entry 1 · position \d+ at 12, 4 bytes$/);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]!.html}`)).toEqual([]);
});

test('names the fields of a snapshot and of the checkpoint beside the log', async ({ page }) => {
  await showBytesOf(page, 'producer-snapshot-malformed');
  const snapshot = page.getByRole('region', { name: 'Bytes of 00000000000000000054.snapshot' });
  await expect(snapshot.getByRole('status')).toHaveText('version 1 at 0, 2 bytes');
  await snapshot.getByRole('application').press('ArrowRight');
  await expect(snapshot.getByRole('status')).toHaveText('crc 0x0000004d at 2, 4 bytes');
  await page
    .getByRole('grid', { name: 'Problems' })
    .getByRole('row', { name: /checkpoint-beyond-log/ })
    .click();
  await expect(snapshot).toBeHidden();
  await page.getByRole('button', { name: 'Show the bytes' }).click();
  const checkpoint = page.getByRole('region', { name: 'Bytes of ../recovery-point-offset-checkpoint' });
  await expect(checkpoint.getByRole('status')).toHaveText('entry 1 · topic codec-none at 14, 11 bytes');
});

test('shows the files of a segment byte by byte', async ({ page }) => {
  await settled(page);
  await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(2).click();
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  const files = page.getByRole('grid', { name: 'Files of the segment' });
  await files.getByRole('row', { name: /timeindex/ }).click();
  const bytes = page.getByRole('region', { name: 'Bytes of 00000000000000000018.timeindex' });
  await expect(bytes.getByRole('status')).toHaveText(
    /^entry 0 · timestamp \d+ \(20\d\d-.*Z\) at 0, 8 bytes$/,
  );
});

test.describe('an index of aborted transactions that names another offset', () => {
  const transactions = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
  const path = join(folder, 'transactions-0');
  test.use({ directory: path });
  test.beforeAll(() => {
    cpSync(transactions.directory.path, path, { recursive: true });
    // The first offset of the second transaction: version, producer id, and then it.
    change('00000000000000000043.txnindex', (bytes) => bytes.writeBigInt64BE(52n, 34 + 10), path);
  });
  test('is shown at the entry that misleads', async ({ page }) => {
    await showBytesOf(page, 'transaction-index-misleading');
    const bytes = page.getByRole('region', { name: 'Bytes of 00000000000000000043.txnindex' });
    await expect(bytes.getByRole('status')).toHaveText('entry 1 · version 0 at 34, 2 bytes');
    for (let field = 0; field < 2; field++) await bytes.getByRole('application').press('ArrowRight');
    await expect(bytes.getByRole('status')).toHaveText('entry 1 · firstOffset 52 at 44, 8 bytes');
  });
});

test.describe('a batch that is damaged far behind the first page of batches', () => {
  const path = join(folder, 'far-0');
  const count = 3_000;
  const damaged = 2_500;
  test.use({ directory: path });
  test.beforeAll(() => {
    mkdirSync(path);
    const bytes = batches(0, count);
    const at = (damaged + 1) * BATCH_SIZE - 2;
    bytes.writeUInt8(bytes[at]! ^ 1, at);
    writeFileSync(join(path, '00000000000000000000.log'), bytes);
  });
  test('is gone to, and the batches before it can be listed from there', async ({ page }) => {
    await showBytesOf(page, 'batch-crc-mismatch');
    const list = page.getByRole('grid', { name: 'Batches' });
    await expect(list.getByRole('row', { selected: true })).toContainText('unreadable bytes');
    const position = String(damaged * BATCH_SIZE);
    expect((await gridRows(page, 'Batches'))[0]).toContain(position);
    expect(await gridRowCount(page, 'Batches')).toBe(count - damaged);
    await page.getByRole('button', { name: 'From the start' }).click();
    await settled(page);
    expect((await gridRows(page, 'Batches'))[0]).toContain('0');
  });
});

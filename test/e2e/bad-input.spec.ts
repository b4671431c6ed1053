/** What cannot be opened, or is damaged: words on the screen, never a blank window. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const ROOT = mkdtempSync(join(tmpdir(), 'strata-bad-'));
const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const FIRST = '00000000000000000000.log';

mkdirSync(join(ROOT, 'empty'));
mkdirSync(join(ROOT, 'no-log'));
writeFileSync(join(ROOT, 'no-log', 'notes.txt'), 'nothing of Kafka');
writeFileSync(join(ROOT, 'file'), 'a file');
test.afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const REFUSED = {
  empty: 'EMPTY_DIRECTORY',
  'no-log': 'NOT_A_LOG',
  file: 'NOT_A_REPORT',
  gone: 'NOT_FOUND',
};
for (const [name, code] of Object.entries(REFUSED)) {
  test.describe(name, () => {
    test.use({ directory: join(ROOT, name) });
    test(`is refused on the welcome screen as ${code}`, async ({ page }) => {
      await expect(page.getByRole('alert')).toContainText(code);
      await expect(page.getByRole('button', { name: 'Open directory…' })).toBeVisible();
    });
  });
}

test.describe('a flipped byte', () => {
  const path = join(ROOT, 'flipped-0');
  cpSync(FIXTURE.directory.path, path, { recursive: true });
  const bytes = readFileSync(join(path, FIRST));
  const damaged = FIXTURE.segments[0]!.batches[1]!;
  bytes[damaged.position + damaged.sizeInBytes - 1]! ^= 0x40;
  chmodSync(join(path, FIRST), 0o644);
  writeFileSync(join(path, FIRST), bytes);
  test.use({ directory: path });

  test('is found by Verify, named with its place, and shown in the list of batches', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Problems');
    await page.getByRole('button', { name: 'Verify: read every byte' }).click();
    await expect.poll(() => gridColumn(page, 'Problems', 'Code')).toContain('batch-crc-mismatch');
    const row = (await gridColumn(page, 'Problems', 'Code')).indexOf('batch-crc-mismatch');
    expect((await gridColumn(page, 'Problems', 'Position'))[row]).toBe(String(damaged.position));
    await page.getByRole('grid', { name: 'Problems' }).getByText('batch-crc-mismatch').click();
    await expect(
      page.getByRole('heading', { name: 'The CRC of a batch does not match its bytes' }),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Show the bytes' }).click();
    await settled(page);
    await expect(page.getByRole('grid', { name: 'Batches' }).getByText('batch-crc-mismatch')).toBeVisible();
    expect(await gridColumn(page, 'Batches', 'Position')).toEqual(
      FIXTURE.segments[0]!.batches.map(({ position }) => String(position)),
    );
  });
});

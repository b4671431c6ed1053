/**
 * The Disk screen on Kafka's data directory: sizes against the file system's own, directories that a broker set aside,
 * deleted segments, the disk around it.
 */
import { cpSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strata-disk-')));
const data = join(folder, 'data');
cpSync(join(FIXTURE.directory.path, '..'), data, { recursive: true });
renameSync(join(data, 'codec-gzip-0'), join(data, 'codec-gzip-0.0123456789abcdef0123456789abcdef-stray'));
const FIRST = join(data, 'codec-none-0', '00000000000000000000.log');
renameSync(FIRST, `${FIRST}.deleted`);
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bytesOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}
const logNames = readdirSync(data).filter((name) => statSync(join(data, name)).isDirectory());

test.describe('a data directory', () => {
  test.use({ directory: data });

  test('shows what takes the space, to the byte, and the disk around it', async ({ page }) => {
    await settled(page);
    const totals = page.getByRole('region', { name: 'Totals' });
    const total =
      logNames.reduce((sum, name) => sum + bytesOf(join(data, name)), 0) +
      readdirSync(data)
        .filter((name) => !logNames.includes(name))
        .reduce((sum, name) => sum + statSync(join(data, name)).size, 0);
    const exact = (bytes: number) => `${String(bytes).replace(/\B(?=(\d{3})+$)/g, '\u2009')} bytes`;
    await expect(totals.getByTitle(exact(total))).toBeVisible();
    await expect(totals.getByTitle(exact(statSync(`${FIRST}.deleted`).size))).toBeVisible();
    await expect(totals).toContainText('-stray1 directory');
    await expect(totals).toContainText('Brokerclean');
    await expect(totals).toContainText('Free on the disk');
    await expect(totals).toContainText('Full if nothing is deleted');
    const policies = await gridColumn(page, 'Logs', 'Policy');
    expect(policies).toContain('compact');
  });
});

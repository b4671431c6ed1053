/**
 * The Disk screen on Kafka's data directory: sizes against the file system's own, the treemap with the keyboard alone,
 * directories that a broker set aside, deleted segments, and the way to a log.
 */
import { cpSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, settled } from './screens';

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
    await expect(totals).toContainText('Writerbroker stopped cleanly');
    await expect(totals).toContainText('Free on the disk');
    await expect(totals).toContainText('Full if nothing is deleted');
    const policies = await gridColumn(page, 'Logs', 'Policy');
    expect(policies).toContain('compact');
  });

  test('goes into a topic and a log with the keyboard, out again, and opens the log', async ({ page }) => {
    await settled(page);
    const treemap = page.getByRole('slider', { name: /^Treemap/ });
    await treemap.focus();
    await treemap.press('ArrowRight');
    await expect(treemap).toHaveAttribute('aria-valuetext', /^binary-values: .* KiB, \d+\.\d %$/);
    await treemap.press('Enter');
    await expect.poll(() => gridRowCount(page, 'Logs')).toBe(1);
    await treemap.press('ArrowRight');
    await treemap.press('Enter');
    const place = page.getByRole('navigation', { name: 'Place in the treemap' });
    await expect(place.getByRole('button', { name: 'Open binary-values-0' })).toBeVisible();
    await treemap.press('ArrowRight');
    await expect(treemap).toHaveAttribute('aria-valuetext', /^segment /);
    await treemap.press('Escape');
    await treemap.press('Escape');
    await expect.poll(() => gridRowCount(page, 'Logs')).toBe(logNames.length);
    await page.getByRole('textbox', { name: 'Filter logs' }).fill('compact');
    await expect.poll(() => gridRowCount(page, 'Logs')).toBeLessThan(logNames.length);
    await treemap.press('ArrowRight');
    await treemap.press('Enter');
    await treemap.press('Home');
    await treemap.press('Enter');
    await place.getByRole('button', { name: 'Open binary-values-0' }).click();
    await expect(page.getByRole('grid', { name: 'Segments' })).toBeVisible();
  });
});

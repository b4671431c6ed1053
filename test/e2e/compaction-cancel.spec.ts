/** A compaction that is cancelled while it runs: its progress is seen, and the log is what it was, byte for byte. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { repeatFirstSegment } from '../support/repeated-log';
import { expect, test } from './electron';
import { openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-cancel-'));
const data = join(folder, 'data');
const path = join(data, 'compacted-0');
test.beforeAll(() => {
  cpSync(dirname(FIXTURE.directory.path), data, { recursive: true, preserveTimestamps: true });
  repeatFirstSegment(path, { offsetsPerCopy: 45, copiesPerSegment: 7_000, segmentCount: 3 });
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names, contents and times of all files of the data directory. */
function treeHash(): string {
  const hash = createHash('sha256');
  for (const name of (readdirSync(data, { recursive: true }) as string[]).sort()) {
    const status = statSync(join(data, name));
    if (!status.isFile()) continue;
    hash.update(`${name} ${status.mtimeMs} `).update(readFileSync(join(data, name)));
  }
  return hash.digest('hex');
}

const FIRST_LOG = '00000000000000000000.log';
const cleanedNames = () => readdirSync(path).filter((name) => name.endsWith('.cleaned'));

test.use({ directory: path });
test.setTimeout(300_000);

/** The analysis of so large a log takes its time on a busy machine. */
async function analysed(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Analyse/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-settled', 'true', { timeout: 120_000 });
}

test('shows the progress of a run, and leaves the log as it was when it is cancelled', {
  tag: '@once',
}, async ({ page }) => {
  const before = treeHash();
  await settled(page);
  await openScreen(page, 'Compaction');
  const ratio = page.getByRole('textbox', { name: 'min.cleanable.dirty.ratio typed' });
  await ratio.fill('0.01');
  await ratio.press('Enter');
  await analysed(page);
  await page.getByRole('button', { name: /^Compact 2 segments/ }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: /^Compact 2 segments/ }).click();

  const running = page.getByRole('contentinfo');
  await expect.poll(cleanedNames, { intervals: [5], timeout: 30_000 }).not.toEqual([]);
  await expect(running.getByRole('progressbar', { name: 'Compaction' })).toBeVisible();
  await running.getByRole('button', { name: 'Cancel' }).click();
  await expect(running).toContainText('Compaction: cancelled');
  await settled(page);
  expect(cleanedNames()).toEqual([]);
  expect(treeHash()).toBe(before);

  // The log can still be compacted: the lock is free, and what was analysed still holds.
  await page.getByRole('button', { name: /^Compact 2 segments/ }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Compact 2 segments/ })
    .click();
  await expect(running).toContainText('Compaction: 2 segments rewritten', { timeout: 120_000 });
  expect(statSync(join(path, FIRST_LOG)).size).toBeLessThan(10_000);
});

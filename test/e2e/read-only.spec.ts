/** A window on a directory, worked through every screen, writes nothing there: watched from outside, by strace. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hasStrace, straceCommand, treeHash, writesBelow } from '../support/write-calls';
import { expect, test } from './electron';
import { openScreen, settled } from './screens';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kafka/4.4.0/killed');
const folder = mkdtempSync(join(tmpdir(), 'strata-read-only-'));
const directory = join(folder, 'data');
const trace = join(folder, 'window.trace');
const isTraced = hasStrace();
if (!isTraced) console.log('not run: the system calls of the window (strace is missing)');

cpSync(FIXTURE, directory, { recursive: true });
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
test.use({ directory, tracer: isTraced ? straceCommand(trace) : [] });

test('opening, reading and verifying leave the directory as it is', async ({ page, app }) => {
  const before = treeHash(directory);
  await settled(page);
  await page.getByRole('button', { name: 'transactions-0' }).click();
  await settled(page);
  await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1).click();
  await settled(page);
  for (const screen of ['Records', 'Problems']) await openScreen(page, screen);
  await page.getByRole('button', { name: 'Verify: read every byte' }).click();
  await expect(page.getByRole('button', { name: 'Verify again' })).toBeVisible({ timeout: 30_000 });
  await app.close();
  expect(treeHash(directory)).toBe(before);
  if (isTraced) expect(writesBelow(trace, directory)).toEqual([]);
});

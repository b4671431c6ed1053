/**
 * Dragging the ratio and the lags over an analysed log of many segments: the screen answers from the one analysis, and what
 * each change costs the page's thread is printed. The limit is one that a slow machine holds too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeManySegments } from '../support/many-segments';
import { expect, test } from './electron';
import { costOfDragging, threadSession } from './page-thread';
import { openScreen } from './screens';

const SEGMENTS = Number(process.env['STRATA_SEGMENTS'] ?? 3000);
const STEP_MS = 60_000;
const CHANGES = 40;
/** A frame has 16.7 ms; a machine of half the speed, or one that is busy, is allowed three. */
const CHANGE_MS_MAX = 50;
const OPENING_MS_MAX = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-drag-'));
const path = join(folder, 'profiles-0');
test.beforeAll(() => {
  const keyOf = (offset: number) => `key-${offset % 700}`;
  const firstMs = Date.now() - SEGMENTS * STEP_MS;
  writeManySegments(path, SEGMENTS, { firstMs, stepMs: STEP_MS, keyOf });
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.use({ directory: path });

test(`dragging ratio and lags over ${SEGMENTS} segments answers from one analysis`, {
  tag: '@once',
}, async ({ page }) => {
  test.setTimeout(OPENING_MS_MAX + 100_000);
  const settled = () =>
    expect(page.locator('html')).toHaveAttribute('data-settled', 'true', { timeout: OPENING_MS_MAX });
  await settled();
  await openScreen(page, 'Compaction');
  await page.getByRole('button', { name: 'compact', exact: true }).click();
  await settled();
  await page.getByRole('button', { name: /^Analyse/ }).click();
  await settled();
  const verdict = page.getByRole('region', { name: 'Eligibility' });
  await expect(verdict).toContainText('% freed');
  const session = await threadSession(page);
  for (const name of ['min.cleanable.dirty.ratio', 'min.compaction.lag.ms', 'max.compaction.lag.ms']) {
    const what = `${SEGMENTS} segments`;
    const { task } = await costOfDragging(page, session, { name, changes: CHANGES, what });
    expect(task, 'ms of the page’s thread').toBeLessThan(CHANGE_MS_MAX);
  }
  await expect(verdict).toContainText('% freed');
});

/**
 * Dragging a limit over a log of 10,000 segments: what each change costs the page's thread, in its own time. The figures are
 * printed; the limit is one that a slow machine holds too. With every reason put into words at every step it was missed
 * several times over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeManySegments } from '../support/many-segments';
import { expect, test } from './electron';
import { costOfDragging, threadSession } from './page-thread';
import { gridColumn, openScreen } from './screens';

const SEGMENTS = 10_000;
const STEP_MS = 60_000;
const CHANGES = 60;
/** A frame has 16.7 ms; a machine that is busy with other things, whose caches are never warm, is allowed two. */
const CHANGE_MS_MAX = 33;
const OPENING_MS_MAX = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-drag-'));
const path = join(folder, 'events-0');
test.beforeAll(() =>
  writeManySegments(path, SEGMENTS, { firstMs: Date.now() - SEGMENTS * STEP_MS, stepMs: STEP_MS }),
);
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.use({ directory: path });

test(`dragging a limit over ${SEGMENTS} segments keeps the page moving`, { tag: '@once' }, async ({
  page,
}) => {
  test.setTimeout(OPENING_MS_MAX + 100_000);
  await expect(page.locator('html')).toHaveAttribute('data-settled', 'true', { timeout: OPENING_MS_MAX });
  await openScreen(page, 'Retention');
  const session = await threadSession(page);
  for (const [name, words] of [
    ['retention.ms', ''],
    ['retention.bytes', ''],
    // Of the fate, and of where the largest timestamp is from, as it is copied.
    ['retention.bytes', 'kept index'],
  ] as const) {
    if (words !== '') {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).fill('find');
      await page.keyboard.press('Enter');
      await page.getByLabel('Filter Fates').fill(words);
      await expect.poll(() => gridColumn(page, 'Fates', 'Fate')).toContain('kept');
    }
    const what = `${SEGMENTS} segments${words === '' ? '' : `, filtered by ${words}`}`;
    const cost = await costOfDragging(page, session, { name, changes: CHANGES, what });
    expect(await gridColumn(page, 'Fates', 'Fate')).toContain('kept');
    // With a filter, printed only.
    if (words === '') expect(cost.task, 'ms of the page’s thread').toBeLessThan(CHANGE_MS_MAX);
  }
});

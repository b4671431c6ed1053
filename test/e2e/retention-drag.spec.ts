/**
 * Dragging a limit over a log of 10,000 segments: what each change costs the page's thread, in its own time. The figures are
 * printed; the limit is one that a slow machine holds too. With every reason put into words at every step it was missed
 * several times over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { writeManySegments } from '../support/many-segments';
import { expect, test } from './electron';
import { gridColumn, openScreen } from './screens';

const SEGMENTS = 10_000;
const STEP_MS = 60_000;
const CHANGES = 60;
/** A frame has 16.7 ms; a machine of half the speed, or one that is busy, is allowed three. */
const CHANGE_MS_MAX = 50;
const OPENING_MS_MAX = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-drag-'));
const path = join(folder, 'events-0');
test.beforeAll(() =>
  writeManySegments(path, SEGMENTS, { firstMs: Date.now() - SEGMENTS * STEP_MS, stepMs: STEP_MS }),
);
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the page's thread since it began, in ms. */
async function busyMs(session: CDPSession): Promise<{ task: number; script: number; layout: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string) => 1000 * (metrics.find(({ name }) => name === wanted)?.value ?? 0);
  return { task: of('TaskDuration'), script: of('ScriptDuration'), layout: of('LayoutDuration') };
}

/** Moves a slider from one share of its way to another, a step a frame. */
function drag(page: Page, name: string, changes: number): Promise<void> {
  return page.getByRole('slider', { name, exact: true }).evaluate(async (element, count) => {
    const slider = element as HTMLInputElement;
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
    const [from, to] = [Number(slider.max) * 0.3, Number(slider.max) * 0.75];
    for (let change = 0; change < count; change++) {
      set.call(slider, String(Math.round(from + ((to - from) * change) / count)));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    // The chart follows when the slider rests.
    await new Promise((resolve) => requestIdleCallback(resolve));
  }, changes);
}

test.use({ directory: path });

test(`dragging a limit over ${SEGMENTS} segments keeps the page moving`, { tag: '@once' }, async ({
  page,
}) => {
  test.setTimeout(OPENING_MS_MAX + 100_000);
  await expect(page.locator('html')).toHaveAttribute('data-settled', 'true', { timeout: OPENING_MS_MAX });
  await openScreen(page, 'Retention');
  const session = await page.context().newCDPSession(page);
  // Of the thread itself, so that what else the machine does counts for little.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  for (const name of ['retention.ms', 'retention.bytes']) {
    await drag(page, name, 5); // compiled by now
    const before = await busyMs(session);
    await drag(page, name, CHANGES);
    const after = await busyMs(session);
    const each = (kind: keyof typeof before) => (after[kind] - before[kind]) / CHANGES;
    const figures = (['task', 'script', 'layout'] as const).map(
      (kind) => `${kind} ${each(kind).toFixed(1)} ms`,
    );
    console.log(`${name}, ${SEGMENTS} segments, a change: ${figures.join(', ')} of the page's thread`);
    expect(await gridColumn(page, 'Fates', 'Fate')).toContain('kept');
    expect(each('task'), 'ms of the page’s thread').toBeLessThan(CHANGE_MS_MAX);
  }
});

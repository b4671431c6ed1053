/** What the page does with its thread while a slider is dragged, for tests of long logs. Knows no screen. */
import type { CDPSession, Page } from '@playwright/test';

export interface BusyMs {
  readonly task: number;
  readonly script: number;
  readonly layout: number;
}

/** Measures the thread's own time, so that what else the machine does counts for little. */
export async function threadSession(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/** Of the page's thread since it began. */
async function busyMs(session: CDPSession): Promise<BusyMs> {
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
    // What is calmed follows a few times a second, and once more, by a timer of 200 ms, when the slider rests.
    await new Promise((resolve) => setTimeout(resolve, 250));
    await new Promise((resolve) => requestIdleCallback(resolve));
  }, changes);
}

/** @returns what one change of the slider costs, on average; printed, too */
export async function costOfDragging(
  page: Page,
  session: CDPSession,
  { name, changes, what }: { readonly name: string; readonly changes: number; readonly what: string },
): Promise<BusyMs> {
  await drag(page, name, 5); // compiled by now
  const before = await busyMs(session);
  await drag(page, name, changes);
  const after = await busyMs(session);
  const each = (kind: keyof BusyMs) => (after[kind] - before[kind]) / changes;
  const cost = { task: each('task'), script: each('script'), layout: each('layout') };
  const figures = Object.entries(cost).map(([kind, ms]) => `${kind} ${ms.toFixed(1)} ms`);
  console.log(`${name}, ${what}, a change: ${figures.join(', ')} of the page's thread`);
  return cost;
}

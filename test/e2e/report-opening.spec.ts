/**
 * How long a report of 40,000 segments takes to open, from its choice in the system's dialog to a screen that is whole, and
 * what of it the processors are at work for it. Printed; the product's limit is 2 s on a quiet machine, the test's one of
 * work that a busy or slow one holds, too.
 *
 * Of a small log whose segments are told over and over; STRATA_LARGE_REPORT names a real one in its place.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, ElectronApplication } from '@playwright/test';
import { reportJson } from '../../electron/reports/report-file';
import type { Report, ReportLog } from '../../shared/report';
import { writeManySegments } from '../support/many-segments';
import { REPORT_NOW_MS, reportOf } from '../support/report-of';
import { expect, test } from './electron';
import { settled } from './screens';

const SEGMENTS = 40_000;
const SAMPLE = 4;
/** Of processors, so that what else the machine does counts for little. */
const BUSY_MS_MAX = 6_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-opening-'));
const file = process.env['STRATA_LARGE_REPORT'] ?? join(folder, 'report.json');
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
test.beforeAll(async () => {
  // So young that all are kept: a list has rows of one kind.
  writeManySegments(join(folder, 'events-0'), SAMPLE, { firstMs: REPORT_NOW_MS - 1_000 });
  const report = await reportOf(join(folder, 'events-0'), { analysesCompaction: false });
  if (!('STRATA_LARGE_REPORT' in process.env)) writeFileSync(file, reportJson(many(report)));
});

/** The rows again for each further segment. */
function told<Row extends { readonly baseOffset: number }>(rows: readonly Row[]): Row[] {
  const perSegment = rows.length / SAMPLE;
  return Array.from({ length: SEGMENTS * perSegment }, (_, index) => ({
    ...rows[index % rows.length]!,
    baseOffset: Math.floor(index / perSegment),
  }));
}

function numbers(values: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length: (values.length / SAMPLE) * SEGMENTS },
    (_, at) => values[at % values.length]!,
  );
}

function many(report: Report): Report {
  const [log] = report.logs as [ReportLog];
  const { facts, plan, growth } = log.retention!;
  return {
    ...report,
    logs: [
      {
        ...log,
        inspection: { ...log.inspection!, segments: told(log.inspection!.segments) },
        files: told(log.files),
        usage: {
          ...log.usage!,
          baseOffsets: Float64Array.from({ length: SEGMENTS }, (_, index) => index),
          largestTimestampsMs: numbers(log.usage!.largestTimestampsMs),
          bytes: numbers(log.usage!.bytes),
        },
        retention: {
          facts: { ...facts, segments: told(facts.segments) },
          plan: { ...plan, kept: told(plan.kept) },
          growth,
        },
      },
    ],
  };
}

/** Runs in the page. @returns ms from the click to a settled screen that tells all segments */
async function openFromWelcome(): Promise<number> {
  const button = [...document.querySelectorAll('button')].find((each) =>
    each.textContent?.startsWith('Open saved report'),
  );
  const startedAtMs = performance.now();
  button!.click();
  const isThere = () =>
    document.documentElement.dataset['settled'] === 'true' &&
    document.querySelector('footer')?.textContent?.replace(/\s/g, '').includes('40000segments');
  while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.now() - startedAtMs;
}

/** Time of the processors since the start: of main with its workers, and of the page's thread. */
async function busyMs(
  app: ElectronApplication,
  session: CDPSession,
): Promise<{ main: number; page: number }> {
  const { user, system } = await app.evaluate(() => process.cpuUsage());
  const { metrics } = await session.send('Performance.getMetrics');
  const page = 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  return { main: (user + system) / 1000, page };
}

test.use({ directory: null });

test('a report of 40,000 segments opens while one waits for it', { tag: '@once' }, async ({ app, page }) => {
  await settled(page);
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, file);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await busyMs(app, session);
  const openedMs = await page.evaluate(openFromWelcome);
  const after = await busyMs(app, session);
  const [main, pageThread] = [after.main - before.main, after.page - before.page].map(Math.round);
  console.log(
    `a report of ${SEGMENTS} segments opened in ${Math.round(openedMs)} ms; main and its workers ${main} ms, page ${pageThread} ms`,
  );
  expect(main! + pageThread!).toBeLessThan(BUSY_MS_MAX);
  await expect(page.getByRole('grid', { name: 'Segments' })).toBeVisible();
});

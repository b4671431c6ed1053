/** A program appends with the engine while its log is on the screen: its counters, live, at their end, and after a kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { LogMetrics } from '../../electron/engine/log/log-metrics';
import { bundleWorker } from '../support/bundle-worker';
import { expect, test } from './electron';

const FOLDER = mkdtempSync(join(tmpdir(), 'strata-writer-'));
const LOG = join(FOLDER, 'data/orders-0');
const COUNTERS = `${LOG}.metrics.json`;
let program: string;
let writer: ChildProcess;

test.use({ directory: LOG });
test.beforeAll(async () => {
  program = fileURLToPath(await bundleWorker('test/support/counting-worker.ts'));
  await startWriter();
});
test.afterAll(() => {
  writer.kill('SIGKILL');
  rmSync(FOLDER, { recursive: true, force: true });
});

async function startWriter(): Promise<void> {
  writer = spawn(process.execPath, [program, LOG], { stdio: ['pipe', 'pipe', 'inherit'] });
  await expect.poll(() => existsSync(COUNTERS), { timeout: 20_000 }).toBe(true);
}

const factOf = (page: Page, group: string, name: RegExp) =>
  page
    .getByRole('region', { name: group, exact: true })
    .locator('div', { has: page.getByText(name) })
    .locator('dd');

async function countOf(page: Page, group: string, name: RegExp): Promise<number> {
  const text = (await factOf(page, group, name).textContent())!.replace(/\u2009/g, '');
  return Number(/(\d+)$/.exec(text)![1]);
}

test('shows who writes, and what it has counted', { tag: '@once' }, async ({ page }) => {
  // The program never stops: nothing settles while it runs.
  await page.getByRole('button', { name: 'Writer', exact: true }).click();
  const appends = () => countOf(page, 'Appends', /^Appends$/);

  const badge = page.getByRole('banner').getByText(/^engine /);
  await expect(badge).toHaveText('engine live');
  await expect(badge).toHaveAttribute('title', /has orders-0 open/);

  await test.step('counters and rates grow while the program is at work', async () => {
    await expect(page.getByText(`Process ${writer.pid} has the log open since`)).toBeVisible();
    const first = await appends();
    await expect.poll(appends, { timeout: 15_000 }).toBeGreaterThan(first + 10);
    await expect.poll(() => countOf(page, 'Segments', /^Rolls$/), { timeout: 30_000 }).toBeGreaterThan(0);
    await expect(factOf(page, 'Appends', /^Appends$/)).toContainText('/s', { timeout: 15_000 });
    // The program calls every append slow.
    expect(await countOf(page, 'Appends', /^Slow, over 0 ms$/)).toBeGreaterThan(0);
    await expect(factOf(page, 'How long an append takes', /^99 % up to$/)).toHaveText(/^[\d.]+ (µs|ms|s)$/);
    const { violations } = await new AxeBuilder({ page }).include('main').setLegacyMode().analyze();
    expect(violations).toEqual([]);
  });

  await test.step('its last counters stay when it has closed the log', async () => {
    let output = '';
    writer.stdout!.on('data', (text) => (output += text));
    writer.stdin!.end();
    await once(writer, 'close');
    await expect(page.getByText(`Process ${writer.pid} closed the log at`)).toBeVisible({ timeout: 15_000 });
    const metrics: LogMetrics = JSON.parse(output);
    expect(await appends()).toBe(metrics.appendCount);
    expect(await countOf(page, 'Appends', /^Records$/)).toBe(metrics.recordCount);
    await expect(badge).toHaveText('engine stopped cleanly', { timeout: 15_000 });
  });

  await test.step('a program that was killed has not closed the log', async () => {
    await startWriter();
    await expect(page.getByText(`Process ${writer.pid} has the log open since`)).toBeVisible({
      timeout: 15_000,
    });
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    await expect(page.getByText('ended without closing the log')).toBeVisible({ timeout: 15_000 });
    await expect(badge).toHaveText('engine crashed', { timeout: 15_000 });
  });

  await test.step('a program whose fsync failed has stopped writing', async () => {
    const counters = JSON.parse(readFileSync(COUNTERS, 'utf8'));
    counters.metrics.isStopped = true;
    writeFileSync(COUNTERS, JSON.stringify(counters));
    await expect(factOf(page, 'Disk and files', /^Writing$/)).toHaveText('stopped', { timeout: 15_000 });
  });

  await test.step('half a file is named for what it is', async () => {
    writeFileSync(COUNTERS, '{"schema":"strata.metrics/1","processId":');
    await expect(page.getByRole('alert')).toContainText('it is not JSON', { timeout: 15_000 });
  });
});

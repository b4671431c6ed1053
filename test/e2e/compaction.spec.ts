/** Compaction in the window: its figures are those of the command line; run on a copy of Kafka's log, and taken back. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { compact } from '../../electron/cli/compact';
import { type CompactionLogPlan, CompactionReportSchema } from '../../shared/compaction';
import { fakeTerminal } from '../support/fake-terminal';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-compaction-'));
cpSync(dirname(FIXTURE.directory.path), join(folder, 'data'), { recursive: true, preserveTimestamps: true });
const path = join(folder, 'data', 'compacted-0');
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Page = Parameters<typeof settled>[0];

/** What `strata compact --json` says of the same log. */
async function planOf(directory: string, ...options: string[]): Promise<CompactionLogPlan> {
  const terminal = fakeTerminal({ nowMs: Date.now() });
  await compact.run([directory, ...options, '--json'], terminal);
  return CompactionReportSchema.parse(JSON.parse(terminal.output())).logs[0]!;
}

async function type(page: Page, name: string, value: string): Promise<void> {
  await page.getByRole('textbox', { name: `${name} typed` }).fill(value);
  await page.getByRole('textbox', { name: `${name} typed` }).press('Enter');
}

async function analyse(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Analyse/ }).click();
  await settled(page);
}

const fact = async (page: Page, name: string) => {
  const value = await page
    .locator('dt', { hasText: new RegExp(`^${name}$`) })
    .locator('+ dd')
    .textContent();
  return (value ?? '').replace(/\u2009/g, '');
};

test.describe('a log with records without a key', () => {
  const directory = join(folder, 'null-keys', 'codec-none-0');
  const inTheWay = join(directory, `${'0'.repeat(20)}.log.cleaned`);
  test.use({ directory });
  test.beforeAll(() => {
    cpSync(join(dirname(FIXTURE.directory.path), 'codec-none-0'), directory, { recursive: true });
    mkdirSync(inTheWay);
  });

  test('says that they go, why a run failed, and frees the space when that is confirmed', async ({
    page,
  }) => {
    await settled(page);
    await openScreen(page, 'Compaction');
    await page.getByRole('button', { name: 'compact', exact: true }).click();
    await analyse(page);
    const dialog = page.getByRole('alertdialog');
    const run = async () => {
      await page.getByRole('button', { name: /^Compact 4 segments/ }).click();
      await expect(dialog).toContainText('Of these without a key: nothing supersedes them10');
      await dialog.getByRole('button', { name: /^Compact 4 segments/ }).click();
      await settled(page);
    };
    await run();
    const failure = page.getByRole('alert');
    await expect(failure).toContainText('Compaction failed.');
    await expect(failure).toBeInViewport();
    rmdirSync(inTheWay);
    await settled(page);
    await run();
    await expect(failure).toHaveCount(0);
    await expect(page.getByText('Done: 4 segments rewritten')).toBeVisible();
    // What the run has left for its undoing is no alarm.
    await expect(page.getByRole('banner').getByText(/^\d+ problems$/)).toHaveClass(/quiet/);
    await page.getByRole('button', { name: /^Free .* now…/ }).click();
    await expect(dialog).toContainText('the run can no longer be undone');
    await dialog.getByRole('button', { name: /^Free/ }).click();
    await expect(page.getByText(/4 segments gone, .* freed\./)).toBeVisible();
    expect(readdirSync(directory).filter((name) => name.endsWith('.deleted'))).toEqual([]);
  });
});

test.describe('a log of Kafka', () => {
  test.use({ directory: path });

  test('shows the figures of the command line, compacts, and takes it back', async ({ page, app }) => {
    const bases = FIXTURE.segments.map(({ baseOffset }) => String(baseOffset));
    await settled(page);
    await openScreen(page, 'Compaction');
    const verdict = page.getByRole('region', { name: 'Eligibility' });
    await expect(verdict).toContainText('is not above min.cleanable.dirty.ratio 1');
    await type(page, 'min.cleanable.dirty.ratio', '0.01');
    await expect(verdict).toContainText('compacted next');
    await analyse(page);

    const plan = await planOf(path, '--min-cleanable-dirty-ratio', '0.01');
    expect(plan.sources.length).toBeGreaterThan(2);
    const column = (title: string) => gridColumn(page, 'Before and after', title);
    const table = page.getByRole('grid', { name: 'Before and after' });
    expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(2000, 800));
    await expect(table.getByRole('columnheader', { name: 'Becomes' })).toBeVisible();
    await expect(table.getByRole('columnheader', { name: 'Null keys' })).toHaveCount(0);
    const texts = (of: (source: CompactionLogPlan['sources'][number]) => number) =>
      plan.sources.map((source) => String(of(source)));
    expect(await column('Base offset')).toEqual(texts(({ baseOffset }) => baseOffset));
    expect(await column('Records')).toEqual(texts(({ recordsBefore }) => recordsBefore));
    expect(await column('Records after')).toEqual(texts(({ recordsAfter }) => recordsAfter));
    expect(await column('Superseded')).toEqual(texts(({ supersededCount }) => supersededCount));
    expect(await column('Tombstones kept')).toEqual(texts(({ tombstonesKeptCount }) => tombstonesKeptCount));
    expect(await column('Becomes')).toEqual(texts(({ becomesBaseOffset }) => becomesBaseOffset));
    expect(await fact(page, 'Records')).toBe(`${plan.recordsBefore}, then ${plan.recordsAfter}`);
    expect(await fact(page, 'Unique keys in the dirty part')).toBe(`${plan.uniqueKeyCount}`);
    const saved = (1 - plan.bytesAfter / plan.bytesBefore) * 100;
    expect(await fact(page, 'Log')).toContain(`(${saved.toFixed(1)} % freed)`);
    await expect(verdict).toContainText(`${saved.toFixed(1)} % freed`);

    const before = readFileSync(join(path, '00000000000000000000.log'));
    const run = page.getByRole('button', { name: /^Compact 2 segments into 2/ });
    // The look of the others: a button of the browser has an outset border.
    await expect(run).toHaveCSS('border-top-style', 'solid');
    await run.click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('verified record by record');
    await dialog.getByRole('button', { name: /^Compact 2 segments/ }).click();
    await expect(page.getByRole('button', { name: /^Undo/ })).toBeVisible({ timeout: 20_000 });
    await settled(page);
    await expect(verdict).toContainText('which is never cleaned');
    expect(readdirSync(path).filter((name) => name.endsWith('.log.deleted')).length).toBe(2);
    expect(readFileSync(join(path, '00000000000000000000.log')).length).toBeLessThan(before.length);

    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect(page.getByRole('button', { name: /^Undo/ })).toBeHidden({ timeout: 20_000 });
    await settled(page);
    expect(await column('Base offset')).toEqual(bases);
    expect(readFileSync(join(path, '00000000000000000000.log'))).toEqual(before);
    expect(readdirSync(path).filter((name) => name.endsWith('.deleted'))).toEqual([]);
  });

  test('tells the worst keys, the history of one, who supersedes whom, and where tombstones stay', async ({
    page,
  }) => {
    const plan = await planOf(path);
    const total = (of: (segment: CompactionLogPlan['segments'][number]) => number) =>
      plan.segments.reduce((sum, segment) => sum + of(segment), 0);
    const summed = async (label: string, title: string) =>
      (await gridColumn(page, label, title)).reduce((sum, text) => sum + Number.parseInt(text, 10), 0);
    const tab = (name: string) =>
      page.getByRole('group', { name: 'Show' }).getByRole('button', { name, exact: true }).click();
    await settled(page);
    await openScreen(page, 'Compaction');
    await tab('worst keys');
    await expect(page.getByText('Not analysed.')).toBeVisible();
    await analyse(page);
    expect(await summed('Worst keys', 'Records that go')).toBe(
      total(({ supersededCount }) => supersededCount),
    );
    await tab('superseded by');
    expect(await summed('Superseded by', 'Records')).toBe(total(({ supersededCount }) => supersededCount));
    await expect(page.getByText('LOG_MANAGER.md looks at each segment alone')).toBeVisible();
    await tab('tombstones');
    expect(await summed('Tombstones', 'Holds')).toBe(total(({ tombstonesKeptCount }) => tombstonesKeptCount));
    await tab('age');
    expect(await gridRowCount(page, 'Freed by age')).toBeGreaterThan(0);

    await tab('worst keys');
    const going = Number((await gridColumn(page, 'Worst keys', 'Records that go'))[0]);
    const stays = (await gridColumn(page, 'Worst keys', 'Stays at offset'))[0]!;
    await page.getByRole('grid', { name: 'Worst keys' }).getByRole('row').nth(1).click();
    await settled(page);
    const verdicts = await gridColumn(page, 'Records of the key', 'Cleaning');
    const offsets = await gridColumn(page, 'Records of the key', 'Offset');
    expect(verdicts.filter((verdict) => verdict === 'goes')).toHaveLength(going);
    expect(verdicts[offsets.indexOf(stays)]).toBe('stays');
  });

  test('derives from one analysis what an earlier cleanable end would free', async ({ page }) => {
    // The records of the second segment are a minute younger than the lag, those of the first older.
    const lagMs = Date.now() - 1_700_000_000_000 - 60_000;
    const plan = await planOf(path, '--min-compaction-lag-ms', String(lagMs));
    expect(plan.cleanableEndOffset).toBe(45);
    await settled(page);
    await openScreen(page, 'Compaction');
    await analyse(page);
    await type(page, 'min.compaction.lag.ms', String(lagMs));
    expect(await gridColumn(page, 'Before and after', 'Records after')).toEqual(
      plan.sources.map(({ recordsAfter }) => String(recordsAfter)),
    );
    await expect(page.getByRole('region', { name: 'Eligibility' })).toContainText('By the last analysis');
    await expect(page.getByRole('button', { name: /^Analyse for exact figures/ })).toBeVisible();
  });

  test('moves the cleanable end with the lag, and says which segment holds it', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Compaction');
    await type(page, 'min.compaction.lag.ms', '3650 d');
    const verdict = page.getByRole('region', { name: 'Eligibility' });
    await expect(verdict).toContainText('The newest record of the segment at 0');
    expect(await gridColumn(page, 'Before and after', 'Part')).toEqual(['not yet', 'not yet', 'not yet']);
    await page.getByRole('button', { name: 'Back to the topic’s' }).click();
    expect(await gridColumn(page, 'Before and after', 'Part')).toEqual(['dirty', 'dirty', 'not yet']);
  });
});

test.describe('a log whose policy has no compact', () => {
  test.use({ directory: join(folder, 'data', 'codec-none-0') });

  test('names the policy and does not offer to read it', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Compaction');
    await expect(page.getByRole('region', { name: 'Eligibility' })).toContainText('cleanup.policy is delete');
    await expect(page.getByRole('button', { name: /^Analyse/ })).toBeDisabled();
  });
});

for (const theme of ['light', 'dark'])
  test.describe(`theme ${theme}`, () => {
    test.use({ directory: path, launchArguments: ['--theme', theme] });
    test('breaks no rule of axe before and after an analysis', { tag: '@once' }, async ({ page }) => {
      await settled(page);
      await openScreen(page, 'Compaction');
      for (const isAnalysed of [false, true]) {
        if (isAnalysed) await analyse(page);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
      }
    });
  });

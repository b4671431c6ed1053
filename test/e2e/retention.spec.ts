/**
 * Retention in the window on copies of Kafka's log: the plan under a tried policy, the run under the lock and its undo,
 * the run on a copy, settings from a server.properties, the archive, and the purge that comes by itself.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const BASES = FIXTURE.segments.map(({ baseOffset }) => String(baseOffset));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strata-retention-')));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOfLog(name: string): string {
  const path = join(folder, name, 'codec-none-0');
  mkdirSync(join(folder, name));
  cpSync(FIXTURE.directory.path, path, { recursive: true });
  return path;
}

const namesEnding = (path: string, end: string) => readdirSync(path).filter((name) => name.endsWith(end));

/** What the system's dialog will answer. */
async function willChoose(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, path);
}

async function typeLimits(page: Page, retentionMs: string, retentionBytes: string): Promise<void> {
  for (const [name, value] of [
    ['retention.ms typed', retentionMs],
    ['retention.bytes typed', retentionBytes],
  ] as const) {
    await page.getByRole('textbox', { name }).fill(value);
    await page.getByRole('textbox', { name }).press('Enter');
  }
}

async function confirmRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Delete 2 segments/ }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Delete 2 segments/ })
    .click();
}

test.describe('a log without a known policy', () => {
  const path = copyOfLog('data');
  test.use({ directory: path });

  test('tries a policy, deletes exactly what it shows, and takes it back', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Retention');
    await typeLimits(page, 'no limit', '4000');
    await expect(page.getByText(/cleanup.policy is assumed.*Choose cleanup.policy above/)).toBeVisible();
    await page
      .getByRole('group', { name: 'cleanup.policy' })
      .getByRole('button', { name: 'delete', exact: true })
      .click();
    await settled(page);
    await expect
      .poll(() => gridColumn(page, 'Fates', 'Fate'))
      .toEqual([...['goes now', 'goes now', 'kept', 'kept', 'kept']]);
    const goesAt = await gridColumn(page, 'Fates', 'Goes at');
    expect(goesAt.map((text) => text.slice(0, 3))).toEqual(['now', 'now', ...Array(3).fill('≈ 2')]);
    await confirmRun(page);
    await expect.poll(() => gridRowCount(page, 'Fates'), { timeout: 15_000 }).toBe(3);
    expect(namesEnding(path, '.log.deleted').length).toBe(2);
    await page.getByRole('button', { name: /^Undo \(/ }).click();
    await expect.poll(() => gridColumn(page, 'Fates', 'Base offset'), { timeout: 15_000 }).toEqual(BASES);
    expect(namesEnding(path, '.deleted')).toEqual([]);
  });

  test('runs on a copy, though the log itself is refused', async ({ app, page }) => {
    const before = readdirSync(path);
    const target = join(folder, 'copies');
    mkdirSync(target);
    await settled(page);
    await openScreen(page, 'Retention');
    await typeLimits(page, 'no limit', '4000');
    await willChoose(app, target);
    await page.getByRole('button', { name: 'Run on a copy…' }).click();
    await confirmRun(page);
    await expect(page.getByText(`2 segments deleted in the copy in ${target}`).first()).toBeVisible();
    expect(namesEnding(join(target, 'codec-none-0'), '.log.deleted').length).toBe(2);
    expect(readdirSync(path)).toEqual(before);
  });

  test('goes by the files’ times where that is chosen', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Retention');
    const reason = page.getByRole('region', { name: 'Reason' });
    await expect(reason).toContainText('from time index');
    await page
      .getByRole('group', { name: 'Age of a segment by' })
      .getByRole('button', { name: 'its file' })
      .click();
    await expect(reason).toContainText('from modification time');
    const times = await gridColumn(page, 'Fates', 'Largest timestamp');
    expect(times.map((text) => text.endsWith('modification time'))).toEqual(BASES.map(() => true));
  });
});

test.describe('a log with a timestamp of the future', () => {
  const future = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/odd-times-0')!;
  const { timestamp, offset } = future.records!.reduce((a, b) => (b.timestamp > a.timestamp ? b : a));
  test.use({ directory: future.directory.path });

  test('names the record that keeps the segment, and leads to it', async ({ page }) => {
    expect(timestamp).toBeGreaterThan(Date.now());
    await settled(page);
    await openScreen(page, 'Retention');
    await page.getByRole('button', { name: `Record ${offset}`, exact: true }).click();
    await settled(page);
    expect((await gridColumn(page, 'Records', 'Offset'))[0]).toBe(String(offset));
  });
});

test.describe('two policies', () => {
  test.use({ directory: copyOfLog('compared') });

  test('are compared in the panel, in the table and over another horizon', { tag: '@once' }, async ({
    page,
  }) => {
    await settled(page);
    await openScreen(page, 'Retention');
    await typeLimits(page, 'no limit', '4000');
    await page.getByRole('button', { name: 'Compare with this policy' }).click();
    await typeLimits(page, 'no limit', 'no limit');
    await expect
      .poll(() => gridColumn(page, 'Fates', 'Compared'))
      .toEqual([...['goes now', 'goes now', 'kept', 'kept', 'kept']]);
    expect(await gridColumn(page, 'Fates', 'Fate')).toEqual(BASES.map(() => 'kept'));
    const comparison = page.getByRole('region', { name: 'Comparison' });
    await expect(comparison).toContainText(`2 segments`);
    await expect(comparison).toContainText(`offsets 0 to ${Number(BASES[2]) - 1}, go under the one`);
    await page.getByRole('group', { name: 'How far ahead' }).getByRole('button', { name: '30 d' }).click();
    await page.getByRole('button', { name: 'As table' }).click();
    await expect(page.getByRole('columnheader', { name: 'Compared policy' })).toBeVisible();
    await page.getByRole('button', { name: 'End comparison' }).click();
    await expect(comparison).toBeHidden();
    const runway = page.getByRole('region', { name: 'Runway' });
    await expect(runway).toContainText(/Full if nothing is deleted.*retention.ms that keeps it/s);
  });
});

test.describe('a log with a server.properties beside it', () => {
  const path = copyOfLog('broker');
  test.use({ directory: path });

  test('takes the settings from it, keeps what goes, and frees the space by itself', async ({
    app,
    page,
  }) => {
    const config = join(folder, 'server.properties');
    writeFileSync(
      config,
      'log.cleanup.policy=delete\nlog.retention.ms=-1\nlog.retention.bytes=4000\nlog.segment.delete.delay.ms=300\n',
    );
    const archive = join(folder, 'archive');
    mkdirSync(archive);
    await settled(page);
    await openScreen(page, 'Retention');
    await willChoose(app, config);
    await page.getByRole('button', { name: 'Give server.properties…' }).click();
    await expect
      .poll(() => gridColumn(page, 'Fates', 'Fate'))
      .toEqual([...['goes now', 'goes now', 'kept', 'kept', 'kept']]);
    await willChoose(app, archive);
    await page.getByRole('button', { name: 'Archive to…' }).click();
    await confirmRun(page);
    await expect(page.getByText(/Retention of .*: 2 segments gone, .* freed/)).toBeVisible({
      timeout: 15_000,
    });
    expect(namesEnding(path, '.deleted')).toEqual([]);
    expect(namesEnding(join(archive, 'codec-none-0'), '.log').length).toBe(2);
  });
});

interface LeftRun {
  /** Folder of the log's copy. */
  readonly name: string;
  readonly kind: 'retention' | 'compaction';
  readonly state: 'done' | 'running';
  readonly purgeDueAtMs: number;
}

const LEFT_FILE = '00000000000000000000.log.deleted';
const DUE: LeftRun = { name: 'due', kind: 'retention', state: 'done', purgeDueAtMs: 60_001 };
const CUT_OFF: LeftRun = { name: 'cut', kind: 'compaction', state: 'running', purgeDueAtMs: 4e12 };

/** What an earlier program left in the journal. */
const reopened = test.extend<{ readonly leftRun: LeftRun }>({
  leftRun: [DUE, { option: true }],
  stateDirectory: async ({ leftRun }, use) => {
    const state = mkdtempSync(join(folder, 'state-'));
    const { name, ...left } = leftRun;
    const run = {
      ...{ schema: 'strata.run/1', runId: '000000000000001-00000000', groupId: 'g' },
      ...{ logPath: join(folder, name, 'codec-none-0'), startedAtMs: 1, ...left },
      ...{ deletedBaseOffsets: [0], newBaseOffsets: [] },
      ...(left.kind === 'retention' ? { logStart: { after: 1, before: null } } : {}),
      ...{ deletedFiles: [LEFT_FILE], freedBytes: 15 },
    };
    mkdirSync(join(state, 'runs'));
    writeFileSync(join(state, 'runs', `${run.runId}.json`), JSON.stringify(run));
    await use(state);
  },
});

reopened.describe('a log with a run that is due', () => {
  const path = copyOfLog('due');
  writeFileSync(join(path, LEFT_FILE), 'what a run left');
  reopened.use({ directory: path });

  reopened('frees its space when it is opened', async ({ page }) => {
    await settled(page);
    await expect.poll(() => namesEnding(path, '.deleted'), { timeout: 15_000 }).toEqual([]);
    await openScreen(page, 'Retention');
    await expect(page.getByText(/1 segment gone, 15 B freed/)).toBeVisible();
  });
});

reopened.describe('a log with a run that was cut off', () => {
  reopened.use({ directory: copyOfLog('cut'), leftRun: CUT_OFF });

  reopened('is not run on before that one is undone', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Retention');
    await typeLimits(page, 'no limit', '4000');
    await page
      .getByRole('group', { name: 'cleanup.policy' })
      .getByRole('button', { name: 'delete', exact: true })
      .click();
    await expect(page.getByText('An earlier run on this log was cut off: undo it')).toBeVisible();
    const deleting = page.getByRole('button', { name: /^Delete 2 segments/ });
    await expect(deleting).toBeHidden();
    await page
      .getByRole('region', { name: 'Run', exact: true })
      .getByRole('button', { name: 'Undo' })
      .click();
    await expect(deleting).toBeVisible({ timeout: 15_000 });
  });
});

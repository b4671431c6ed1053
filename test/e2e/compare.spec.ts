/** The comparison on the Report screen: the figures of `strata diff`, and each state that it can be in. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { crc32c } from '@node-rs/crc32';
import type { ElectronApplication, Page } from '@playwright/test';
import { DirectoryDiffSchema } from '../../shared/report-diff';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridRows, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
const DATA = dirname(FIXTURE.directory.path);
const COMMAND_LINE = resolve(import.meta.dirname, '../../out/main/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'strata-compare-'));
/** Of the file, counted from its end. */
const BEHIND_NAME = 4;
/** Of a batch of magic 2. */
const [LENGTH_AT, LENGTH_ENDS_AT, CRC_AT, CRC_COVERS_FROM] = [8, 12, 17, 21] as const;
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function commandLine(...args: string[]): string {
  const options = {
    env: { ...process.env, STRATA_STATE_DIR: folder },
    encoding: 'utf8',
  } as const;
  try {
    return execFileSync(process.execPath, [COMMAND_LINE, ...args], options);
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status !== 1) throw error; // 1: differences or problems found
    return stdout ?? '';
  }
}

const diffOf = (before: string, after: string) =>
  DirectoryDiffSchema.parse(JSON.parse(commandLine('diff', before, after, '--json')));

async function compareWith(app: ElectronApplication, page: Page, kind: string, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({
      canceled: false,
      filePaths: [chosen],
    });
  }, path);
  await settled(page);
  await openScreen(page, 'Report');
  await page.getByRole('button', { name: `Compare with a ${kind}…` }).click();
}

function segmentsIn(log: string): string[] {
  return readdirSync(log)
    .filter((name) => name.endsWith('.log'))
    .sort();
}

/** The last letter of a header's name in the last record of the file. The CRC is made to fit. */
function changeHeaderName(file: string): void {
  const bytes = readFileSync(file);
  let position = 0;
  const endOf = (at: number) => at + LENGTH_ENDS_AT + bytes.readInt32BE(at + LENGTH_AT);
  while (endOf(position) < bytes.length) position = endOf(position);
  bytes[bytes.length - BEHIND_NAME]! ^= 1;
  bytes.writeUInt32BE(crc32c(bytes.subarray(position + CRC_COVERS_FROM)), position + CRC_AT);
  writeFileSync(file, bytes);
}

test.describe('a data directory', () => {
  test.use({ directory: DATA });

  test('shows against a copy what strata diff says', async ({ app, page }) => {
    const copy = join(folder, 'copy');
    cpSync(DATA, copy, { recursive: true });
    // Of one log the first segment goes; of another a name of a header changes, with a CRC that fits and no other size.
    const gone = join(copy, 'compacted-0');
    rmSync(join(gone, segmentsIn(gone)[0]!));
    changeHeaderName(join(copy, 'codec-none-0', segmentsIn(join(copy, 'codec-none-0'))[0]!));
    rmSync(join(copy, 'trimmed-0'), { recursive: true });
    const told = diffOf(DATA, copy);

    await compareWith(app, page, 'directory', copy);
    const comparison = page.getByRole('region', { name: 'Comparison' });
    await expect(comparison).toContainText(`${DATA}, as it is now`);
    await expect(comparison).toContainText(`${copy}, as it is now`);
    const exact = (bytesCount: number) =>
      `${bytesCount.toString().replace(/\B(?=(\d{3})+$)/g, '\u2009')} bytes`;
    for (const size of [told.sizeBefore, told.sizeAfter])
      await expect(comparison.locator('dl').getByTitle(exact(size))).toBeVisible();
    const expected = told.logs
      .filter(({ change }) => change !== 'same')
      .flatMap(({ name, change, before, after, segments }) => [
        [name, '–', change, ...lastOffsets(before, after)],
        ...segments.map((each) => [
          ...[name, String(each.baseOffset), each.change],
          ...[each.before, each.after].map((state) => String(state?.lastOffset ?? '–')),
        ]),
      ]);
    expect(expected.map(([, , change]) => change)).toEqual(expect.arrayContaining(['gone', 'changed']));
    const shown = await gridRows(page, 'Differences');
    expect(shown.map((cells) => [...cells.slice(0, 3), ...cells.slice(5)])).toEqual(expected);
    const sizes = await page
      .getByRole('grid', { name: 'Differences' })
      .getByTitle(/ bytes$/)
      .all();
    const expectedSizes = told.logs
      .filter(({ change }) => change !== 'same')
      .flatMap((log) => [log, ...log.segments])
      .flatMap(({ before, after }) => [before, after])
      .flatMap((state) => (state === null ? [] : [exact(state.sizeInBytes)]));
    expect(await Promise.all(sizes.map((size) => size.getAttribute('title')))).toEqual(expectedSizes);
    const records = await page.getByRole('list', { name: 'Records' }).innerText();
    for (const { name, records: found } of told.logs)
      if (found !== null && found.firstDifference !== null)
        expect(records).toMatch(
          new RegExp(`${name}: records of .* first at ${found.firstDifference.offset}: `),
        );
    expect(records).toMatch(/codec-none-0: .*other headers/);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);

    await page.getByRole('button', { name: 'Close the comparison' }).click();
    await expect(page.getByRole('form', { name: 'Report' })).toBeVisible();
  });
});

type States = ReturnType<typeof diffOf>['logs'][number];

function lastOffsets(before: States['before'], after: States['after']): string[] {
  return [before, after].map((state) =>
    state === null || state.logEndOffset === state.logStartOffset ? '–' : String(state.logEndOffset - 1),
  );
}

test.describe('a log', () => {
  test.use({ directory: FIXTURE.directory.path });

  test('is the same as itself, and as the report of it', { tag: '@once' }, async ({ app, page }) => {
    await compareWith(app, page, 'directory', FIXTURE.directory.path);
    await expect(page.getByText('They are the same.')).toBeVisible();
    await expect(page.getByRole('list', { name: 'Records' })).toContainText(
      'The records of 1 log are the same',
    );
    await page.getByRole('button', { name: 'Close the comparison' }).click();
    const report = join(folder, 'saved.json');
    commandLine('report', FIXTURE.directory.path, '--format', 'json', '--output', report);
    await compareWith(app, page, 'report', report);
    await expect(page.getByText('They are the same.')).toBeVisible();
    // What was looked at earlier comes first.
    await expect(page.locator('dl')).toContainText(/First…\/compacted-0, report of .*Second.*as it is now/);
    await expect(page.getByText(/^Records were not compared/)).toBeVisible();
  });

  test('says why it cannot be compared', async ({ app, page }) => {
    const notes = join(folder, 'notes.json');
    writeFileSync(notes, '{"no":"report"}');
    await compareWith(app, page, 'report', notes);
    await expect(page.getByRole('alert')).toContainText('is a file, and no report of Strata.');
  });
});

test.describe('a saved report', () => {
  const report = join(folder, 'opened.json');
  test.use({ directory: report });
  test.beforeAll(() => {
    commandLine('report', FIXTURE.directory.path, '--format', 'json', '--output', report);
  });

  test('comes first, before its directory with a segment gone', async ({ app, page }) => {
    const copy = join(folder, 'later', 'compacted-0');
    cpSync(FIXTURE.directory.path, copy, { recursive: true });
    rmSync(join(copy, segmentsIn(copy)[0]!));
    await compareWith(app, page, 'directory', copy);
    await expect(page.locator('dl')).toContainText(/First…\/compacted-0, report of .*Second.*as it is now/);
    await expect(page.locator('dl')).toContainText('1 log changed, 1 segment gone');
    await expect(page.locator('dl')).toContainText('an hour');
  });
});

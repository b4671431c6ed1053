/** Directories made to hang or mislead, opened in the window: it shows what is left of them, and stays alive. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from './electron';
import { openScreen, settled } from './screens';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory/codec-none-0');
const LOG = '00000000000000000018.log';
const TIB = 2 ** 40;
const folder = mkdtempSync(join(tmpdir(), 'strata-hostile-window-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASES: Readonly<Record<string, (directory: string) => void>> = {
  'a FIFO for a segment and for an index'(directory) {
    for (const name of [LOG, '00000000000000000036.index']) {
      rmSync(join(directory, name));
      execFileSync('mkfifo', [join(directory, name)]);
    }
  },
  'a link to a device for a segment'(directory) {
    rmSync(join(directory, LOG));
    symlinkSync('/dev/zero', join(directory, LOG));
  },
  'a sparse segment of 15 TiB': (directory) => truncateSync(join(directory, LOG), 15 * TIB),
  'a sparse index of 1 TiB': (directory) => truncateSync(join(directory, LOG.replace('.log', '.index')), TIB),
  'names with markup and escape sequences'(directory) {
    for (const name of ['<img src=x onerror=alert(1)>.log', '\u001b[2J\u202e.swap', 'a\nb.index'])
      writeFileSync(join(directory, name), '');
  },
  'indexes and snapshots of noise'(directory) {
    for (const suffix of ['index', 'timeindex', 'snapshot'])
      writeFileSync(join(directory, `00000000000000000036.${suffix}`), Buffer.alloc(50_000, 0x9e));
  },
};

/** One after the other, to a segment of the open log. */
const CHANGES: readonly ((path: string, bytes: Buffer) => void)[] = [
  (path, bytes) => appendFileSync(path, bytes.subarray(0, 100)),
  (path, bytes) => truncateSync(path, bytes.length >> 1),
  (path) => truncateSync(path, 0),
  (path) => rmSync(path),
  (path) => execFileSync('mkfifo', [path]),
  (path) => rmSync(path),
  (path) => symlinkSync('/dev/zero', path),
  (path) => rmSync(path),
  (path) => mkdirSync(path),
  (path) => rmdirSync(path),
];

test.describe('a log whose files change all the time', () => {
  const directory = join(folder, 'changing-0');
  test.use({ directory });
  test.beforeAll(() => {
    cpSync(FIXTURE, directory, { recursive: true });
  });
  test('is shown meanwhile, and found sound once they are as they were', async ({ page }) => {
    const path = join(directory, LOG);
    const bytes = readFileSync(path);
    await settled(page);
    let next = 0;
    const timer = setInterval(() => CHANGES[next++ % CHANGES.length]!(path, bytes), 40);
    try {
      for (const screen of [
        'Problems',
        'Index',
        'Records',
        'Segments',
        'Retention',
        'Compaction',
        'Problems',
      ])
        await page.getByRole('navigation').getByRole('button', { name: screen }).click();
      for (let round = 0; round < 5; round++)
        await page
          .getByRole('main')
          .getByRole('button', { name: /^Verify/ })
          .click();
      await expect.poll(() => next).toBeGreaterThan(CHANGES.length);
    } finally {
      clearInterval(timer);
    }
    rmSync(path, { force: true, recursive: true });
    writeFileSync(path, bytes);
    await expect(async () => {
      await page
        .getByRole('main')
        .getByRole('button', { name: /^Verify/ })
        .click();
      await settled(page);
      await expect(page.getByText('No problems.')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  });
});

for (const [what, make] of Object.entries(CASES)) {
  const directory = join(folder, `case-${what.replace(/\W+/g, '-')}-0`);
  test.describe(what, () => {
    test.use({ directory });
    test.beforeAll(() => {
      mkdirSync(directory);
      cpSync(FIXTURE, directory, { recursive: true });
      make(directory);
    });
    test('is shown, verified and played through', async ({ page }) => {
      await settled(page);
      await expect(page.getByRole('grid', { name: 'Segments' })).toBeVisible();
      await openScreen(page, 'Problems');
      await page
        .getByRole('button', { name: /Verify/ })
        .first()
        .click();
      await settled(page);
      await expect(page.getByRole('grid', { name: 'Problems' })).toBeVisible();
      await page.getByRole('button', { name: 'Next start-up' }).click();
      await settled(page);
      await expect(page.getByRole('region', { name: 'Verdict' })).toBeVisible();
      await openScreen(page, 'Records');
      await expect(page.getByRole('grid', { name: 'Records' })).toBeVisible();
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    });
  });
}

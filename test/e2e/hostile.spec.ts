/** Directories made to hang or mislead, opened in the window: it shows what is left of them, and stays alive. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
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
  'names with markup and escape sequences'(directory) {
    for (const name of ['<img src=x onerror=alert(1)>.log', '\u001b[2J\u202e.swap', 'a\nb.index'])
      writeFileSync(join(directory, name), '');
  },
  'indexes and snapshots of noise'(directory) {
    for (const suffix of ['index', 'timeindex', 'snapshot'])
      writeFileSync(join(directory, `00000000000000000036.${suffix}`), Buffer.alloc(50_000, 0x9e));
  },
};

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

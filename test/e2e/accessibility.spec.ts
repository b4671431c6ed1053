/** Each screen in both themes against axe's rules, and the way through the window with the keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, openScreen, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;

async function violations(page: Parameters<typeof settled>[0]): Promise<string[]> {
  // Electron has no blank page for axe's own frame.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

for (const theme of ['light', 'dark']) {
  test.describe(`theme ${theme}`, () => {
    test.use({ directory: FIXTURE.directory.path, launchArguments: ['--theme', theme] });
    test('breaks no rule of axe on any screen', { tag: '@once' }, async ({ page }) => {
      await settled(page);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await page.getByRole('grid', { name: 'Segments' }).getByRole('row').nth(1).click();
      await settled(page);
      await page.getByRole('grid', { name: 'Batches' }).getByRole('row').nth(1).click();
      await settled(page);
      expect(await violations(page)).toEqual([]);
      for (const screen of ['Disk', 'Index', 'Retention', 'Compaction', 'Records', 'Problems', 'Report']) {
        await openScreen(page, screen);
        expect([screen, ...(await violations(page))]).toEqual([screen]);
      }
    });
  });
}

/** What has to be scrolled sideways to be read. */
function wideParts(page: Parameters<typeof settled>[0]): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter(
        (part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === 'auto',
      )
      .map((part) => `${part.getAttribute('aria-label')}: ${part.scrollWidth} in ${part.clientWidth}`),
  );
}

test.describe('the smallest window', () => {
  test.use({ directory: FIXTURE.directory.path });
  test('has room for every screen, with details beside its table', { tag: '@once' }, async ({
    page,
    app,
  }) => {
    await settled(page);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1024, 640));
    const firstRow = page.getByRole('grid').first().getByRole('row').nth(1);
    for (const screen of ['Segments', 'Index', 'Retention', 'Compaction', 'Records', 'Problems', 'Report']) {
      await openScreen(page, screen);
      if ((await firstRow.count()) > 0) await firstRow.click();
      await settled(page);
      expect([screen, ...(await wideParts(page))]).toEqual([screen]);
    }
    await openScreen(page, 'Segments');
    await firstRow.click();
    await page.getByRole('button', { name: 'Files' }).click();
    await settled(page);
    expect(await wideParts(page)).toEqual([]);
    await openScreen(page, 'Records');
    await page.getByRole('button', { name: 'Transactions' }).click();
    await settled(page);
    await expect(page.getByRole('grid', { name: 'Transactions' })).toBeVisible();
    expect(await wideParts(page)).toEqual([]);
  });
});

test.describe('the theme switch', () => {
  test.use({ directory: FIXTURE.directory.path, launchArguments: ['--theme', 'light'] });
  test('draws the core anew in the colours of the other theme', async ({ page }) => {
    await settled(page);
    const stratumColour = () =>
      page.getByRole('slider', { name: 'Core: segments of the log' }).evaluate((canvas) => {
        const context = (canvas as HTMLCanvasElement).getContext('2d')!;
        return [...context.getImageData(4, 10, 1, 1).data].join();
      });
    const light = await stratumColour();
    await page.getByRole('button', { name: 'Theme: dark' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const dark = await stratumColour();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await expect.poll(stratumColour).toBe(light);
  });
});

test.describe('the welcome screen', () => {
  test('breaks no rule of axe', async ({ page }) => {
    await settled(page);
    expect(await violations(page)).toEqual([]);
  });
});

test.describe('the keyboard', () => {
  test.use({ directory: FIXTURE.directory.path });
  const last = FIXTURE.segments.at(-1)!.baseOffset;
  const GRIDS = [
    ['Index', 'Indexes'],
    ['Retention', 'Fates'],
    ['Compaction', 'Before and after'],
  ] as const;

  test('chooses segments in the core, goes to screens by keys and palette, and keeps the focus', async ({
    page,
  }) => {
    await settled(page);
    const core = page.getByRole('slider', { name: 'Core: segments of the log' });
    await core.focus();
    await core.press('End');
    await settled(page);
    await expect(page.getByRole('heading', { name: `Segment ${last}` })).toBeVisible();
    await core.press('ArrowLeft');
    await expect(
      page.getByRole('heading', { name: `Segment ${FIXTURE.segments.at(-2)!.baseOffset}` }),
    ).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await expect(core).toBeFocused();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill('screen records');
    await page.keyboard.press('Enter');
    await settled(page);
    await expect(page.getByRole('main')).toBeFocused();
    const records = page.getByRole('grid', { name: 'Records' });
    await expect(records.getByRole('row').nth(1)).toBeVisible();
    await records.press('ArrowDown');
    await page.getByRole('button', { name: 'Close details' }).press('Enter');
    await expect(records).toBeFocused();
    // What had the focus is gone with its screen: the keys go on at the beginning of the next one.
    await page.keyboard.press('Alt+4');
    await settled(page);
    await expect(page.getByRole('main')).toBeFocused();
    await expect(page.getByRole('application', { name: /^Size by its timestamps/ })).toBeVisible();
  });

  test('finds rows of a table by any column, and brings all of them back', { tag: '@once' }, async ({
    page,
  }) => {
    await settled(page);
    const find = async () => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).fill('find');
      await page.keyboard.press('Enter');
    };
    await find();
    const field = page.getByRole('textbox', { name: 'Filter Segments' });
    await expect(field).toBeFocused();
    await field.fill('ACTIVE');
    await expect.poll(() => gridColumn(page, 'Segments', 'Base offset')).toEqual([last.toString()]);
    const count = page.getByText(`1 of ${FIXTURE.segments.length}`, { exact: true });
    await expect(count).toHaveAttribute('aria-live', 'polite');
    await field.fill('no such words');
    await expect(page.getByText('No row has these words.')).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await field.press('Escape');
    await expect(field).toBeHidden();
    await expect(page.getByRole('grid', { name: 'Segments' })).toBeFocused();
    expect(await gridRowCount(page, 'Segments')).toBe(FIXTURE.segments.length);
    for (const [screen, grid] of GRIDS) {
      await openScreen(page, screen);
      await find();
      await page.getByRole('textbox', { name: `Filter ${grid}` }).fill(last.toString());
      await expect.poll(() => gridColumn(page, grid, 'Base offset')).not.toContain('0');
      expect(await gridColumn(page, grid, 'Base offset')).toContain(last.toString());
      await page.getByRole('textbox', { name: `Filter ${grid}` }).press('Escape');
    }
  });
});

/** How a window test reads and works the screens: by role and name, as a person would. Numbers lose their spaces. */
import { expect, type Page } from '@playwright/test';

export async function settled(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-settled', 'true', { timeout: 30_000 });
}

export async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await settled(page);
}

/** The text of a grid's rows in sight, cell by cell, without the header. */
export async function gridRows(page: Page, label: string): Promise<string[][]> {
  const rows = page.getByRole('grid', { name: label, exact: true }).getByRole('rowgroup').getByRole('row');
  const texts = await rows.evaluateAll((elements) =>
    elements.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  );
  return texts.map((cells) => cells.map((cell) => cell.replace(/\u2009/g, '').trim()));
}

/** A column of a grid's rows in sight. */
export async function gridColumn(page: Page, label: string, title: string): Promise<string[]> {
  const grid = page.getByRole('grid', { name: label, exact: true });
  const titles = await grid.getByRole('columnheader').allTextContents();
  const index = titles.map((each) => each.trim()).indexOf(title);
  if (index < 0) throw new Error(`no column ${title} in ${titles.join(', ')}`);
  return (await gridRows(page, label)).map((row) => row[index] ?? '');
}

/** How many rows a grid has in all, those out of sight included. */
export async function gridRowCount(page: Page, label: string): Promise<number> {
  const grid = page.getByRole('grid', { name: label, exact: true });
  return Number(await grid.getAttribute('aria-rowcount')) - 1;
}

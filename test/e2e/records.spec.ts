/** Records in the window: Kafka's own topics by their fields, JSON that folds, and a format that is remembered. */
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, openScreen, settled } from './screens';

const fixture = (id: string) => kafkaFixtures().find((each) => each.id === id)!;

test.describe('the log of consumer offsets', () => {
  test.use({ directory: fixture('4.4.0/data-directory/__consumer_offsets-0').directory.path });
  test('tells what a group committed, and folds it', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    expect((await gridColumn(page, 'Records', 'Key'))[0]).toBe(
      'OffsetCommit group: compacted-transactions-group, topic: compacted-transactions, partition: 0',
    );
    await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(1).click();
    const value = page.getByRole('region', { name: 'Decoded value' });
    await expect(value).toContainText('offset: 10');
    await value.getByRole('button', { expanded: true }).first().click();
    await expect(value).not.toContainText('offset: 10');
    await expect(page.getByRole('region', { name: 'Key', exact: true })).toBeVisible();
  });
});

test.describe('a log of text', () => {
  test.use({ directory: fixture('4.4.0/data-directory/codec-none-0').directory.path });
  test('shows values in the form that was chosen, in the list as for the next record', async ({ page }) => {
    await settled(page);
    await openScreen(page, 'Records');
    const rows = page.getByRole('grid', { name: 'Records' }).getByRole('row');
    await rows.nth(1).click();
    const value = page.getByRole('region', { name: 'Value', exact: true });
    await value.getByRole('button', { name: 'base64' }).click();
    const text = await value.locator('pre').textContent();
    expect((await gridColumn(page, 'Records', 'Value'))[0]).toBe(text);
    await rows.nth(2).click();
    await expect(value.getByRole('button', { name: 'base64' })).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await settled(page);
    await openScreen(page, 'Records');
    expect((await gridColumn(page, 'Records', 'Value'))[0]).toBe(text);
  });
});

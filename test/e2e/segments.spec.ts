/** The window on logs that Kafka wrote: the numbers on the screen are those that Kafka's own tools gave. */

import { type KafkaFixture, kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, openScreen, settled } from './screens';

const FIXTURES = kafkaFixtures();
const CHOSEN = [
  '4.4.0/data-directory/codec-none-0',
  '4.4.0/data-directory/transactions-0',
  '4.4.0/data-directory/mixed-codecs-0',
  '4.4.0/cleaned/compacted-0',
  '3.9.2/data-directory/codec-zstd-0',
  '2.8.2/data-directory/codec-gzip-0',
];

function fixtureNamed(id: string): KafkaFixture {
  const fixture = FIXTURES.find((each) => each.id === id);
  if (fixture === undefined) throw new Error(`no fixture ${id}`);
  return fixture;
}

for (const id of CHOSEN.filter((each) => FIXTURES.some((fixture) => fixture.id === each))) {
  const fixture = fixtureNamed(id);
  test.describe(id, () => {
    test.use({ directory: fixture.directory.path });

    test('shows each segment as Kafka counted it', async ({ page }) => {
      await settled(page);
      const text = (values: readonly number[]) => values.map(String);
      const { segments } = fixture;
      expect(await gridColumn(page, 'Segments', 'Base offset')).toEqual(
        text(segments.map((s) => s.baseOffset)),
      );
      expect(await gridColumn(page, 'Segments', 'Records')).toEqual(text(segments.map((s) => s.recordCount)));
      expect(await gridColumn(page, 'Segments', 'Batches')).toEqual(text(segments.map((s) => s.batchCount)));
    });

    test('lists the batches of a segment at their positions', async ({ page }) => {
      await settled(page);
      const { segments } = fixture;
      const index = segments.findIndex(({ batchCount }) => batchCount > 0);
      const segment = segments[index]!;
      await page
        .getByRole('grid', { name: 'Segments' })
        .getByRole('row')
        .nth(index + 1)
        .click();
      await settled(page);
      const positions = segment.batches.map(({ position }) => String(position));
      const shown = await gridColumn(page, 'Batches', 'Position');
      expect(shown).toEqual(positions.slice(0, shown.length));
      expect(await gridRowCount(page, 'Batches')).toBe(positions.length);
    });

    test('reads its records, offset by offset', async ({ page }) => {
      await settled(page);
      await openScreen(page, 'Records');
      const offsets = fixture.segments
        .flatMap((s) => s.batches.flatMap((batch) => batch.offsets))
        .map(String);
      const shown = await gridColumn(page, 'Records', 'Offset');
      expect(shown.length).toBeGreaterThan(0);
      expect(shown).toEqual(offsets.slice(0, shown.length));
      expect(await gridRowCount(page, 'Records')).toBe(offsets.length);
    });
  });
}

test.describe('a table that becomes narrow', () => {
  const narrow = fixtureNamed('4.4.0/data-directory/transactions-0');
  test.use({ directory: narrow.directory.path });
  test('sorts by no column that there is no room for', { tag: '@once' }, async ({ page }) => {
    await settled(page);
    const title = 'Largest timestamp';
    const header = page
      .getByRole('grid', { name: 'Segments', exact: true })
      .getByRole('columnheader', { name: title });
    const divider = page.getByRole('separator', { name: 'Divider' });
    const inFileOrder = narrow.segments.map(({ baseOffset }) => String(baseOffset));
    const baseOffsets = () => gridColumn(page, 'Segments', 'Base offset');
    for (let step = 0; step < 12; step++) await divider.press('ArrowRight');
    await header.getByRole('button').click();
    await header.getByRole('button').click();
    await expect(header).toHaveAttribute('aria-sort', 'descending');
    const sorted = await baseOffsets();
    expect(sorted).not.toEqual(inFileOrder);
    for (let step = 0; step < 34; step++) await divider.press('ArrowLeft');
    await expect(header).toBeHidden();
    await expect.poll(baseOffsets).toEqual(inFileOrder);
    for (let step = 0; step < 34; step++) await divider.press('ArrowRight');
    await expect(header).toHaveAttribute('aria-sort', 'descending');
    expect(await baseOffsets()).toEqual(sorted);
  });
});

test.describe('a data directory', () => {
  const id = '4.4.0/data-directory/';
  const logs = FIXTURES.filter((fixture) => fixture.id.startsWith(id));
  test.use({ directory: fixtureNamed(`${id}codec-none-0`).directory.path.replace(/\/[^/]+$/, '') });

  test('lists every log with its end offset, and opens one', async ({ page }) => {
    await settled(page);
    const names = await gridColumn(page, 'Logs', 'Log');
    const ends = await gridColumn(page, 'Logs', 'Log end offset');
    const truth = new Map(logs.map(({ name, logEndOffset }) => [name, logEndOffset]));
    const compared = names.filter((name) => truth.get(name) !== undefined);
    expect(compared.length).toBeGreaterThan(10);
    for (const name of compared)
      expect([name, ends[names.indexOf(name)]]).toEqual([name, String(truth.get(name))]);
    await page.getByRole('button', { name: 'codec-zstd-0' }).click();
    await settled(page);
    expect(await gridRowCount(page, 'Segments')).toBe(fixtureNamed(`${id}codec-zstd-0`).segments.length);
  });
});

/** A log that changes on disk while it is on the screen: it grows, rolls and shrinks there as well. */
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaFixtures } from '../support/kafka-fixtures';
import { expect, test } from './electron';
import { gridColumn, gridRowCount, settled } from './screens';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
const WORK = join(tmpdir(), `strata-live-${process.pid}`, 'codec-none-0');
const fileOf = (baseOffset: number, suffix = 'log') => `${String(baseOffset).padStart(20, '0')}.${suffix}`;

test.describe('an open log', () => {
  const [first, second] = FIXTURE.segments;
  test.use({ directory: WORK });
  test.beforeAll(() => {
    mkdirSync(WORK, { recursive: true });
    copyFileSync(
      join(FIXTURE.directory.path, fileOf(first!.baseOffset)),
      join(WORK, fileOf(first!.baseOffset)),
    );
    const bytes = readFileSync(join(FIXTURE.directory.path, fileOf(second!.baseOffset)));
    appendFileSync(
      join(WORK, fileOf(second!.baseOffset)),
      bytes.subarray(0, second!.batches[0]!.sizeInBytes),
    );
  });
  test.afterAll(() => rmSync(join(WORK, '..'), { recursive: true, force: true }));

  test('grows, rolls and shrinks on the screen', async ({ page }) => {
    const records = () => gridColumn(page, 'Segments', 'Records');
    const whole = [String(first!.recordCount), String(second!.recordCount)];
    await settled(page);
    await expect.poll(records).toEqual([whole[0], String(second!.batches[0]!.offsets.length)]);

    await test.step('a batch is appended', async () => {
      const bytes = readFileSync(join(FIXTURE.directory.path, fileOf(second!.baseOffset)));
      appendFileSync(join(WORK, fileOf(second!.baseOffset)), bytes.subarray(second!.batches[0]!.sizeInBytes));
      await expect.poll(records, { timeout: 15_000 }).toEqual(whole);
    });
    await test.step('the log rolls', async () => {
      const third = FIXTURE.segments[2]!;
      cpSync(join(FIXTURE.directory.path, fileOf(third.baseOffset)), join(WORK, fileOf(third.baseOffset)));
      await expect.poll(records, { timeout: 15_000 }).toEqual([...whole, String(third.recordCount)]);
    });
    await test.step('retention deletes the first segment', async () => {
      rmSync(join(WORK, fileOf(first!.baseOffset)));
      await expect.poll(() => gridRowCount(page, 'Segments'), { timeout: 15_000 }).toBe(2);
    });
    await test.step('the directory goes away', async () => {
      rmSync(WORK, { recursive: true });
      await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 15_000 });
    });
  });
});

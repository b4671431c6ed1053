/** Plans for logs that Kafka then cleaned: test/fixtures/kafka has them before and after. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compact } from '../../../electron/cli/compact';
import { CompactionReportSchema } from '../../../shared/compaction';
import { fakeTerminal } from '../../support/fake-terminal';
import { type KafkaFixture, kafkaFixtures } from '../../support/kafka-fixtures';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/kafka');
const all = kafkaFixtures();
let folder: string;
let brokerConfig: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-compact-'));
  brokerConfig = join(folder, 'server.properties');
  await writeFile(brokerConfig, 'log.segment.bytes=2500\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function planOf(directory: string, ...options: string[]) {
  const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
  const status = await compact.run([directory, ...options, '--json'], terminal);
  expect(status).toBe(0);
  return CompactionReportSchema.parse(JSON.parse(terminal.output())).logs[0]!;
}

/** Segments that are not empty: base offset and number of records. */
const sizesOf = ({ segments }: KafkaFixture) =>
  segments.map(({ baseOffset, recordCount }) => ({ baseOffset, recordCount }));

// Kafka 2.8 drops what is left of aborted transactions by other rules.
const cleaned = all.filter(
  ({ id }) => id.includes('/cleaned/') && !id.startsWith('2.8.2/cleaned/compacted-t'),
);

describe('compact', () => {
  it('has logs to compare with', () => {
    expect(cleaned.map(({ id }) => id)).toHaveLength(6);
  });

  it.each(cleaned.map((log) => [log.id, log] as const))(
    'keeps what the cleaner kept: %s',
    async (_id, log) => {
      const before = join(FIXTURES, log.id.split('/')[0]!, 'data-directory', log.name);
      const given = ['--cleanup-policy', 'compact', '--min-cleanable-dirty-ratio', '0.01'];
      // The settings of 2.8 are in ZooKeeper, not in the directory.
      if (log.id.startsWith('2.8')) given.push('--broker-config', brokerConfig);
      const plan = await planOf(before, ...given);
      expect(plan.eligible).toBe(true);
      expect(plan.reasons).toEqual(['dirty-ratio-exceeded']);
      expect(
        plan.segments.map(({ baseOffset, recordsAfter }) => ({ baseOffset, recordCount: recordsAfter })),
      ).toEqual(sizesOf(log));
      expect(plan.recordsAfter).toBe(log.recordCount.total);
      const size = log.segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
      // 3.9 keeps the last batch before the end of each round, empty (KAFKA-17076); 4.4 only at the high watermark.
      if (plan.bytesAfterIsExact && log.id.startsWith('4.4')) expect(plan.bytesAfter).toBe(size);
      else expect(Math.abs(plan.bytesAfter - size) / size).toBeLessThan(0.25);
    },
  );

  it('finds nothing to clean in a log that was cleaned to its end', async () => {
    const plan = await planOf(
      join(FIXTURES, '4.4.0/cleaned-twice/compacted-0'),
      '--cleanup-policy',
      'compact',
    );
    expect(plan).toMatchObject({ eligible: false, reasons: ['active-segment'], dirtyRatio: 0 });
    expect([plan.recordsAfter, plan.bytesAfter]).toEqual([plan.recordsBefore, plan.bytesBefore]);
  });

  it('does not read a log whose policy has no compact', async () => {
    const plan = await planOf(join(FIXTURES, '4.4.0/data-directory/codec-none-0'));
    expect(plan).toMatchObject({
      eligible: false,
      reasons: ['policy', 'dirty-ratio-exceeded'],
      uniqueKeyCount: 0,
    });
    expect(plan.recordsAfter).toBe(plan.recordsBefore);
  });

  it('leaves segments alone that are younger than the lag', async () => {
    const log = join(FIXTURES, '4.4.0/data-directory/compacted-0');
    const lag = 1_800_000_000_000 - 1_700_000_000_000;
    const whole = await planOf(log, '--min-cleanable-dirty-ratio', '0', '--min-compaction-lag-ms', '1');
    expect([whole.cleanableEndOffset, whole.uncleanableReason]).toEqual([90, 'active-segment']);
    const part = await planOf(
      log,
      ...['--min-cleanable-dirty-ratio', '0', '--min-compaction-lag-ms', String(lag - 60_000)],
    );
    expect([part.cleanableEndOffset, part.uncleanableReason]).toEqual([45, 'min-compaction-lag']);
    expect(part.segments.map(({ isCleaned }) => isCleaned)).toEqual([true, false, false]);
  });
});

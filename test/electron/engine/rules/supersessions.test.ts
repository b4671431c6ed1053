/** What an analysis notes of the records that go, on logs that Kafka wrote, against a plain count of their records. */
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { readCompactionFacts } from '../../../../electron/engine/inspect/compaction-facts';
import { readCompactionPlan } from '../../../../electron/engine/inspect/compaction-inputs';
import { planCompaction } from '../../../../electron/engine/inspect/plan-compaction';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import type { SupersessionFindings } from '../../../../electron/engine/rules/supersessions';
import { type KafkaFixture, kafkaFixtures } from '../../../support/kafka-fixtures';

const all = kafkaFixtures();
const fixture = (id: string) => all.find((each) => each.id === id)!;
const NOW_MS = 1_800_000_000_000;

async function analysed({ directory }: KafkaFixture) {
  const path = directory.path;
  const { shown, findings } = await readCompactionPlan(fs, directory, {
    policies: await readDirectoryPolicies(fs, path, null),
    broker: await readBrokerState(fs, path),
    given: new Map([['cleanup.policy', 'compact']]),
    nowMs: NOW_MS,
  });
  return { shown, findings: findings! };
}

const SLOT_BYTES = 24;
const SETTINGS = {
  ...{ deleteRetentionMs: 86_400_000, segmentBytes: 1_073_741_824, segmentIndexBytes: 10_485_760 },
  producerExpirationMs: 86_400_000,
};
const LIMITS = {
  ...{ compacts: true, minCleanableDirtyRatio: 0, minCompactionLagMs: 0 },
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
};

async function planned({ directory }: KafkaFixture, dedupeBufferBytes: number) {
  const facts = await readCompactionFacts(fs, directory, { broker: 'detached', replicaCount: null });
  const settings = { ...SETTINGS, dedupeBufferBytes };
  const { plan, findings } = await planCompaction(fs, facts, LIMITS, settings, NOW_MS);
  return { plan, findings: findings! };
}

/** Keys with the same bytes in any order. */
const worstFirst = ({ worstKeys }: SupersessionFindings) =>
  worstKeys
    .map(({ key, ...sums }) => JSON.stringify({ ...sums, key: Buffer.from(key).toString('hex') }))
    .sort();

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);

/** By base offset of the superseded and of the superseding segment: records. */
function cells({ matrix }: SupersessionFindings): string[] {
  const { baseOffsets, counts } = matrix;
  return baseOffsets.flatMap((row, i) =>
    baseOffsets.flatMap((column, j) => {
      const count = counts[i * baseOffsets.length + j]!;
      return count === 0 ? [] : [`${row} by ${column}: ${count}`];
    }),
  );
}

const compactable = all.filter(({ id }) =>
  /^(4\.4\.0|3\.9\.2|2\.8\.2)\/data-directory\/(compacted|codec|transactions|null)/.test(id),
);

describe('Supersessions', () => {
  it.each(compactable.map((log) => [log.id, log] as const))(
    'accounts for every superseded record: %s',
    async (_id, log) => {
      const { shown, findings } = await analysed(log);
      const superseded = sum(shown.segments.map(({ supersededCount }) => supersededCount));
      expect(sum(findings.matrix.counts)).toBe(superseded);
      if (findings.worstKeys.length < 100)
        expect(sum(findings.worstKeys.map(({ supersededCount }) => supersededCount))).toBe(superseded);
      expect(sum(findings.worstKeys.map(({ supersededBytes }) => supersededBytes))).toBe(
        sum(findings.matrix.bytes),
      );
      const tombstones = sum(findings.tombstoneBatches.map(({ tombstoneCount }) => tombstoneCount));
      expect(tombstones).toBe(sum(shown.segments.map(({ tombstonesKeptCount }) => tombstonesKeptCount)));
    },
  );

  it.each(compactable.map((log) => [log.id, log] as const))(
    'counts the keys of each segment that a consumer sees there: %s',
    async (_id, log) => {
      const { shown } = await analysed(log);
      const read = shown.sources.filter(({ isCleaned }) => isCleaned);
      expect(read.length).toBeGreaterThan(0);
      const committed = new Set(log.committedOffsets!);
      const open = log.lastStableOffset!;
      const bases = [...shown.sources.map(({ baseOffset }) => baseOffset), Number.POSITIVE_INFINITY];
      for (const { baseOffset, uniqueKeyCount } of read) {
        const end = bases[bases.indexOf(baseOffset) + 1]!;
        const keys = log
          .records!.filter(({ offset }) => offset >= baseOffset && offset < end)
          .filter(({ offset, key }) => key !== null && (committed.has(offset) || offset >= open))
          .map(({ key }) => JSON.stringify(key));
        expect([baseOffset, uniqueKeyCount]).toEqual([baseOffset, new Set(keys).size]);
      }
      for (const { isCleaned, uniqueKeyCount } of shown.sources)
        if (!isCleaned) expect(uniqueKeyCount).toBeNull();
    },
  );

  it('has logs to compare with, some of which lose records', async () => {
    expect(compactable.length).toBeGreaterThan(10);
    const { findings } = await analysed(fixture('4.4.0/data-directory/compacted-0'));
    expect(cells(findings)).toEqual(['0 by 0: 39', '0 by 45: 6', '45 by 45: 39']);
    const [worst] = findings.worstKeys;
    expect(Buffer.from(worst!.key).toString()).toMatch(/^key-/);
    expect(worst!.latestOffset).toBeGreaterThanOrEqual(45);
    const bytes = findings.worstKeys.map(({ supersededBytes }) => supersededBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  });

  it.each(compactable.map((log) => [log.id, log] as const))(
    'tells the same where the keys take several rounds: %s',
    async (_id, log) => {
      const whole = await planned(log, 134_217_728);
      expect(whole.plan.roundCount).toBe(1);
      const { plan, findings } = await planned(log, SLOT_BYTES * 4);
      expect(plan.roundCount).toBeGreaterThan(2);
      expect(plan.sources).toEqual(whole.plan.sources);
      expect(cells(findings)).toEqual(cells(whole.findings));
      expect(findings.matrix.bytes).toEqual(whole.findings.matrix.bytes);
      expect(worstFirst(findings)).toEqual(worstFirst(whole.findings));
      expect(findings.tombstoneBatches).toEqual(whole.findings.tombstoneBatches);
      expect(findings.nullKeyOffsets).toEqual(whole.findings.nullKeyOffsets);
    },
  );

  it('says from when on each batch of tombstones may go', async () => {
    const { findings, shown } = await analysed(fixture('4.4.0/data-directory/compacted-0'));
    const delay = Number(shown.settings['delete.retention.ms'].value);
    expect(findings.tombstoneBatches).toEqual([
      expect.objectContaining({ segmentBaseOffset: 45, tombstoneCount: 1, deleteHorizonMs: NOW_MS + delay }),
    ]);
  });
});

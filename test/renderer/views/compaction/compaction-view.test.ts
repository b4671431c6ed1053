/** The compaction screen's figures, from facts and an analysis as main would send them. */
import { describe, expect, it } from 'vitest';
import type { MadeAnalysis } from '../../../../renderer/store/compaction-slice';
import {
  compactionView,
  coreSections,
  savingsColouring,
} from '../../../../renderer/views/compaction/compaction-view';
import type { CompactionFacts, CompactionSource, CompactionWish } from '../../../../shared/compaction';

const NOW_MS = 1_000_000;
const own = (value: string) => ({ value, source: 'default' as const });
const FACTS: CompactionFacts = {
  ...{ policy: { deletes: false, compacts: true }, policySource: 'metadata', refusal: null },
  settings: {
    'min.cleanable.dirty.ratio': own('0.5'),
    'min.compaction.lag.ms': own('0'),
    'max.compaction.lag.ms': own('9223372036854775807'),
    'delete.retention.ms': own('1000'),
    'segment.bytes': own('100'),
    'segment.ms': own('5000'),
    'log.cleaner.dedupe.buffer.size': own('134217728'),
    'log.cleaner.threads': own('1'),
    'log.cleaner.io.buffer.load.factor': own('0.9'),
  },
  state: {
    segments: [0, 10, 20, 30].map((baseOffset) => ({
      ...{ baseOffset, sizeInBytes: 100 },
      ...{ largestTimestampMs: baseOffset * 1000, firstBatchMaxTimestampMs: baseOffset * 1000 },
    })),
    ...{ logStartOffset: 0, logEndOffset: 40, highWatermark: 40 },
    ...{ firstOpenTransactionOffset: null, cleanerCheckpoint: 10 },
  },
};
const NO_WISH: CompactionWish = {
  ...{ cleanupPolicy: null, minCleanableDirtyRatio: null, minCompactionLagMs: null },
  ...{ maxCompactionLagMs: null, deleteRetentionMs: null, kafkaVersion: null },
};
const NONE = {
  ...{ supersededCount: 0, nullKeyCount: 0, abortedCount: 0, tombstonesKeptCount: 0 },
  ...{ tombstonesDroppedCount: 0, controlRecordsCount: 0, emptyBatchesKeptCount: 0 },
  ...{ deleteHorizonMinMs: null, deleteHorizonMaxMs: null, bytesAfterIsExact: true },
};
const source = (baseOffset: number, bytesAfter: number): CompactionSource => ({
  ...{ baseOffset, becomesBaseOffset: baseOffset, isCleaned: baseOffset < 30, uniqueKeyCount: 5 },
  ...{ recordsBefore: 10, recordsAfter: 5, bytesBefore: 100, bytesAfter, ...NONE },
});
const SOURCES = [source(0, 100), source(10, 41), source(20, 0), source(30, 100)];

function analysed(): MadeAnalysis {
  const { eligibility } = compactionView(FACTS, NO_WISH, null, NOW_MS);
  const { isEligible, reasons, ...rest } = eligibility;
  return {
    ...{ nowMs: NOW_MS, wish: NO_WISH, findings: null },
    plan: {
      ...{ name: 'x-0', cleanupPolicy: 'compact', policySource: 'metadata', settings: FACTS.settings },
      ...{ kafkaVersion: '4.4' },
      ...{ ...rest, eligible: isEligible, reasons: [...reasons], logStartOffset: 0, logEndOffset: 40 },
      ...{ recordsBefore: 40, recordsAfter: 25, bytesBefore: 400, bytesAfter: 241, bytesAfterIsExact: true },
      ...{
        uniqueKeyCount: 5,
        roundCount: 1,
        offsetMapCapacity: 9,
        isRecompressed: false,
        sources: SOURCES,
        refusal: null,
        applied: null,
      },
      segments: SOURCES.map(({ becomesBaseOffset: _, ...figures }) => ({
        ...{ ...figures, sourceBaseOffsets: [figures.baseOffset] },
      })),
    },
  };
}

describe('compactionView', () => {
  it('parts the log into clean, cleanable and the rest, and counts what an analysis reads', () => {
    const view = compactionView(FACTS, NO_WISH, null, NOW_MS);
    expect(view.table.rows.map(({ part }) => part)).toEqual(['clean', 'cleanable', 'cleanable', 'rest']);
    expect([view.analysisBytes, view.analysisState]).toEqual([500, 'none']);
    expect(coreSections(view.table).map(({ first, last, label }) => `${first}-${last} ${label}`)).toEqual([
      ...['0-0 clean 100 B', '1-2 dirty, cleanable 200 B', '3-3 not cleanable 100 B'],
    ]);
  });

  it('has nothing to read where nothing is to be cleaned', () => {
    const cleaned = { ...FACTS, state: { ...FACTS.state, cleanerCheckpoint: 30 } };
    expect(compactionView(cleaned, NO_WISH, null, NOW_MS).analysisBytes).toBe(0);
  });

  it('reads the segment with the first dirty offset in its middle as dirty', () => {
    const middle = { ...FACTS, state: { ...FACTS.state, cleanerCheckpoint: 15 } };
    const { rows } = compactionView(middle, NO_WISH, null, NOW_MS).table;
    expect(rows.map(({ part }) => part)).toEqual(['clean', 'cleanable', 'cleanable', 'rest']);
  });

  it('knows when an analysis no longer holds', () => {
    const stateOf = (facts: CompactionFacts, wish: Partial<CompactionWish>) =>
      compactionView(facts, { ...NO_WISH, ...wish }, analysed(), NOW_MS).analysisState;
    expect(stateOf(FACTS, {})).toBe('current');
    expect(stateOf(FACTS, { minCleanableDirtyRatio: 0.9 })).toBe('current');
    expect(stateOf(FACTS, { deleteRetentionMs: 7 })).toBe('other-settings');
    expect(stateOf(FACTS, { minCompactionLagMs: 985_000 })).toBe('other-settings');
    expect(stateOf({ ...FACTS, state: { ...FACTS.state, logEndOffset: 41 } }, {})).toBe('other-log');
  });

  it('derives the same from columns as from the segments one by one, for an end that a lag moves back', () => {
    const made = analysed();
    const cells = Float64Array.from([1, 2, 3, 0, 1, 4, 0, 0, 2]);
    const matrix = { segmentsPerBlock: 1, baseOffsets: [0, 10, 20], counts: cells, bytes: cells };
    const sources = SOURCES.map((each) => ({ ...each, supersededCount: 5 * Number(each.isCleaned) }));
    const findings = {
      matrix,
      worstKeys: [],
      tombstoneBatches: [],
      tombstoneBatchCount: 0,
      nullKeyOffsets: [],
    };
    const analysis = { ...made, findings, plan: { ...made.plan, sources } };
    const lag = { ...NO_WISH, minCompactionLagMs: 985_000 };
    const { analysisState, table } = compactionView(FACTS, lag, analysis, NOW_MS);
    const after = table.rows.map((row) => row.after!);
    const sum = (of: (source: CompactionSource) => number) =>
      after.reduce((total, each) => total + of(each), 0);
    expect(analysisState).toBe('previewed');
    expect(after.map(({ isCleaned, bytesAfter }) => [isCleaned, bytesAfter])).toEqual([
      ...[
        [true, 100],
        [true, 88],
        [false, 100],
        [false, 100],
      ],
    ]);
    expect(table.totals).toMatchObject({
      recordsAfter: sum(({ recordsAfter }) => recordsAfter),
      bytesAfter: sum(({ bytesAfter }) => bytesAfter),
      bytesAfterIsExact: false,
    });
    expect([...savingsColouring(table).toneOf]).toEqual([1, 1, 0, 0]);
    const none = compactionView(FACTS, { ...NO_WISH, minCompactionLagMs: 995_000 }, analysis, NOW_MS);
    expect(none.analysisState).toBe('previewed');
    expect(none.table.totals).toMatchObject({ recordsAfter: 40, bytesAfter: 400, bytesAfterIsExact: true });
    expect(none.table.rows.map(({ after }) => after!.isCleaned)).toEqual([false, false, false, false]);
  });

  it('counts nothing of an analysis that damage has ended', () => {
    const { plan, ...rest } = analysed();
    const ended = { ...rest, plan: { ...plan, reasons: ['damaged' as const], refusal: '0.log is damaged' } };
    const view = compactionView(FACTS, NO_WISH, ended, NOW_MS);
    expect([view.analysisState, view.table.totals, view.table.rows.map(({ after }) => after)]).toEqual([
      ...['current', null, [null, null, null, null]],
    ]);
  });

  it('goes by the policy that is tried before the facts know of it', () => {
    const deletes = { ...FACTS, policy: { deletes: true, compacts: false } };
    const viewOf = (cleanupPolicy: CompactionWish['cleanupPolicy']) =>
      compactionView(deletes, { ...NO_WISH, cleanupPolicy }, null, NOW_MS);
    expect(viewOf(null).explanations[0]!.what).toContain('cleanup.policy is delete');
    expect(viewOf('compact').eligibility).toMatchObject({
      isEligible: true,
      reasons: ['dirty-ratio-exceeded'],
    });
  });

  it('takes -1 for a longest lag of never', () => {
    const soon = { ...FACTS, settings: { ...FACTS.settings, 'max.compaction.lag.ms': own('1') } };
    const eligible = (maxCompactionLagMs: number | null) =>
      compactionView(soon, { ...NO_WISH, minCleanableDirtyRatio: 0.9, maxCompactionLagMs }, null, NOW_MS)
        .eligibility.isEligible;
    expect([eligible(null), eligible(-1)]).toEqual([true, false]);
  });
});

describe('savingsColouring', () => {
  it('grows with the share that goes, and leaves what is not cleaned grey', () => {
    const { table } = compactionView(FACTS, NO_WISH, analysed(), NOW_MS);
    expect([...savingsColouring(table).toneOf]).toEqual([1, 3, 5, 0]);
    const before = savingsColouring(compactionView(FACTS, NO_WISH, null, NOW_MS).table);
    expect([[...before.toneOf], before.tones.map(({ label }) => label)]).toEqual([
      ...[[0, 0, 0, 0], ['not analysed']],
    ]);
  });
});

/** What comes out of an analysis that was sent is what went in, whatever its segments are. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CompactionAnalysis } from '../../shared/compaction';
import { receivedAnalysis, sentAnalysis } from '../../shared/sent-analysis';

const figures = {
  ...{ baseOffset: fc.nat(), isCleaned: fc.boolean(), bytesAfterIsExact: fc.boolean() },
  ...{ recordsBefore: fc.nat(), deleteHorizonMinMs: fc.option(fc.nat()) },
};
const source = fc.record({ ...figures, becomesBaseOffset: fc.nat(), uniqueKeyCount: fc.option(fc.nat()) });
const segment = fc.record({ ...figures, sourceBaseOffsets: fc.array(fc.nat(), { maxLength: 9 }) });

it('brings the segments of an analysis as they were, and everything else untouched', () => {
  fc.assert(
    fc.property(
      fc.array(source, { maxLength: 40 }),
      fc.array(segment, { maxLength: 40 }),
      (sources, segments) => {
        const findings = { matrix: { counts: Float64Array.of(1, 2) } };
        const plan = { name: 'a-0', reasons: ['damaged'], sources, segments };
        const analysis = { nowMs: 7, findings, plan } as unknown as CompactionAnalysis;
        const sent = sentAnalysis(analysis);
        expect(Object.keys(sent.plan)).toEqual(['name', 'reasons']);
        expect(typeof sent.segmentLists).toBe('string');
        expect(receivedAnalysis(sent)).toEqual(analysis);
        expect(receivedAnalysis(sent).findings).toBe(findings);
      },
    ),
  );
});

/** Where strata lie, and which marks they share. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coreExtent,
  coreMarks,
  type Stratum,
  strataBetween,
  stratumAt,
  wholeWindow,
  zoomed,
} from '../../../shared/core/core-layout';

function strata(...sizes: readonly number[]): Stratum[] {
  return sizes.map((sizeInBytes, index) => ({
    ...{ baseOffset: index * 10, endOffset: index * 10 + 10, sizeInBytes },
    ...{ firstTimestampMs: index * 100, largestTimestampMs: index * 100 + 90 },
  }));
}

describe('coreExtent', () => {
  it('lays out by offset, by bytes and by time', () => {
    const three = strata(5, 0, 20);
    expect([...coreExtent(three, 'offset').from]).toEqual([0, 10, 20]);
    expect([...coreExtent(three, 'bytes').to]).toEqual([5, 5, 25]);
    expect([...coreExtent(three, 'time').to]).toEqual([90, 190, 290]);
  });

  it('never goes back, whatever the timestamps say', () => {
    const time = fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(time, time)), (times) => {
        const some = times.map(([firstTimestampMs, largestTimestampMs], index) => ({
          ...{ baseOffset: index, endOffset: index + 1, sizeInBytes: 1 },
          ...{ firstTimestampMs, largestTimestampMs },
        }));
        const { from, to } = coreExtent(some, 'time');
        for (let index = 0; index < from.length; index++) {
          expect(to[index]).toBeGreaterThanOrEqual(from[index]!);
          if (index > 0) expect(from[index]).toBeGreaterThanOrEqual(to[index - 1]!);
        }
      }),
    );
  });
});

describe('coreMarks', () => {
  it('gives each stratum its own mark where there is room', () => {
    const extent = coreExtent(strata(1, 1, 2), 'bytes');
    expect(coreMarks(extent, wholeWindow(extent), 400)).toEqual([
      { x: 0, width: 100, first: 0, last: 0 },
      { x: 100, width: 100, first: 1, last: 1 },
      { x: 200, width: 200, first: 2, last: 2 },
    ]);
  });

  it('merges what is narrower than a pixel, and leaves nothing out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 400 }), (sizes) => {
        const extent = coreExtent(strata(...sizes), 'bytes');
        const marks = coreMarks(extent, wholeWindow(extent), 60);
        let next = marks[0]?.first ?? 0;
        for (const { first, last } of marks) {
          expect(first).toBe(next);
          next = last + 1;
        }
        expect(marks.length).toBeLessThanOrEqual(122);
      }),
    );
  });
});

describe('stratumAt', () => {
  it('finds the stratum of a place, and none in a gap or beside the log', () => {
    const extent = coreExtent(strata(1, 1, 1), 'time');
    expect([50, 95, 100, 289, 290, -1].map((place) => stratumAt(extent, place))).toEqual([
      ...[0, null, 1, 2, null, null],
    ]);
  });
});

describe('strataBetween', () => {
  it('takes every stratum that a range touches, in either direction', () => {
    const extent = coreExtent(strata(10, 10, 10, 10), 'bytes');
    expect(strataBetween(extent, 25, 12)).toEqual({ first: 1, last: 2 });
    expect(strataBetween(extent, 100, 200)).toBeNull();
  });
});

describe('zoomed', () => {
  it('keeps the place under the pointer where it is, and stays inside the log', () => {
    const extent = coreExtent(strata(...Array(100).fill(1_000)), 'bytes');
    const window = zoomed(extent, wholeWindow(extent), 25_000, 0.5);
    expect(window).toEqual({ from: 12_500, to: 62_500 });
    expect(zoomed(extent, window, 60_000, 100)).toEqual(wholeWindow(extent));
  });
});

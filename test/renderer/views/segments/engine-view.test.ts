/** What the page says of a program that writes with the engine. */
import { describe, expect, it } from 'vitest';
import { latencyText, ratesOf, writerState } from '../../../../renderer/views/segments/engine-view';
import type { EngineMetrics, EngineWriter } from '../../../../shared/engine-writer';

const NOW_MS = 1_700_000_000_000;

function metrics(part: Partial<EngineMetrics> = {}, counts: Partial<EngineMetrics['metrics']> = {}) {
  return {
    ...{
      schema: 'strata.metrics/1',
      processId: 42,
      hostName: 'here',
      openedAtMs: NOW_MS - 60_000,
      writtenAtMs: NOW_MS,
    },
    ...{ intervalMs: 1000, isClosed: false, logStartOffset: 0, logEndOffset: 0, slowAppendMs: 100, ...part },
    metrics: { appendCount: 0, recordCount: 0, appendedBytes: 0, ...counts },
  } as EngineMetrics;
}

const writer = (part: Partial<EngineWriter>): EngineWriter => ({
  ...{ state: 'open', metrics: null, flaw: null, readAtMs: NOW_MS + 500, ...part },
});

describe('writerState', () => {
  it('names the process that has the log open', () => {
    expect(writerState(writer({ metrics: metrics() }))).toMatchObject({ title: 'open', tone: 'good' });
    expect(writerState(writer({ metrics: metrics() })).text).toMatch(
      /^Process 42 has the log open since [^.]*\.$/,
    );
  });

  it('does not take old counters for new ones', () => {
    const late = writerState(writer({ metrics: metrics(), readAtMs: NOW_MS + 20_000 }));
    expect(late.text).toContain('Its counters are 20 s old, though it writes them every 1 s');
    const earlier = writerState(writer({ metrics: metrics({ isClosed: true }) }));
    expect(earlier.text).toContain('leaves no counters. Those below are of an earlier one');
  });

  it('tells the end of a program that closed the log from one that did not', () => {
    const closed = writerState(writer({ state: 'closed', metrics: metrics({ isClosed: true }) }));
    expect(closed.text).toMatch(/^Process 42 closed the log at .*; its counters at the end\.$/);
    const killed = writerState(writer({ state: 'abandoned', metrics: metrics() }));
    expect(killed).toMatchObject({ tone: 'warning', title: 'not closed' });
    expect(killed.text).toContain('Last counters of process 42');
    expect(writerState(writer({ state: 'unknown' })).text).toContain('cannot be told');
  });
});

describe('ratesOf', () => {
  const before = writer({ metrics: metrics({}, { appendCount: 10, recordCount: 100, appendedBytes: 1000 }) });
  const later = (part: Partial<EngineMetrics>) =>
    metrics(
      { writtenAtMs: NOW_MS + 2000, ...part },
      { appendCount: 14, recordCount: 300, appendedBytes: 5000 },
    );

  it('is what came in between, by the second', () => {
    expect(ratesOf(writer({ metrics: later({}) }), before)).toEqual({
      appends: 2,
      records: 100,
      bytes: 2000,
    });
  });

  it('is nothing without two readings of a writer at work', () => {
    expect(ratesOf(before, null)).toBeNull();
    expect(ratesOf(before, before)).toBeNull();
    expect(ratesOf(writer({ metrics: later({ processId: 43 }) }), before)).toBeNull();
    expect(ratesOf(writer({ metrics: later({ isClosed: true }) }), before)).toBeNull();
    expect(ratesOf(writer({ state: 'abandoned', metrics: later({}) }), before)).toBeNull();
  });
});

describe('latencyText', () => {
  it('has a unit for every size', () => {
    expect([0.001, 0.4, 2.56, 41, 1500].map(latencyText)).toEqual([
      '1 µs',
      '0.4 ms',
      '2.6 ms',
      '41 ms',
      '1.5 s',
    ]);
  });
});

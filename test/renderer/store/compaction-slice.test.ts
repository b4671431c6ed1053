/** Compaction on the screen: the records of a key are read page by page, with one progress over all of them. */
import { expect, it } from 'vitest';
import type { CompactionFacts } from '../../../shared/compaction';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const KEY = { keyText: 'a', keySizeInBytes: 1 };
const STATE = {
  segments: [
    { baseOffset: 0, sizeInBytes: 1000 },
    { baseOffset: 10, sizeInBytes: 500 },
  ],
  logEndOffset: 20,
};

it('tells how far the records of a key were read over all pages, never back, and whose they are meanwhile', async () => {
  const seen: unknown[] = [];
  const row = (offset: number) => ({ offset, isControl: false, ...KEY });
  const { store } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'log.problems': () => ({ generation: 0, total: 0, isComplete: false, rows: [] }),
    'log.search': async ({ fromOffset }, _signal, onProgress) => {
      const { tasks, tracedKey, tracedRecords } = store.getState();
      seen.push([fromOffset, tasks.at(-1)?.progress, tracedKey, tracedRecords]);
      // Of the second page, whose records were larger than most.
      if (fromOffset === 5) onProgress?.({ bytesDone: 1400, bytesTotal: 1500 });
      const nextOffset = { 0: 5, 5: 15 }[Number(fromOffset)] ?? null;
      return { rows: [row(Number(fromOffset))], recordsDone: 1, nextOffset, slowOffset: null };
    },
  });
  await store.getState().start();
  await quiet();
  store.setState({ compactionFacts: { state: STATE } as CompactionFacts });
  await store.getState().traceKey(KEY);
  expect(seen).toEqual([
    [0, null, KEY, null],
    [5, { done: 500, total: 1500 }, KEY, null],
    [15, { done: 1400, total: 1500 }, KEY, null],
  ]);
  expect(store.getState().tracedRecords).toMatchObject({ key: KEY, total: 3 });
});

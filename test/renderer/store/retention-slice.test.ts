/** Retention on the screen: the records whose timestamps are of the future are looked for, as far as they can be there. */
import { expect, it } from 'vitest';
import { DIRECTORY, quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const SEGMENT_COUNT = 2_000;
/** Before any of the segments' times, which the store's clock is, too. */
const MADE_AT_MS = 0;

/** On the Retention screen of a log whose segments are all of the future; the first by the time of its file. */
async function storeOnRetentionScreen(answers: Parameters<typeof storeWith>[0] = {}) {
  const asked: number[] = [];
  const segments = Array.from({ length: SEGMENT_COUNT }, (_, baseOffset) => ({
    ...{ baseOffset, sizeInBytes: 10, largestTimestampMs: 1_000 + baseOffset },
    largestTimestampSource: baseOffset === 0 ? 'modification-time' : 'time-index',
  }));
  const { store } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'log.problems': () => ({ generation: 0, total: 0, isComplete: false, rows: [] }),
    'log.runs': () => [],
    'log.retentionFacts': () => ({ segments, logStartOffset: 0, logEndOffset: SEGMENT_COUNT }),
    'log.records': ({ onlySegment }) => {
      asked.push(Number(onlySegment));
      return { rows: [] };
    },
    ...answers,
  });
  await store.getState().start();
  store.getState().showScreen('retention');
  await quiet();
  await quiet();
  return { store, asked };
}

it('asks for the records of the five oldest segments with a timestamp of the future', async () => {
  const { store, asked } = await storeOnRetentionScreen();
  expect(asked).toEqual([1, 2, 3, 4, 5]);
  expect(store.getState()).toMatchObject({ retentionState: 'ready', retentionError: null });
});

it('asks a saved report for no records, which it does not have', async () => {
  const savedReport = { madeAtMs: MADE_AT_MS, depth: 'headers' };
  const directory = { ...DIRECTORY, savedReport };
  const { store, asked } = await storeOnRetentionScreen({
    'app.start': () => ({ version: '1', theme: 'light', recent: [], directory, openError: null }),
  });
  expect(store.getState()).toMatchObject({ retentionState: 'ready', retentionError: null });
  expect(asked).toEqual([]);
});

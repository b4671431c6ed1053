/**
 * What else a thread is asked for while it scans bytes that are always there already.
 * What a scan finds: kafka-fixtures.test.ts.
 */
import { setImmediate as phase } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadableFile } from '../../../../electron/engine/file-system';
import { type SegmentVisitor, scanSegment } from '../../../../electron/engine/inspect/scan-segment';
import { BATCH_SIZE, batches } from '../../../support/one-record-log';

/** As large as the first two pieces that are read of a segment. */
const BATCH_COUNT = Math.floor((320 * 1024) / BATCH_SIZE);
const bytes = batches(0, BATCH_COUNT);
const file: ReadableFile = {
  read: async (target, position) => bytes.copy(target, 0, position),
  status: async () => ({ kind: 'file', sizeInBytes: bytes.length, modifiedAtMs: 0, inode: 1 }),
  close: async () => {},
};

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => vi.restoreAllMocks());

/** @param onBatch Called with how many batches there were, this one included */
async function scanned(onBatch: (count: number) => void, signal?: AbortSignal): Promise<void> {
  let count = 0;
  const visitor: SegmentVisitor = {
    batch() {
      onBatch(++count);
      return true;
    },
    damage: () => expect.fail('the bytes are sound'),
  };
  const scan = { file, fileName: '0.log', sizeInBytes: bytes.length, baseOffset: 0, needsBytes: true };
  await scanSegment({ ...scan, signal }, visitor);
}

describe('scanSegment', () => {
  it('lets others have their turn before it comes to the end', async () => {
    let count = 0;
    let countAtTurn: number | null = null;
    const turn = phase().then(() => {
      countAtTurn = count;
    });
    await scanned((now) => {
      count = now;
      nowMs += 0.01;
    });
    await turn;
    expect(count).toBe(BATCH_COUNT);
    expect(countAtTurn).toBeLessThan(BATCH_COUNT / 2);
  });

  it('ends soon after it was cancelled, with nothing more to be read', async () => {
    const abort = new AbortController();
    let count = 0;
    const scanning = scanned((now) => {
      count = now;
      if (count === Math.floor(BATCH_COUNT / 4)) abort.abort(new Error('enough'));
    }, abort.signal);
    await expect(scanning).rejects.toThrow('enough');
    expect(count).toBeLessThan(BATCH_COUNT / 2);
  });
});

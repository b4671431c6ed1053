/** A cleaning on a slow disk: what is read meanwhile must not come to stand where a copy is still written from. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../../../electron/engine/clock';
import { writeCleaned } from '../../../../electron/engine/log/write-cleaned';
import { WorkSlices } from '../../../../electron/engine/work-slices';
import { putKeyedLog } from '../../../support/keyed-log';
import { MemFileSystem } from '../../../support/mem-file-system';

const LOG = '/logs/keyed-0';
const FIRST = `${LOG}/00000000000000000000.log`;
/** Some pieces of a reader, whose buffers are used again. */
const SIZE = 14 * 1024 * 1024;
const VALUE = 'v'.repeat(8 * 1024);

it('keeps what it read until it is written, however long that takes', async () => {
  const fs = new MemFileSystem();
  const records = Array.from({ length: SIZE / VALUE.length }, (_, index) => ({
    key: `key-${index}`,
    value: VALUE,
  }));
  const segments = putKeyedLog(fs, LOG, [records, [{ key: 'last', value: '1' }]]);
  let slowCount = 0;
  fs.before = async ({ kind, path }) => {
    if (kind !== 'write' || !path.endsWith('.log.cleaned')) return;
    slowCount++;
    await wait(20);
  };
  await writeCleaned(fs, {
    directory: LOG,
    segments,
    task: {
      firstDirtyOffset: 0,
      endOffset: records.length,
      highWatermark: records.length + 1,
      nowMs: 1_800_000_000_000,
      deleteRetentionMs: 1000,
      segmentBytes: 2 * SIZE,
      segmentIndexBytes: 1024 * 1024,
      dedupeBufferBytes: 1024 * 1024,
      producers: new Map(),
      aborted: [],
    },
    indexIntervalBytes: 4096,
    slices: new WorkSlices(systemClock),
  });
  expect(slowCount).toBeGreaterThan(2);
  expect(fs.contentOf(`${FIRST}.cleaned`)!.equals(fs.contentOf(FIRST)!)).toBe(true);
});

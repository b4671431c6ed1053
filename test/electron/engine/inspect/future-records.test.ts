/** Records with timestamps of the future, in logs that Kafka wrote. */
import { basename } from 'node:path';
import { expect, it, vi } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readFutureRecords } from '../../../../electron/engine/inspect/future-records';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

it('reads no segment but the one whose record it looks for', async () => {
  const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;
  const open = vi.spyOn(fs, 'openForReading');
  const wrong = { largestTimestampMs: 4_000_000_000_000, largestTimestampSource: 'time-index' } as const;
  const segments = [{ baseOffset: 0, sizeInBytes: 1, ...wrong }];
  const options = { nowMs: 2_000_000_000_000, signal: new AbortController().signal };
  try {
    expect(await readFutureRecords(fs, directory.path, segments, options)).toEqual(new Map());
    const opened = open.mock.calls.map(([path]) => basename(path)).filter((name) => name.endsWith('.log'));
    expect(opened.at(-1)).toBe('00000000000000000000.log');
  } finally {
    open.mockRestore();
  }
});

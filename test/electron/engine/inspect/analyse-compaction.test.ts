/** The reading side of an analysis: its progress, and that a cancel stops it. */
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { readCompactionPlan } from '../../../../electron/engine/inspect/compaction-inputs';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;

async function analyse(onProgress: (bytesDone: number, bytesTotal: number) => void, signal?: AbortSignal) {
  return readCompactionPlan(fs, directory, {
    policies: await readDirectoryPolicies(fs, directory.path, null),
    broker: await readBrokerState(fs, directory.path),
    ...{ given: new Map(), nowMs: 1_800_000_000_000, signal },
    onProgress: ({ bytesDone, bytesTotal }) => onProgress(bytesDone, bytesTotal),
  });
}

describe('analyseCompaction', () => {
  it('counts the bytes of both passes, never backwards, up to the total', async () => {
    const done: number[] = [];
    let total = 0;
    const { shown } = await analyse((bytesDone, bytesTotal) => {
      done.push(bytesDone);
      total = bytesTotal;
    });
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect([done.at(-1), total]).toEqual([2 * shown.cleanableBytes, 2 * shown.cleanableBytes]);
  });

  it('stops where it is cancelled, and reads no further', async () => {
    const controller = new AbortController();
    let callsAfter = 0;
    const analysis = analyse(() => {
      if (controller.signal.aborted) callsAfter++;
      controller.abort(new Error('enough'));
    }, controller.signal);
    await expect(analysis).rejects.toThrow('enough');
    // The piece that was being read may still report its end.
    expect(callsAfter).toBeLessThanOrEqual(1);
  });
});

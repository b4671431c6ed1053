/** The reading side of an analysis: its progress, and that a cancel stops it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { RECORD_BATCH_HEADER_SIZE } from '../../../../electron/engine/format/record-batch';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { readCompactionPlan } from '../../../../electron/engine/inspect/compaction-inputs';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;

async function analyse(
  onProgress: (bytesDone: number, bytesTotal: number) => void,
  signal?: AbortSignal,
  log = directory,
) {
  return readCompactionPlan(fs, log, {
    policies: await readDirectoryPolicies(fs, log.path, null),
    broker: await readBrokerState(fs, log.path),
    ...{ given: new Map([['cleanup.policy', 'compact']]), nowMs: 1_800_000_000_000, signal },
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

  it('names file and position of a batch that cannot be read', async () => {
    const root = await mkdtemp(join(tmpdir(), 'strata-test-'));
    try {
      const path = join(root, basename(directory.path));
      await cp(directory.path, path, { recursive: true });
      const file = '00000000000000000000.log';
      const bytes = await readFile(join(path, file));
      bytes[RECORD_BATCH_HEADER_SIZE]! ^= 0x7f; // length of the first record
      await writeFile(join(path, file), bytes);
      const { shown } = await analyse(() => {}, undefined, { ...directory, path });
      expect(shown.refusal).toContain(`${file} is damaged at byte 0: `);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

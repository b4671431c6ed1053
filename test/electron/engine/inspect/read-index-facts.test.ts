/** Index files and batches of logs that Kafka wrote; what Kafka's rule gives, against the indexes that Kafka wrote. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import type { LogDirectory } from '../../../../electron/engine/inspect/list-logs';
import { type IndexFactsRead, readIndexFacts } from '../../../../electron/engine/inspect/read-index-facts';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import { plannedIndexes } from '../../../../shared/plan/index-columns';
import { segmentColumns } from '../../../../shared/plan/segment-columns';
import { settingNumber } from '../../../../shared/plan/topic-settings';
import { type KafkaFixture, kafkaFixtures } from '../../../support/kafka-fixtures';

const FIXTURES = kafkaFixtures();

async function factsOf(directory: LogDirectory, batchCountMax = 1_000_000): Promise<IndexFactsRead> {
  const policies = await readDirectoryPolicies(fs, directory.path, null);
  return readIndexFacts(fs, directory, { policies, batchCountMax });
}

/** As Kafka wrote it: a closed segment's file has entries only. */
function entriesOnDisk({ directory }: KafkaFixture, baseOffset: number, suffix: 'index' | 'timeindex') {
  const name = `${String(baseOffset).padStart(20, '0')}.${suffix}`;
  const bytes = readFileSync(join(directory.path, name));
  const size = suffix === 'index' ? 8 : 12;
  return Array.from({ length: bytes.length / size }, (_, slot) =>
    suffix === 'index'
      ? [bytes.readInt32BE(slot * size), bytes.readInt32BE(slot * size + 4)]
      : [Number(bytes.readBigInt64BE(slot * size)), bytes.readInt32BE(slot * size + 8)],
  );
}

const pairs = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (first, index) => [first, b[index]!]);

let folder: string | null = null;
afterEach(async () => {
  if (folder !== null) await rm(folder, { recursive: true });
  folder = null;
});

describe('plannedIndexes', () => {
  // Before 4.1 one append got one entry at most. In formats 0 and 1 an append held several uncompressed messages, each a
  // batch of its own; in format 2 an append was one batch, as producers send them.
  const inFormat2 = FIXTURES.filter(
    ({ path, segments }) =>
      path.startsWith('data-directory/') &&
      segments.every(({ batches }) => batches.every(({ magic }) => magic === 2)),
  );

  it('gives every entry that Kafka wrote for the interval of the topic', async () => {
    let [segmentCount, entryCount] = [0, 0];
    for (const fixture of inFormat2) {
      const facts = await factsOf(fixture.directory);
      // Kafka 2.8.2 keeps its settings in ZooKeeper.
      const own = fixture.config?.['index.interval.bytes'];
      const interval = Number(own ?? settingNumber(facts.settings['index.interval.bytes']));
      for (const segment of facts.segments.filter(({ isActive }) => !isActive)) {
        const { offsets, times } = plannedIndexes(segmentColumns(facts, segment)!.batches, interval);
        const at = `${fixture.id} ${segment.baseOffset}`;
        const written = entriesOnDisk(fixture, segment.baseOffset, 'index');
        expect([at, pairs(offsets.relativeOffsets, offsets.positions)]).toEqual([at, written]);
        const timesWritten = entriesOnDisk(fixture, segment.baseOffset, 'timeindex');
        expect([at, ...times.timestampsMs]).toEqual([at, ...timesWritten.map(([timestamp]) => timestamp)]);
        // Kafka 2.8 named the record with the timestamp, later ones the last record of its batch.
        const isOfBatch = !fixture.id.startsWith('2.');
        const timeOffsets = timesWritten.map(([, offset]) => offset);
        if (isOfBatch) expect([at, ...times.relativeOffsets]).toEqual([at, ...timeOffsets]);
        segmentCount++;
        entryCount += written.length;
      }
    }
    expect([segmentCount, entryCount]).toEqual([126, 213]);
  });
});

describe('readIndexFacts', () => {
  const fixture = FIXTURES.find(({ id }) => id === '4.4.0/data-directory/codec-none-0')!;

  it('has the batches that DumpLogSegments saw, and the entries of each file', async () => {
    const facts = await factsOf(fixture.directory);
    expect(facts.settings['index.interval.bytes']).toEqual({ value: '300', source: 'metadata-topic' });
    for (const [index, segment] of facts.segments.entries()) {
      const { batches, indexes } = segmentColumns(facts, segment)!;
      const dumped = fixture.segments[index]!.batches;
      expect([...batches.positions]).toEqual(dumped.map(({ position }) => position));
      expect([...batches.lastOffsets]).toEqual(
        dumped.map(({ lastOffset }) => lastOffset - segment.baseOffset),
      );
      expect([...batches.recordCounts]).toEqual(dumped.map(({ offsets }) => offsets.length));
      expect([...batches.maxTimestampsMs]).toEqual(dumped.map(({ maxTimestamp }) => maxTimestamp));
      expect(indexes.offsets.positions).toHaveLength(segment.offsetIndex!.entryCount);
      expect(segment.offsetIndex!.zeroTailBytes).toBe(0);
    }
  });

  it('tells the zeros behind the entries of an index that is preallocated', async () => {
    const killed = FIXTURES.find(({ id }) => id === '4.4.0/killed/codec-none-0')!;
    const active = (await factsOf(killed.directory)).segments.at(-1)!;
    expect(active.offsetIndex!.sizeInBytes).toBe(4096);
    expect(active.offsetIndex!.zeroTailBytes).toBe(4096 - active.offsetIndex!.entryCount * 8);
    expect(active.timeIndex!.zeroTailBytes).toBe(4092 - active.timeIndex!.entryCount * 12);
  });

  it('has no rows for the oldest segments where there is no room, nor for damaged ones', async () => {
    const last = fixture.segments.at(-1)!.batchCount;
    const before = fixture.segments.at(-2)!.batchCount;
    const facts = await factsOf(fixture.directory, last + before + 1);
    expect(facts.segments.map(({ rows }) => rows !== null)).toEqual([false, false, false, true, true]);
    expect(facts.segments.every(({ offsetIndex }) => offsetIndex !== null)).toBe(true);
    expect(facts.batches.positions).toHaveLength(last + before);

    folder = await mkdtemp(join(tmpdir(), 'strata-index-facts-'));
    const path = join(folder, 'codec-none-0');
    await cp(fixture.directory.path, path, { recursive: true });
    const name = (index: number) => String(fixture.segments[index]!.baseOffset).padStart(20, '0');
    await truncate(join(path, `${name(1)}.log`), fixture.segments[1]!.sizeInBytes - 5);
    await rm(join(path, `${name(2)}.index`));
    await writeFile(join(path, `${name(3)}.txnindex`), Buffer.alloc(34));
    const { segments } = await factsOf({ ...fixture.directory, path });
    expect(segments.map(({ rows }) => rows !== null)).toEqual([true, false, true, true, true]);
    expect(segments[2]!.offsetIndex).toBeNull();
    expect(segments[3]!.transactionIndex).toEqual({ entryCount: 1, sizeInBytes: 34 });
  });
});

/** Pages, transactions, searches and batch anatomies, on logs that Kafka wrote. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readBatchAnatomy } from '../../../../electron/engine/inspect/batch-anatomy';
import { readTransactions } from '../../../../electron/engine/inspect/read-transactions';
import { readRecordPage } from '../../../../electron/engine/inspect/record-page';
import {
  patternFlaw,
  type RecordPattern,
  searchRecords,
} from '../../../../electron/engine/inspect/search-records';
import { fixtureInMemory } from '../../../support/fixture-in-memory';
import { type KafkaFixture, kafkaFixtures } from '../../../support/kafka-fixtures';

const fixtures = kafkaFixtures();
const contentBytesMax = 1024 * 1024;

function fixture(id: string): KafkaFixture {
  return fixtures.find((one) => one.id.endsWith(id))!;
}

describe('readRecordPage', () => {
  it.each(
    fixtures
      .filter(({ committedOffsets }) => committedOffsets !== undefined)
      .map((one) => [one.id, one] as const),
  )(
    'marks as committed what a read_committed consumer was given: %s',
    async (_id, { directory, logStartOffset, lastStableOffset, committedOffsets }) => {
      const { rows } = await readRecordPage(fs, directory, { limit: 10_000, contentBytesMax });
      const committed = rows.filter(
        ({ isControl, transactionState, offset }) =>
          !isControl &&
          transactionState !== 'aborted' &&
          offset < lastStableOffset! &&
          offset >= logStartOffset!,
      );
      expect(committed.map(({ offset }) => offset)).toEqual(committedOffsets);
    },
  );

  it('looks for a time in the one segment that it is asked for', async () => {
    const { directory, segments } = fixture('data-directory/codec-zstd-0');
    const onlySegment = segments[0]!.baseOffset;
    const first = { onlySegment, limit: 1, contentBytesMax };
    const { rows } = await readRecordPage(fs, directory, { ...first, fromTimestampMs: 0 });
    expect(rows.map(({ offset }) => offset)).toEqual([onlySegment]);
    const { timestampMs } = (
      await readRecordPage(fs, directory, { fromOffset: segments[1]!.baseOffset, limit: 1, contentBytesMax })
    ).rows[0]!;
    const found = await readRecordPage(fs, directory, { ...first, fromTimestampMs: timestampMs });
    expect(found.rows).toEqual([]);
  });

  it('pages without a hole or a repetition', async () => {
    const { directory, recordCount } = fixture('data-directory/codec-zstd-0');
    const offsets: number[] = [];
    for (let fromOffset: number | null = 0; fromOffset !== null; ) {
      const page = await readRecordPage(fs, directory, { fromOffset, limit: 7, contentBytesMax });
      offsets.push(...page.rows.map(({ offset }) => offset));
      fromOffset = page.nextOffset;
    }
    expect(offsets).toEqual(Array.from({ length: recordCount.total }, (_, index) => index));
  });

  it('cuts long contents between characters and keeps their sizes', async () => {
    const { directory } = fixture('data-directory/codec-none-0');
    const { rows } = await readRecordPage(fs, directory, { fromOffset: 2, limit: 1, contentBytesMax: 7 });
    expect(rows[0]).toMatchObject({ valueText: 'value 2', valueSizeInBytes: 60 });
  });
});

describe('readTransactions', () => {
  it('ends where the consumers see the last stable offset', async () => {
    for (const { directory, lastStableOffset, logEndOffset } of fixtures) {
      if (lastStableOffset === undefined) continue;
      const { firstOpenOffset } = await readTransactions(fs, directory.path, {});
      expect(firstOpenOffset ?? logEndOffset).toBe(lastStableOffset);
    }
  });
});

describe('searchRecords', () => {
  const search = async (pattern: RecordPattern, limit = 100) => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    return searchRecords(fs, directory, { pattern, limit, contentBytesMax });
  };

  it.each<[string, RecordPattern, number[]]>([
    ['text', { kind: 'text', pattern: 'VALUE 12 ', isCaseSensitive: false, places: ['value'] }, [12]],
    [
      'text of the same case',
      { kind: 'text', pattern: 'VALUE 12 ', isCaseSensitive: true, places: ['value'] },
      [],
    ],
    [
      'bytes',
      { kind: 'bytes', pattern: '76 61 6c 75 65 20 38 38', isCaseSensitive: true, places: ['value'] },
      [88],
    ],
    [
      'an expression',
      { kind: 'regex', pattern: '^value 8[68] ', isCaseSensitive: true, places: ['value'] },
      [86, 88],
    ],
    ['a key only', { kind: 'text', pattern: 'value', isCaseSensitive: true, places: ['key'] }, []],
  ])('finds %s', async (_name, pattern, offsets) => {
    const found = await search(pattern);
    expect(found.rows.map(({ offset }) => offset)).toEqual(offsets);
    expect([found.recordsDone, found.nextOffset]).toEqual([90, null]);
  });

  it('looks into headers', async () => {
    const found = await search({
      kind: 'text',
      pattern: 'größe',
      isCaseSensitive: true,
      places: ['headers'],
    });
    expect(found.rows.map(({ offset }) => offset)).toContain(2);
  });

  it('stops at the limit and says where to go on', async () => {
    const found = await search(
      { kind: 'text', pattern: 'value', isCaseSensitive: true, places: ['value'] },
      3,
    );
    expect([found.rows.length, found.nextOffset]).toEqual([3, found.rows[2]!.offset + 1]);
  });

  it('tells its matches on the way, and from where it would go on', async () => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    const ways: unknown[] = [];
    await searchRecords(fs, directory, {
      ...{ pattern: { kind: 'text', pattern: 'value 8 ', isCaseSensitive: true, places: ['value'] } },
      ...{ limit: 100, contentBytesMax },
      onProgress: ({ rows, recordsDone, nextOffset }) =>
        ways.push([rows.map(({ offset }) => offset), recordsDone, nextOffset]),
    });
    // The whole log is one part of the search.
    expect(ways).toEqual([[[8], 90, 90]]);
  });

  it('says that there was something that it could not read', async () => {
    const { fs, log, fixture, paths } = fixtureInMemory('4.4.0/data-directory/codec-gzip-0');
    const pattern = { kind: 'text', pattern: 'value', isCaseSensitive: true, places: ['value'] } as const;
    const search = () => searchRecords(fs, log, { pattern, limit: 100, contentBytesMax });
    expect(await search()).toMatchObject({ recordsDone: 90, hasUnreadable: false });
    const path = paths.find((one) => one.endsWith('.log'))!;
    const bytes = readFileSync(join(fixture.directory.path, basename(path)));
    // In the records of the first batch, behind its header.
    bytes.fill(0xff, 61, 80);
    fs.put(path, bytes);
    const { recordsDone, hasUnreadable } = await search();
    expect([recordsDone < 90, hasUnreadable]).toEqual([true, true]);
  });

  it('lists the files of the log once', async () => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    let listCount = 0;
    const counting: typeof fs = {
      ...fs,
      list(path) {
        listCount++;
        return fs.list(path);
      },
    };
    const pattern = { kind: 'text', pattern: 'value', isCaseSensitive: true, places: ['value'] } as const;
    await searchRecords(counting, directory, { pattern, limit: 100, contentBytesMax });
    expect(listCount).toBe(1);
  });

  it('stops at a record with which an expression comes to no end, keeps what it found, and goes on behind it', async () => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    const recordMsMax = 300;
    const search = (pattern: string, fromOffset: number) =>
      searchRecords(fs, directory, {
        ...{ pattern: { kind: 'regex', pattern, isCaseSensitive: true, places: ['value'] }, fromOffset },
        ...{ limit: 100, contentBytesMax, recordMsMax },
      });
    // Each way to part the letters of the value into groups is tried, but only where it begins with 'value 12'.
    const stopped = await search('^value 8 |^(?=value 12 )(.+)+#$', 0);
    expect(stopped.rows.map(({ offset }) => offset)).toEqual([8]);
    expect(stopped).toMatchObject({ recordsDone: 13, slowOffset: 12, nextOffset: 13 });
    const rest = await search('^value 88 |^(?=value 12 )(.+)+#$', stopped.nextOffset!);
    expect(rest.rows.map(({ offset }) => offset)).toEqual([88]);
    expect(rest).toMatchObject({ recordsDone: 77, slowOffset: null, nextOffset: null });
  });

  it('ends when it is cancelled while an expression comes to no end', async () => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    const controller = new AbortController();
    const { test } = RegExp.prototype;
    const tests = vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, text) {
      if (this.source === '^(.+)+#$') setTimeout(() => controller.abort(new Error('enough')));
      return test.call(this, text);
    });
    const endless = searchRecords(fs, directory, {
      pattern: { kind: 'regex', pattern: '^(.+)+#$', isCaseSensitive: true, places: ['value'] },
      ...{ limit: 100, contentBytesMax, recordMsMax: 300, signal: controller.signal },
    });
    await expect(endless.finally(() => tests.mockRestore())).rejects.toThrow('enough');
  });

  it('lets text and bytes take what time they need', async () => {
    const { directory } = fixture('data-directory/codec-gzip-0');
    const slowly = vi.spyOn(Buffer.prototype, 'includes').mockImplementation(() => {
      for (const until = performance.now() + 5; performance.now() < until; );
      return false;
    });
    const { recordsDone, slowOffset } = await searchRecords(fs, directory, {
      pattern: { kind: 'text', pattern: 'value', isCaseSensitive: true, places: ['value'] },
      ...{ limit: 100, contentBytesMax, recordMsMax: 1 },
    }).finally(() => slowly.mockRestore());
    expect([recordsDone, slowOffset]).toEqual([90, null]);
  });

  it('names a flaw of the pattern', () => {
    const flawOf = (kind: RecordPattern['kind'], pattern: string) =>
      patternFlaw({ kind, pattern, isCaseSensitive: true, places: ['key'] });
    expect(flawOf('regex', '(')).toContain('(');
    expect(flawOf('bytes', 'abc')).not.toBeNull();
    expect([flawOf('bytes', 'ab c0'), flawOf('regex', 'a+'), flawOf('text', '(')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('readBatchAnatomy', () => {
  it.each(fixtures.map((one) => [one.id, one] as const))(
    'names every byte of each batch: %s',
    async (_id, log) => {
      for (const segment of log.segments)
        for (const { position, sizeInBytes, baseOffset, lastOffset, magic } of segment.batches) {
          const place = { baseOffset: segment.baseOffset, position, bytesMax: 64 * contentBytesMax };
          const anatomy = await readBatchAnatomy(fs, log.directory.path, place);
          // A wrapper of formats 0 and 1 carries the offset of its last message.
          const first = magic < 2 ? String(lastOffset) : String(baseOffset);
          expect([anatomy.bytes.length, anatomy.fields[0]!.text]).toEqual([sizeInBytes, first]);
          expect(anatomy.isCut).toBe(false);
          for (const name of ['batch', 'records'] as const) {
            const fields = anatomy.fields.filter((field) => field.in === name);
            const end = fields.reduce((at, field) => {
              expect(field.position).toBe(at);
              return at + field.sizeInBytes;
            }, 0);
            const whole = name === 'records' ? (anatomy.recordBytes?.length ?? 0) : end;
            expect(end).toBe(whole);
          }
        }
    },
  );
});

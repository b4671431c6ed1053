/** Files sorted into segments and kinds. */
import { describe, expect, it } from 'vitest';
import { logUsage } from '../../../electron/workers/log-usage';
import { FILE_KINDS } from '../../../shared/file-kinds';

const file = (offset: number, suffix: string, sizeInBytes: number) => ({
  name: `${String(offset).padStart(20, '0')}.${suffix}`,
  sizeInBytes,
});

/** Kinds that are there, by segment. */
function kinds(files: readonly { name: string; sizeInBytes: number }[], segments: object[] = []) {
  const { baseOffsets, bytes, otherBytes, largestTimestampsMs } = logUsage(files, segments as never);
  const rows = [...baseOffsets].map((baseOffset, index) => {
    const own = FILE_KINDS.map((kind, at) => [kind, bytes[index * FILE_KINDS.length + at]] as const);
    return [baseOffset, Object.fromEntries(own.filter(([, size]) => size! > 0))];
  });
  return { rows, otherBytes, largest: [...largestTimestampsMs] };
}

describe('logUsage', () => {
  it('counts each file once, with its segment and kind', () => {
    const files = [
      ...[file(10, 'log', 100), file(10, 'index', 8), file(10, 'timeindex', 12), file(10, 'txnindex', 34)],
      ...[file(0, 'log', 50), file(10, 'snapshot', 10), file(15, 'snapshot', 11)],
      { name: 'leader-epoch-checkpoint', sizeInBytes: 7 },
    ];
    const segments = [
      { baseOffset: 0, largestTimestampMs: 1_000 },
      { baseOffset: 10, largestTimestampMs: null },
    ];
    expect(kinds(files, segments)).toEqual({
      rows: [
        [0, { log: 50 }],
        [10, { log: 100, index: 8, timeindex: 12, txnindex: 34, snapshot: 21 }],
      ],
      otherBytes: 7,
      largest: [1_000, -1],
    });
  });

  it('knows deleted segments, and puts what has no segment with the rest', () => {
    const files = [
      ...[file(0, 'log.deleted', 50), file(0, 'index.deleted', 8), file(5, 'log', 9)],
      ...[file(99, 'index', 3), file(5, 'log.cleaned', 4), file(5, 'log.swap', 5)],
    ];
    expect(kinds(files)).toMatchObject({
      rows: [
        [0, { deleted: 58 }],
        [5, { log: 9 }],
      ],
      otherBytes: 12,
    });
    expect(kinds([])).toMatchObject({ rows: [], otherBytes: 0 });
  });
});

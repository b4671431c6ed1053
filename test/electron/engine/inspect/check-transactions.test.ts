/** A transaction index against markers: that what is found wrong is told in bounds. Agreement with Kafka is tested on its fixtures. */
import { describe, expect, it } from 'vitest';
import { TransactionChecker } from '../../../../electron/engine/inspect/check-transactions';
import type { SegmentFiles } from '../../../../electron/engine/inspect/log-files';

const ENTRY_SIZE = 34;
const FILE = { name: '00000000000000000000.log' };
const SEGMENT = { baseOffset: 0, log: FILE, txnindex: null } as unknown as SegmentFiles;

/** Entry by entry as TransactionIndex writes them: version, producer id, first, last and last stable offset. */
function index(entryCount: number): Uint8Array {
  const bytes = Buffer.alloc(entryCount * ENTRY_SIZE);
  for (let slot = 0; slot < entryCount; slot++)
    for (const [field, value] of [7, 2 * slot, 2 * slot + 1, 2 * slot + 2].entries())
      bytes.writeBigInt64BE(BigInt(value), slot * ENTRY_SIZE + 2 + field * 8);
  return bytes;
}

describe('TransactionChecker.endSegment', () => {
  it('names the first of 200,000 entries without a marker, and counts those like it', () => {
    const problems = new TransactionChecker().endSegment(SEGMENT, index(200_000));
    expect(problems.map(({ code, message }) => ({ code, message }))).toEqual([
      {
        code: 'transaction-index-misleading',
        message:
          'Entry 0 names an abort marker of producer 7 at offset 1, where there is none. 199999 more entries are like it.',
      },
    ]);
    expect(problems[0]).toMatchObject({
      file: '00000000000000000000.txnindex',
      position: 0,
      sizeInBytes: 34,
    });
  });
});

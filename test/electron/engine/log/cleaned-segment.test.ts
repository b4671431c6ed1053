/** What stands in the file of a cleaned segment, whichever way its batches come: in long rows, in short ones, made anew. */
import { describe, expect, it } from 'vitest';
import { CleanedSegment } from '../../../../electron/engine/log/cleaned-segment';
import { parsePiece } from '../../../../electron/engine/log/log-batch';
import { keyedBatch } from '../../../support/keyed-log';
import { MemFileSystem } from '../../../support/mem-file-system';
import { seededRandom } from '../../../support/seeded-random';

const DIRECTORY = '/logs/keyed-0';
const PATH = `${DIRECTORY}/00000000000000000000.log.cleaned`;
const MIB = 1024 * 1024;
const VALUE = 'v'.repeat(60);

/** Batches of one record that fill a piece of a file, as a reader hands them out. */
function pieceFrom(firstOffset: number, sizeInBytes: number) {
  const size = keyedBatch(0, { key: 'key', value: VALUE }).length;
  const count = Math.floor(sizeInBytes / size);
  const bytes = Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      keyedBatch(firstOffset + index, { key: 'key', value: VALUE }),
    ),
  );
  return { bytes, batches: parsePiece(bytes, 0, bytes.length).batches };
}

describe('CleanedSegment', () => {
  it('holds the batches in their order, though their memory is used again once it is released', async () => {
    const fs = new MemFileSystem();
    fs.makeDirectory(DIRECTORY);
    const random = seededRandom(1);
    const place = { baseOffset: 0, indexIntervalBytes: 4096 };
    const segment = await CleanedSegment.create(fs, DIRECTORY, place);
    const expected: Buffer[] = [];
    let next = 0;
    // Of each piece the share that stays, and how many of those in a row.
    for (const [share, rowLength] of [
      [1, 1e9],
      [0.5, 10],
      [0.9, 12_000],
      [0, 1],
      [0.01, 1],
      [1, 7000],
    ] as const) {
      const { bytes, batches } = pieceFrom(next, 3 * MIB);
      next += batches.length;
      let stays = true;
      for (const [index, { header, bytes: whole }] of batches.entries()) {
        if (index % rowLength === 0) stays = random() < share;
        if (!stays) continue;
        const isAnew = random() < 0.0002;
        const left = isAnew ? new Uint8Array(whole) : whole;
        expected.push(Buffer.from(left));
        segment.add(header, { bytes: left, sizeInBytes: left.length, aborted: null, deleteHorizonMs: null });
      }
      await segment.flush();
      await segment.released;
      bytes.fill(0xee);
    }
    const sizeInBytes = await segment.finishLog();
    await segment.finish(1_700_000_000_000);
    await segment.synced;
    await segment.close();
    const whole = Buffer.concat(expected);
    expect(sizeInBytes).toBe(whole.length);
    expect(whole.equals(fs.contentOf(PATH)!)).toBe(true);
    expect(fs.openCount).toBe(0);
  });

  it('tells with the next flush, and not before, that a write has failed', async () => {
    const fs = new MemFileSystem();
    fs.makeDirectory(DIRECTORY);
    const segment = await CleanedSegment.create(fs, DIRECTORY, { baseOffset: 0, indexIntervalBytes: 4096 });
    fs.before = ({ kind }) => {
      if (kind === 'write') throw new Error('no space');
    };
    const { batches } = pieceFrom(0, 2 * MIB);
    for (const { header, bytes } of batches)
      segment.add(header, { bytes, sizeInBytes: bytes.length, aborted: null, deleteHorizonMs: null });
    await segment.flush();
    await segment.released;
    await expect(segment.finishLog()).rejects.toThrow('no space');
    await segment.close();
  });
});

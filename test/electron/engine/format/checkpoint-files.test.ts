/** Text checkpoints as a broker reads them: what it takes for an entry, and what it refuses. */
import { describe, expect, it } from 'vitest';
import {
  encodeLeaderEpochs,
  readLeaderEpochs,
  readOffsetCheckpoint,
} from '../../../../electron/engine/format/checkpoint-files';

describe('readLeaderEpochs', () => {
  it('reads what is written', () => {
    const epochs = [
      { epoch: 0, startOffset: 0 },
      { epoch: 4, startOffset: 120 },
    ];
    expect(readLeaderEpochs(Buffer.from(encodeLeaderEpochs(epochs)).toString())).toEqual(epochs);
  });

  it.each([
    ['white space between fields and behind them', '0\n1\n4 \t 120 \n', [{ epoch: 4, startOffset: 120 }]],
    ['an empty file', '', []],
  ])('takes %s as a broker does', (_, text, epochs) => {
    expect(readLeaderEpochs(text)).toEqual(epochs);
  });

  it.each([
    ['a line that ends behind its first number', '0\n1\n4 '],
    ['white space in front', '0\n1\n 4 120\n'],
    ['a number that is none', '0\n1\n4 0x78\n'],
    ['a count that is cut off', '0\n'],
    ['an entry too few', '0\n2\n4 120\n'],
  ])('refuses %s', (_, text) => {
    expect(readLeaderEpochs(text)).toEqual(expect.any(String));
  });
});

describe('readOffsetCheckpoint', () => {
  it('refuses an entry that lost its offset', () => {
    expect(readOffsetCheckpoint('0\n1\norders 0 17\n')).toEqual([
      { topic: 'orders', partition: 0, offset: 17 },
    ]);
    expect(readOffsetCheckpoint('0\n1\norders 0 \n')).toEqual(expect.any(String));
  });
});

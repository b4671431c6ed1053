/** Framings of snappy that Kafka's fixtures do not have: none, several streams, cut ones. */
import { describe, expect, it } from 'vitest';
import { compress, decompress } from '../../../../electron/engine/format/codec';

/** Longer than a block. */
const LONG = Buffer.from('a line of some text, and another one\n'.repeat(3000));

describe('decompress', () => {
  it('reads snappy with and without framing, and says where a frame ends', () => {
    const framed = compress('snappy', LONG);
    const one = compress('snappy', LONG.subarray(0, 1000));
    const again = decompress('snappy', Buffer.concat([one, one]), { magic: 2 });
    expect(again).toEqual(Buffer.concat([LONG.subarray(0, 1000), LONG.subarray(0, 1000)]));
    expect(decompress('snappy', one.subarray(20), { magic: 2 })).toEqual(LONG.subarray(0, 1000));
    for (const [end, message] of [
      [-1, 'the snappy stream ends inside a block'],
      [18 - framed.length, 'the snappy stream ends inside a block length'],
    ] as const)
      expect(decompress('snappy', framed.subarray(0, end), { magic: 2 })).toMatchObject({
        reason: 'corrupt',
        message,
      });
    // A length above 2^31 is a length.
    const huge = Buffer.from(one);
    huge.writeUInt32BE(0xf0000000, 16);
    expect(decompress('snappy', huge, { magic: 2 })).toMatchObject({ reason: 'corrupt' });
  });
});

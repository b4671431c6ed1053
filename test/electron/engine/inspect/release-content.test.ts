/** Content of each codec is freed as a whole or stays as it is. */
import { describe, expect, it } from 'vitest';
import { compress, decompress } from '../../../../electron/engine/format/codec';
import { CODECS, type Codec } from '../../../../electron/engine/format/record-batch';
import { releaseContent } from '../../../../electron/engine/inspect/release-content';

/** Longer than a block of snappy and one of LZ4. */
const LONG = Buffer.from('a line of some text, and another one\n'.repeat(3000));

function contentOf(codec: Codec, bytes: Uint8Array): Uint8Array {
  const content = decompress(codec, compress(codec, bytes), { magic: 2 });
  if (!(content instanceof Uint8Array)) throw new Error(content.message);
  return content;
}

describe('releaseContent', () => {
  it.each(CODECS)('leaves nothing of %s, or all', (codec) => {
    for (const size of [0, 1, 1000, LONG.length]) {
      const bytes = Buffer.from(LONG.subarray(0, size));
      const content = contentOf(codec, bytes);
      expect(Buffer.compare(content, bytes)).toBe(0);
      releaseContent(codec, content);
      const isFreed = codec === 'snappy' || codec === 'zstd';
      expect(content.length).toBe(isFreed ? 0 : size);
    }
  });

  it('frees no buffer that others look at', () => {
    const shared = Buffer.alloc(100, 7);
    releaseContent('snappy', shared.subarray(10, 20));
    releaseContent('none', shared);
    expect(shared).toEqual(Buffer.alloc(100, 7));
  });
});

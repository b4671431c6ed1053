/** Contents as one line of a list. */
import { describe, expect, it } from 'vitest';
import { previewText } from '../../../renderer/text/content-preview';

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

describe('previewText', () => {
  it('is one line', () => {
    expect(previewText('a\n b\tc', undefined)).toBe('a b c');
    expect(previewText(undefined, base64(0, 255))).toBe('0x00ff');
    expect(previewText('\0\u0001', undefined)).toBe('0x0001');
    expect(previewText('\0\u0001', undefined, 'text')).toBe('\0\u0001');
    expect(previewText(null, undefined)).toBeNull();
  });
});

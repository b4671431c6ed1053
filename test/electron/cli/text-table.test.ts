/** Sizes as the terminal and reports print them. */
import { describe, expect, it } from 'vitest';
import { sizeText } from '../../../electron/cli/text-table';

describe('sizeText', () => {
  it('has one decimal from KiB on, and goes to the next unit before it would say 1024', () => {
    expect([0, 1023, 1024, 1536, 1024 ** 2 - 1, 1024 ** 2, -2048].map(sizeText)).toEqual([
      ...['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '1.0 MiB', '1.0 MiB', '-2.0 KiB'],
    ]);
  });
});

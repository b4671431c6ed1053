/** Numbers as people read them. */
import { describe, expect, it } from 'vitest';
import {
  countText,
  durationText,
  plural,
  sizeText,
  timeText,
  utcText,
} from '../../../renderer/text/quantities';

describe('countText', () => {
  it('groups by thin spaces, and leaves fractions alone', () => {
    expect([0, 999, 1_000, -1_234_567, 1234.5678].map(countText)).toEqual([
      '0',
      '999',
      '1\u2009000',
      '-1\u2009234\u2009567',
      '1\u2009234.5678',
    ]);
  });
});

describe('sizeText', () => {
  it('takes the largest unit below 1024', () => {
    const sizes = [0, 1023, 1024, 1536, 1024 ** 2 - 1, 1024 ** 3, 5 * 1024 ** 4, 3 * 1024 ** 6];
    expect(sizes.map(sizeText)).toEqual([
      '0 B',
      '1\u2009023 B',
      '1.0 KiB',
      '1.5 KiB',
      '1.0 MiB',
      '1.0 GiB',
      '5.0 TiB',
      '3072.0 PiB',
    ]);
  });
});

describe('sizeText of a mean', () => {
  it('has one decimal below a KiB', () => {
    expect([639.333_333, 0.04, 12.96].map(sizeText)).toEqual(['639.3 B', '0 B', '13 B']);
  });
});

describe('durationText', () => {
  it('names the two largest units', () => {
    const day = 86_400_000;
    expect([0, 250, 12_400, 90_000, 11_520_000, 4 * day + 7_200_000, -60_000].map(durationText)).toEqual([
      ...['0 ms', '250 ms', '12 s', '1 min 30 s', '3 h 12 min', '4 d 2 h', '−1 min'],
    ]);
  });
});

describe('timeText', () => {
  it('shows milliseconds only where there are some', () => {
    expect(timeText(1_700_000_000_000)).toMatch(/^2023-11-1\d \d\d:\d\d:\d\d$/);
    expect(timeText(1_700_000_000_007)).toMatch(/:\d\d\.007$/);
  });

  it('shows the digits of what is no date', () => {
    expect(timeText(2 ** 53 - 1)).toBe('9\u2009007\u2009199\u2009254\u2009740\u2009991 ms');
    expect(utcText(2 ** 53 - 1)).toContain('ms');
  });
});

describe('plural', () => {
  it('agrees with the count', () => {
    expect([plural(1, 'match', 'matches'), plural(2, 'match', 'matches'), plural(0, 'record')]).toEqual([
      ...['1 match', '2 matches', '0 records'],
    ]);
  });
});

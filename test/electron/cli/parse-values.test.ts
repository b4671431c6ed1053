/** The values that the command line takes: times, sizes, durations, and what is refused. */
import { describe, expect, it } from 'vitest';
import { parseDuration, parseRatio, parseSize, parseTime } from '../../../electron/cli/parse-values';

describe('parseTime', () => {
  it('takes ms since the epoch and ISO 8601', () => {
    expect(parseTime('now', '1700000000000')).toBe(1_700_000_000_000);
    expect(parseTime('now', '2023-11-14T22:13:20Z')).toBe(1_700_000_000_000);
    expect(parseTime('now', '2023-11-14T23:13:20+01:00')).toBe(1_700_000_000_000);
    expect(parseTime('now', undefined)).toBeUndefined();
  });

  it('never guesses', () => {
    for (const text of ['yesterday', '14.11.2023', '1e12', '2023-13-01', ''])
      expect(() => parseTime('now', text)).toThrow('--now');
  });
});

describe('parseSize and parseDuration', () => {
  it('take units and Kafka’s -1', () => {
    expect(parseSize('retention-bytes', '1.5KiB')).toBe(1536);
    expect(parseSize('retention-bytes', '1GiB')).toBe(1_073_741_824);
    expect(parseSize('retention-bytes', '-1')).toBe(-1);
    expect(parseDuration('retention-ms', '7d')).toBe(604_800_000);
    expect(parseDuration('retention-ms', '250')).toBe(250);
  });

  it('refuse other units', () => {
    for (const text of ['1GB', '5x', '-2', '1 2', ''])
      expect(() => parseSize('retention-bytes', text)).toThrow('--retention-bytes');
    expect(() => parseDuration('retention-ms', '1w')).toThrow('7d');
  });
});

describe('parseRatio', () => {
  it('takes 0 to 1', () => {
    expect(parseRatio('ratio', '.5')).toBe(0.5);
    for (const text of ['1.1', '-0.1', 'half']) expect(() => parseRatio('ratio', text)).toThrow('--ratio');
  });
});

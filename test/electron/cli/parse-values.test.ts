/** The values that the command line takes: times, sizes, durations, and what is refused. */
import { describe, expect, it } from 'vitest';
import {
  parseDuration,
  parseInteger,
  parseOptions,
  parseRatio,
  parseSize,
  parseTime,
} from '../../../electron/cli/parse-values';

describe('parseOptions', () => {
  const options = {
    'retention-ms': { type: 'string' },
    key: { type: 'string' },
    json: { type: 'boolean' },
  } as const;

  it('takes a negative number behind its option', () => {
    expect(parseOptions(['DIR', '--retention-ms', '-1', '--json'], options)).toMatchObject({
      positionals: ['DIR'],
      values: { 'retention-ms': '-1', json: true },
    });
    expect(() => parseOptions(['--json', '-1'], options)).toThrow("Unknown option '-1'.");
  });

  it('says which option has no value', () => {
    for (const args of [['--key'], ['--key', '--json']])
      expect(() => parseOptions(args, options)).toThrow(
        '--key needs a value; one that begins with a dash is',
      );
  });

  it('refuses what is empty, unless it means something', () => {
    expect(() => parseOptions([''], options)).toThrow('An argument is empty');
    expect(() => parseOptions(['--key', ''], options)).toThrow('--key is empty.');
    expect(parseOptions(['--key', ''], options, ['key']).values.key).toBe('');
  });
});

describe('parseInteger', () => {
  it('tells the range that it refuses by', () => {
    expect(parseInteger('worst-keys', '100', { min: 1, max: 100 })).toBe(100);
    expect(() => parseInteger('worst-keys', '101', { min: 1, max: 100 })).toThrow(
      '--worst-keys takes a whole number from 1 to 100, not 101.',
    );
    expect(() => parseInteger('from-offset', '-1', { min: 0 })).toThrow('from 0, not -1');
    expect(() => parseInteger('seed', '1.5')).toThrow('takes a whole number, not 1.5');
  });
});

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

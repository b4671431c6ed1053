/** Which rules a broker's version cleans by. */
import { describe, expect, it } from 'vitest';
import { CLEANER_VERSIONS, cleanerRules, cleanerVersionOf } from '../../../shared/plan/cleaner-version';

describe('cleanerVersionOf', () => {
  it('takes the last rules that the version has reached', () => {
    const versions = ['0.11', '2.8.2', '3.0', '3.1', '3.8.1', '3.9.2', '4.0', '4.3', '4.4.0', '5'];
    expect(versions.map(cleanerVersionOf)).toEqual([
      ...['2.8', '2.8', '2.8', '3.1', '3.2', '3.9', '4.0', '4.0', '4.4', '4.4'],
    ]);
  });

  it('refuses what is no version', () => {
    for (const text of ['', 'trunk', '4.', '4.4.0.1', '-1']) expect(cleanerVersionOf(text)).toBeNull();
  });
});

describe('cleanerRules', () => {
  it('keeps tombstones by the horizon of their batch since KIP-534', () => {
    expect(cleanerRules('2.8').tombstonesGoBy).toBe('segment-time');
    expect(cleanerRules('3.1').tombstonesGoBy).toBe('batch-horizon');
  });

  it('knows the version from which on aborts are not lost, an end is kept, and old formats are rewritten', () => {
    const all = CLEANER_VERSIONS.map((version) => {
      const { losesAbortsWhenMapIsFull, batchThatStays, oldFormats } = cleanerRules(version);
      return `${version} ${losesAbortsWhenMapIsFull ? 'loses' : 'keeps'} ${batchThatStays} ${oldFormats}`;
    });
    expect(all).toEqual([
      '2.8 loses none kept',
      '3.1 loses none kept',
      '3.2 keeps none kept',
      '3.9 keeps cleanable-end kept',
      '4.0 keeps cleanable-end rewritten',
      '4.4 keeps high-watermark rewritten',
    ]);
  });
});

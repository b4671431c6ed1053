/** Which rules a broker's version cleans by. */
import { describe, expect, it } from 'vitest';
import { cleanerRules, cleanerVersionOf } from '../../../shared/plan/cleaner-version';

describe('cleanerVersionOf', () => {
  it('takes the last rules that the version has reached', () => {
    const versions = ['0.11', '2.8.2', '3.0', '3.1', '3.8.1', '3.9.2', '4.0', '4.3', '4.4.0', '5'];
    expect(versions.map(cleanerVersionOf)).toEqual([
      ...['2.8', '2.8', '2.8', '3.1', '3.1', '3.9', '3.9', '3.9', '4.4', '4.4'],
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
});

/** Findings in sum. */
import { describe, expect, it } from 'vitest';
import { type Severity, worstSeverityOf } from '../../shared/problem';

describe('worstSeverityOf', () => {
  it('is the worst of all, whatever their order, and none of none', () => {
    const worst = (...severities: Severity[]) =>
      worstSeverityOf(severities.map((severity) => ({ severity })));
    expect([worst(), worst('info'), worst('info', 'warning')]).toEqual([null, 'info', 'warning']);
    expect(worst('warning', 'error', 'info')).toBe('error');
  });
});

/** What a start does with leftovers, by their names alone. */
import { describe, expect, it } from 'vitest';
import { offsetName } from '../../../../electron/engine/format/file-names';
import { firstLeftovers } from '../../../../electron/engine/rules/leftovers';

/** More than a call takes arguments. */
const MANY = 300_000;

describe('firstLeftovers', () => {
  it('takes away what a cleaning had not finished, and the .swap files from its first offset on', () => {
    const names = ['7.log.swap', '9.log.swap', '9.log.cleaned', '5.log.deleted', '5.log'];
    expect(firstLeftovers(names)).toEqual({
      removals: [
        { name: '5.log.deleted', reason: 'deleted' },
        { name: '9.log.swap', reason: 'swap-unfinished' },
        { name: '9.log.cleaned', reason: 'cleaned' },
      ],
      swaps: ['7.log.swap'],
    });
  });

  it('looks at any number of them', () => {
    const names = Array.from({ length: MANY }, (_, index) => `${offsetName(index)}.log.cleaned`);
    expect(firstLeftovers(names).removals).toHaveLength(MANY);
  });
});

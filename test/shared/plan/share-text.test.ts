/** Shares and ratios as words: never rounded to what they are not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dirtyRatioText, percentText, ratioText } from '../../../shared/plan/share-text';

describe('percentText', () => {
  it('never calls all, or nothing, what is neither', () => {
    expect([0, 0.0004, 0.0006, 0.125, 0.9994].map((share) => percentText(share))).toEqual([
      ...['0 %', '< 0.1 %', '0.1 %', '12.5 %', '99.9 %'],
    ]);
    expect([0.99951, 1 - Number.EPSILON, 1].map((share) => percentText(share))).toEqual([
      ...['> 99.9 %', '> 99.9 %', '100 %'],
    ]);
  });

  it('has a sign where something grew', () => {
    expect([-0.0004, -0.03, -1, -2.5].map((share) => percentText(share))).toEqual([
      ...['> −0.1 %', '−3.0 %', '−100.0 %', '−250.0 %'],
    ]);
  });

  it('has as many decimals as are asked for', () => {
    expect([0.00001, 0.0024, 0.99999].map((share) => percentText(share, 2))).toEqual([
      ...['< 0.01 %', '0.24 %', '> 99.99 %'],
    ]);
  });
});

describe('ratioText', () => {
  it('never calls nothing what is little', () => {
    expect([0, 0.004, 0.006, 1.5].map(ratioText)).toEqual(['0.00', '< 0.01', '0.01', '1.50']);
  });
});

describe('dirtyRatioText', () => {
  it('stands on the side of its limit on which the ratio is', () => {
    expect(dirtyRatioText(1 / 3, 0.5)).toBe('0.333');
    expect(dirtyRatioText(0.50002, 0.5)).toBe('0.50002');
    expect(dirtyRatioText(0.4999, 0.5)).toBe('0.499');
    expect([dirtyRatioText(0.00002, 0.5), dirtyRatioText(0.9999, 1), dirtyRatioText(1, 1)]).toEqual([
      ...['0.00002', '0.999', '1.000'],
    ]);
  });

  it('is never above the ratio, nor nothing where that is not', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (ratio, limit) => {
        const shown = Number(dirtyRatioText(ratio, limit));
        expect([shown <= ratio, shown > limit, shown > 0]).toEqual([true, ratio > limit, ratio > 0]);
      }),
    );
  });
});

describe('the rest of the product', () => {
  it('rounds no share by a rule of its own', () => {
    const sources = ['shared', 'electron', 'renderer'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => join(folder, name)),
    );
    const own = sources.filter((file) =>
      /(toFixed|Math\.round)\([^)\n]*\)\} %/.test(readFileSync(file, 'utf8')),
    );
    expect(own).toEqual([join('shared', 'plan', 'share-text.ts')]);
  });
});

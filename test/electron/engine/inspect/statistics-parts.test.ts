/** Counters of bounded size against plain ones that keep everything: sizes, different keys, heaviest names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SizeDistribution } from '../../../../electron/engine/inspect/size-distribution';
import { TopBytes } from '../../../../electron/engine/inspect/top-bytes';
import { UniqueKeys } from '../../../../electron/engine/inspect/unique-keys';
import { hashKey } from '../../../../electron/engine/rules/key-hash';

const lanes = new Int32Array(4);

function hashed(bytes: Uint8Array): Int32Array {
  hashKey(bytes, 0, bytes.length, lanes);
  return lanes;
}

describe('SizeDistribution', () => {
  const size = fc.oneof(fc.nat(3000), fc.integer({ min: 0, max: 2 ** 31 - 1 }));

  it('gives percentiles as sorting does, above 2 KiB at most a 128th too large', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 60 }), (sizes) => {
        const distribution = new SizeDistribution();
        for (const each of sizes) distribution.add(each);
        const sorted = [...sizes].sort((a, b) => a - b);
        const found = distribution.distribution();
        expect([found.count, found.min, found.max]).toEqual([sorted.length, sorted[0], sorted.at(-1)]);
        expect(found.sum).toBe(sorted.reduce((sum, each) => sum + each, 0));
        for (const percentile of found.percentiles) {
          const truth = sorted[Math.max(1, Math.ceil((sorted.length * percentile.percent) / 100)) - 1]!;
          expect(percentile.size).toBeGreaterThanOrEqual(truth);
          expect(percentile.size).toBeLessThanOrEqual(percentile.isExact ? truth : truth * (1 + 1 / 128));
        }
      }),
    );
  });

  it('has zeros where nothing was counted', () => {
    expect(new SizeDistribution().distribution()).toMatchObject({ count: 0, min: 0, max: 0 });
  });
});

describe('UniqueKeys', () => {
  it('counts exactly as long as the hashes fit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 3000 }), (names) => {
        const keys = new UniqueKeys();
        for (const name of names) keys.add(hashed(name));
        const count = new Set(names.map((name) => name.join())).size;
        expect(keys.count()).toEqual({ count, isExact: true, standardError: 0 });
      }),
      { numRuns: 20 },
    );
  });

  it('estimates beyond that, within four standard errors', () => {
    const keys = new UniqueKeys(1000);
    const count = 200_000;
    for (let index = 0; index < 2 * count; index++) keys.add(hashed(Buffer.from(`key-${index % count}`)));
    const found = keys.count();
    expect(found.isExact).toBe(false);
    expect(Math.abs(found.count / count - 1)).toBeLessThan(4 * found.standardError);
  });
});

describe('TopBytes', () => {
  const names = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 100 })), {
    maxLength: 300,
  });

  /** Of lengths from 6 to 160 bytes, so that the room for names has to grow. */
  const nameOf = (number: number) => `name-${number}`.padEnd((number % 5) * 40, '.');

  function counted(all: readonly (readonly [number, number])[], counterCount: number) {
    const top = new TopBytes(counterCount);
    const truth = new Map<string, number>();
    for (const [number, weight] of all) {
      const text = nameOf(number);
      const name = Buffer.from(text);
      top.add(hashed(name), name, 0, name.length, weight);
      truth.set(text, (truth.get(text) ?? 0) + weight);
    }
    return { found: top.top(100), truth };
  }

  it('is exact while there are counters enough', () => {
    fc.assert(
      fc.property(names, (all) => {
        const { found, truth } = counted(all, 41);
        const exact = found.map(({ nameText, bytesMin, bytesMax }) => [nameText, bytesMin, bytesMax]);
        expect(new Map(exact.map(([name, bytesMin]) => [name, bytesMin]))).toEqual(truth);
        for (const [, bytesMin, bytesMax] of exact) expect(bytesMin).toBe(bytesMax);
      }),
    );
  });

  it('bounds each sum from both sides, and misses none above its share', () => {
    // Many light names around a few heavy ones, so that the light ones are forgotten again and again.
    const light = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 3 }));
    const heavy = fc.tuple(fc.integer({ min: 401, max: 404 }), fc.integer({ min: 1, max: 200 }));
    const many = fc.array(fc.oneof({ weight: 5, arbitrary: light }, { weight: 1, arbitrary: heavy }), {
      minLength: 200,
      maxLength: 700,
    });
    fc.assert(
      fc.property(many, (all) => {
        const { found, truth } = counted(all, 64);
        for (const { nameText, bytesMin, bytesMax } of found) {
          expect(truth.get(nameText!)!).toBeGreaterThanOrEqual(bytesMin);
          expect(truth.get(nameText!)!).toBeLessThanOrEqual(bytesMax);
        }
        const total = all.reduce((sum, [, weight]) => sum + weight, 0);
        const shown = new Set(found.map(({ nameText }) => nameText));
        for (const [name, sum] of truth) if (sum > (8 * total) / 64) expect(shown).toContain(name);
      }),
    );
  });

  it('gives the heaviest first, no more than asked for where several have the same', () => {
    const weights = [3, 5, 5, 1, 5, 4] as const;
    const top = new TopBytes(8);
    for (const [index, weight] of weights.entries()) {
      const name = Buffer.from(`name-${index}`);
      top.add(hashed(name), name, 0, name.length, weight);
    }
    const shown = (count: number) => top.top(count).map(({ nameText, bytesMax }) => [nameText, bytesMax]);
    const all = [1, 2, 4, 5, 0, 3].map((index) => [`name-${index}`, weights[index]]);
    for (const count of [1, 2, 3, 4, 6, 7]) expect(shown(count)).toEqual(all.slice(0, count));
  });

  it('cuts long names and tells their length', () => {
    const name = Buffer.from('é'.repeat(200));
    const top = new TopBytes(2);
    top.add(hashed(name), name, 0, name.length, 5);
    expect(top.top(1)).toEqual([
      { nameText: 'é'.repeat(128), nameSizeInBytes: 400, bytesMin: 5, bytesMax: 5 },
    ]);
  });
});

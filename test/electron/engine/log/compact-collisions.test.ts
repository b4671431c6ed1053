/** An open log whose offset map takes different keys for one: planted by a weak hash in the place of the map's own. */
import { describe, expect, it, vi } from 'vitest';
import { appendWords, CompactedPlace, contentOf } from '../../../support/compacted-place';

/** Looks at the first byte of a key alone. */
vi.mock('../../../../electron/engine/rules/key-hash', () => ({
  hashKey: (bytes: Uint8Array, from: number, _to: number, lanes: Int32Array) => void lanes.fill(bytes[from]!),
}));

describe('Log.compact with colliding keys', () => {
  it('notices that a key would be lost, keeps every record, and goes on', async () => {
    const place = new CompactedPlace();
    await using log = await place.open({ segmentBytes: 150 });
    await appendWords(log, 'apple=1 banana=1 avocado=1 banana=2 cherry=1');
    await log.roll();
    const before = await contentOf(log);
    const names = await place.namesWith('');
    await expect(log.compact()).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await contentOf(log)).toBe(before);
    expect(await place.namesWith('')).toEqual(names);
    expect(log.metrics()).toMatchObject({ isUncleanable: true });
    await appendWords(log, 'apple=2');
    expect(await contentOf(log)).toBe(`${before} 5:apple=2`);
    await log.close();
    await using again = await place.open();
    expect(await contentOf(again)).toBe(`${before} 5:apple=2`);
    expect(again.recovery).toBeNull();
  });

  it('compacts where no two keys collide', async () => {
    const place = new CompactedPlace();
    await using log = await place.open();
    await appendWords(log, 'apple=1 banana=1 banana=2 cherry=1 apple=2');
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('2:banana=2 3:cherry=1 4:apple=2');
  });
});

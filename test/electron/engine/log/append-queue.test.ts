/**
 * The queue of appends by itself, on a target that only remembers: what is written together, and out of how large a buffer.
 */
import { expect, it } from 'vitest';
import { AppendGroup, AppendQueue, type AppendTarget } from '../../../../electron/engine/log/append-queue';
import { completeSettings } from '../../../../electron/engine/log/settings';

const MIB = 1024 * 1024;

class RememberingTarget implements AppendTarget {
  nextOffset = 0;
  readonly leaderEpoch = 0;
  rollCount = 0;
  readonly writtenBytes: number[] = [];
  bufferBytesMax = 0;
  readonly #rollsAlways: boolean;

  constructor(rollsAlways: boolean) {
    this.#rollsAlways = rollsAlways;
  }

  shouldRoll(): boolean {
    return this.#rollsAlways;
  }

  async write(...[bytes, batches]: Parameters<AppendTarget['write']>): Promise<void> {
    this.writtenBytes.push(bytes.length);
    this.bufferBytesMax = Math.max(this.bufferBytesMax, bytes.buffer.byteLength);
    this.nextOffset = batches.at(-1)!.lastOffset + 1;
  }

  async roll(): Promise<void> {
    this.rollCount++;
  }

  async commit(): Promise<void> {}
}

it.each([
  ['every batch has a segment of its own', true],
  ['one segment takes all', false],
])('writes a call of 8 MiB out of two small buffers, where %s', async (_name, rollsAlways) => {
  const target = new RememberingTarget(rollsAlways);
  const group = new AppendGroup();
  const records = new Array(8192).fill({ value: Buffer.alloc(1024) });
  const written = group.add({ records, nowMs: 1, elapsedMs: 0 });
  await new AppendQueue(completeSettings({})).drain(group, target, () => {});
  expect(await written).toEqual({ firstOffset: 0, lastOffset: 8191 });
  expect(target.nextOffset).toBe(8192);
  expect(target.rollCount > 0).toBe(rollsAlways);
  expect(target.writtenBytes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(8 * MIB);
  expect(Math.max(...target.writtenBytes)).toBeLessThan(1.25 * MIB);
  expect(target.bufferBytesMax).toBeLessThanOrEqual(1.25 * MIB);
});

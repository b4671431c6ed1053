/** The verification with memory for a few keys only: every key is checked in one of the parts, and none is lost unnoticed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CleanedCheck, type KeyPart, keyMemory } from '../../../../electron/engine/log/cleaned-check';
import { type LogBatch, parsePiece } from '../../../../electron/engine/log/log-batch';
import type { CleaningTask } from '../../../../electron/engine/rules/clean-log';
import { hashKey } from '../../../../electron/engine/rules/key-hash';
import { keyedBatch } from '../../../support/keyed-log';

/** Three keys fit. */
const memory = { hash: hashKey, memoryBytes: 24 * 4 };
const task = { aborted: [] } as unknown as CleaningTask;

/** A record a batch. */
function batchesOf(keys: readonly string[]): readonly LogBatch[] {
  const bytes = Buffer.concat(keys.map((key, offset) => keyedBatch(offset, { key, value: 'value' })));
  return parsePiece(bytes, 0, bytes.length).batches;
}

/** @returns of each part that was checked, the error's message; null where all is well */
function outcomesOf(batches: readonly LogBatch[], isLeft: (offset: number) => boolean): (string | null)[] {
  const outcomes: (string | null)[] = [];
  const parts: (KeyPart | undefined)[] = [undefined];
  while (parts.length > 0) {
    const check = new CleanedCheck(task, memory, { part: parts.pop() });
    for (const batch of batches) check.see(batch, isLeft(batch.header.baseOffset) ? batch.bytes : null);
    parts.push(...check.partsLeft);
    try {
      check.end();
      outcomes.push(null);
    } catch (error) {
      outcomes.push((error as Error).message);
    }
  }
  return outcomes;
}

const keys = fc.array(
  fc.nat(20).map((number) => `key ${number}`),
  { minLength: 1, maxLength: 60 },
);

describe('keyMemory', () => {
  const memoryOf = (endOffset: number, dedupeBufferBytes: number) =>
    keyMemory({ ...task, endOffset, dedupeBufferBytes }, 0).memoryBytes;

  it('takes what the offsets need, and no more than a limit of its own, whatever the map has', () => {
    for (const dedupeBufferBytes of [48, 2 ** 31 - 1]) {
      expect(memoryOf(100, dedupeBufferBytes)).toBe(152 * 24);
      expect(memoryOf(1e9, dedupeBufferBytes)).toBe(128 * 1024 * 1024);
    }
  });
});

describe('CleanedCheck', () => {
  it('agrees in every part where each key has its last record', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const outcomes = outcomesOf(batchesOf(list), (offset) => list.lastIndexOf(list[offset]!) === offset);
        expect(outcomes.every((outcome) => outcome === null)).toBe(true);
        // Of a key that was never left out, nothing is remembered.
        const superseded = new Set(list.filter((key, offset) => list.lastIndexOf(key) !== offset));
        if (superseded.size <= 2) expect(outcomes).toHaveLength(1);
        if (superseded.size > 3) expect(outcomes.length).toBeGreaterThan(1);
      }),
    );
  });

  it('names the last record of a key that is gone, in exactly one part', () => {
    fc.assert(
      fc.property(keys, fc.nat(), (list, choice) => {
        const lost = list.lastIndexOf(list[choice % list.length]!);
        const isLeft = (offset: number) => list.lastIndexOf(list[offset]!) === offset && offset !== lost;
        const messages = outcomesOf(batchesOf(list), isLeft).filter((outcome) => outcome !== null);
        expect(messages).toHaveLength(1);
        expect(messages[0]).toContain(`at offset ${lost}: the last record of its key is missing`);
      }),
    );
  });
});

/**
 * What must hold of any log in a test whose record at each offset has a value that follows from the offset: batches
 * that go on from one another without a hole, the right value everywhere, nothing that the inspection objects to.
 */
import { expect } from 'vitest';
import type { ReadingFileSystem } from '../../electron/engine/file-system';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import type { Log } from '../../electron/engine/log/log';
import type { RecordInput } from '../../electron/engine/log/record-input';

const CONTROL_BIT = 0x20;

export const valueAt = (offset: number): string => `${offset}`.padEnd(20 + ((offset * 37) % 200), '.');

/** @param from Offset of the first, which must be the log end offset when they are appended. */
export function recordsFrom(from: number, count: number): RecordInput[] {
  return Array.from({ length: count }, (_, index) => ({ value: valueAt(from + index) }));
}

/** Reads everything and compares. @returns the log end offset */
export async function expectSound(log: Log): Promise<number> {
  let next = log.logStartOffset;
  for await (const batch of log.readBatches()) {
    const { baseOffset, lastOffset, attributes } = batch.header;
    // The log may begin in the middle of a batch.
    if (baseOffset > next || lastOffset < next)
      expect(baseOffset, 'a batch goes on from the one before').toBe(next);
    if ((attributes & CONTROL_BIT) === 0)
      for (const { offset, value } of batch.records())
        expect(Buffer.from(value ?? []).toString()).toBe(valueAt(offset));
    next = lastOffset + 1;
  }
  expect(log.logEndOffset, 'the end is where the last batch ends').toBe(next);
  return next;
}

/** Problems of the closed log at `path`, as `code: message`. */
export async function problemsIn(fs: ReadingFileSystem, path: string): Promise<string[]> {
  const log = { name: 'orders-0', path, topic: 'orders', partition: 0, format: 'kafka' } as const;
  const { problems } = await inspectLog(fs, { ...log, state: 'current' }, { depth: 'records' });
  return problems.map(({ code, file, message }) => `${code}: ${file ?? ''} ${message}`);
}

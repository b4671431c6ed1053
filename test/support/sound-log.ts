/**
 * What must hold of any log in a test whose record at each offset has a value that follows from the offset: batches
 * that go on from one another without a hole, the right value everywhere, nothing that the inspection objects to.
 *
 * Asserts with plain Node, so that programs outside the test runner can use it too.
 */
import assert from 'node:assert/strict';
import type { ReadingFileSystem } from '../../electron/engine/file-system';
import { CONTROL_BIT } from '../../electron/engine/format/record-batch';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import type { Log } from '../../electron/engine/log/log';
import type { RecordInput } from '../../electron/engine/log/record-input';

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
    const goesOn = baseOffset === next || (next === log.logStartOffset && baseOffset < next);
    assert(goesOn && lastOffset >= next, `a batch ${baseOffset} to ${lastOffset} comes where ${next} should`);
    if ((attributes & CONTROL_BIT) === 0)
      for (const { offset, value } of batch.records())
        assert.equal(Buffer.from(value ?? []).toString(), valueAt(offset));
    next = lastOffset + 1;
  }
  assert.equal(next, log.logEndOffset, 'the end is where the last batch ends');
  return next;
}

/** Problems of the closed log at `path`, as `code: file message`. */
export async function problemsIn(fs: ReadingFileSystem, path: string): Promise<string[]> {
  const log = { name: 'orders-0', path, topic: 'orders', partition: 0, format: 'kafka' } as const;
  const { problems } = await inspectLog(fs, { ...log, state: 'current' }, { depth: 'records' });
  return problems.map(({ code, file, message }) => `${code}: ${file} ${message}`);
}

/**
 * Reads and writes a log of many segments with few descriptors, the way a program with many readers would. Arguments:
 * the log's directory, and how many segments it has. Prints the most descriptors that it saw open.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { Log } from '../../electron/engine/log/log';
import { expectSound, recordsFrom, valueAt } from './sound-log';

const READERS = 400;
const RECORDS_EACH = 20;
const [directory = '', count = '0'] = process.argv.slice(2);
const segmentCount = Number(count);

let descriptorsMax = 0;
const log = await Log.open(directory, { retentionMs: -1 });
assert.equal(log.segments.length, segmentCount);
const read = async (reader: number) => {
  const fromOffset = (reader * 7919) % (segmentCount - RECORDS_EACH);
  let next = fromOffset;
  for await (const { offset, value } of log.read({ fromOffset, recordsMax: RECORDS_EACH })) {
    assert.equal(offset, next++);
    assert.equal(Buffer.from(value!).toString(), valueAt(offset));
    if (offset % RECORDS_EACH > 0) continue; // looking costs more than reading
    descriptorsMax = Math.max(descriptorsMax, readdirSync('/proc/self/fd').length);
  }
  assert.equal(next, fromOffset + RECORDS_EACH);
};
await Promise.all(Array.from({ length: READERS }, (_, reader) => read(reader)));
await expectSound(log);
assert.equal(await log.append(recordsFrom(segmentCount, 1)[0]!), segmentCount);
await log.roll();
await log.close();
console.log(descriptorsMax);

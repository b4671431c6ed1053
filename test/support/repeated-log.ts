/**
 * A large log of Kafka's own bytes: the first segment of a fixture again and again, each time at higher offsets. A batch's
 * base offset is not under its CRC, so that nothing has to be computed anew.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME_DIGITS = 20;
const BATCH_LENGTH_AT = 8;
const LOG_OVERHEAD = 12;

export interface Repetition {
  /** Offsets that one copy takes: from the first segment to the next. */
  readonly offsetsPerCopy: number;
  readonly copiesPerSegment: number;
  readonly segmentCount: number;
}

/** Replaces the segments of a log that a test has copied; the last of the new ones is the active one. */
export function repeatFirstSegment(directory: string, { offsetsPerCopy, ...counts }: Repetition): void {
  const copy = readFileSync(join(directory, `${'0'.repeat(NAME_DIGITS)}.log`));
  for (const name of readdirSync(directory))
    if (/\.(log|index|timeindex|snapshot)$/.test(name)) rmSync(join(directory, name));
  const positions: number[] = [];
  for (let at = 0; at < copy.length; at += LOG_OVERHEAD + copy.readInt32BE(at + BATCH_LENGTH_AT))
    positions.push(at);
  const deltas = positions.map((at) => Number(copy.readBigInt64BE(at)));
  for (let segment = 0; segment < counts.segmentCount; segment++) {
    const baseOffset = segment * counts.copiesPerSegment * offsetsPerCopy;
    const copies = Buffer.alloc(copy.length * counts.copiesPerSegment, copy);
    for (let count = 0; count < counts.copiesPerSegment; count++)
      for (const [index, at] of positions.entries())
        copies.writeBigInt64BE(
          BigInt(baseOffset + count * offsetsPerCopy + deltas[index]!),
          count * copy.length + at,
        );
    const path = join(directory, String(baseOffset).padStart(NAME_DIGITS, '0'));
    writeFileSync(`${path}.log`, copies);
    for (const ending of ['index', 'timeindex']) writeFileSync(`${path}.${ending}`, '');
  }
}

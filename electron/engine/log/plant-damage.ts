/**
 * Spoils a closed log on purpose, so that the sample shows what damage looks like: a bit flipped in a batch, an index
 * entry that points elsewhere, half a batch at the end. For logs that Strata made for this; nobody else's.
 */
import type { Offset } from '../../../shared/units';
import type { FileSystem, WritableFile } from '../file-system';
import { LOG_SUFFIX, OFFSET_INDEX_SUFFIX } from '../format/file-names';
import { OFFSET_INDEX_ENTRY_SIZE } from '../format/index-files';
import { LOG_OVERHEAD, RECORD_BATCH_HEADER_SIZE } from '../format/record-batch';
import { readFully } from '../read-fully';
import { segmentPath } from './segment';

const FLIPPED_BIT = 0x10;
/** Of the first batch, whose beginning stands at the end of the file again, as if the machine had stopped there. */
const TORN_BYTES = RECORD_BATCH_HEADER_SIZE + LOG_OVERHEAD;

/** @param segments Of the log, ascending. The first third gets the bad batch, the second the bad index. */
export async function plantDamage(
  fs: FileSystem,
  directory: string,
  segments: readonly { readonly baseOffset: Offset }[],
): Promise<void> {
  const baseAt = (share: number) => segments[Math.floor((segments.length - 1) * share)]!.baseOffset;
  await change(fs, segmentPath(directory, baseAt(1 / 3), LOG_SUFFIX), async (file, sizeInBytes) => {
    const byte = Buffer.alloc(1);
    const position = Math.floor(sizeInBytes / 2);
    await readFully(file, byte, position);
    byte[0]! ^= FLIPPED_BIT;
    await file.write(byte, position);
  });
  await change(fs, segmentPath(directory, baseAt(2 / 3), OFFSET_INDEX_SUFFIX), async (file, sizeInBytes) => {
    if (sizeInBytes < OFFSET_INDEX_ENTRY_SIZE) return;
    const position = sizeInBytes - OFFSET_INDEX_ENTRY_SIZE / 2;
    await file.write(Buffer.from([0, 0, 0, 1]), position);
  });
  await change(fs, segmentPath(directory, baseAt(1), LOG_SUFFIX), async (file, sizeInBytes) => {
    const bytes = Buffer.alloc(TORN_BYTES);
    const count = await readFully(file, bytes, 0);
    await file.write(bytes.subarray(0, count), sizeInBytes);
  });
}

async function change(
  fs: FileSystem,
  path: string,
  spoil: (file: WritableFile, sizeInBytes: number) => Promise<void>,
): Promise<void> {
  const file = await fs.openForWriting(path, 'existing');
  try {
    await spoil(file, (await file.status()).sizeInBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Reads index files from disk: whole, or only how many entries there are and the last one.
 *
 * An active segment's index is 10 MiB of zeros behind its entries; the number of entries is then found by halving.
 */
import type { Bytes, FilePosition, TimestampMs } from '../../../shared/units';
import type { ReadableFile, ReadingFileSystem } from '../file-system';
import {
  isUnusedOffsetSlot,
  isUnusedTimeSlot,
  OFFSET_INDEX_ENTRY_SIZE,
  type OffsetIndexEntries,
  readOffsetIndexEntries,
  readTimeIndexEntries,
  TIME_INDEX_ENTRY_SIZE,
  type TimeIndexEntries,
} from '../format/index-files';
import type { SegmentFile } from './log-files';

/** Larger than any index Kafka writes (segment.index.bytes is 10 MiB by default): more is not read. */
const INDEX_BYTES_MAX = 256 * 1024 * 1024;

export async function readOffsetIndexFile(
  fs: ReadingFileSystem,
  file: SegmentFile,
): Promise<OffsetIndexEntries> {
  return readOffsetIndexEntries(await readUsed(fs, file, OFFSET_INDEX_ENTRY_SIZE, isUnusedOffsetSlot));
}

export async function readTimeIndexFile(fs: ReadingFileSystem, file: SegmentFile): Promise<TimeIndexEntries> {
  return readTimeIndexEntries(await readUsed(fs, file, TIME_INDEX_ENTRY_SIZE, isUnusedTimeSlot));
}

export interface OffsetIndexGlance {
  readonly entryCount: number;
  readonly firstPosition: FilePosition | null;
  readonly lastPosition: FilePosition | null;
}

/** Number of entries and the positions of the first and the last, with a few small reads. */
export async function glanceAtOffsetIndex(
  fs: ReadingFileSystem,
  file: SegmentFile,
): Promise<OffsetIndexGlance> {
  return withFile(fs, file, async (handle) => {
    const entryCount = await countUsed(handle, file.sizeInBytes, OFFSET_INDEX_ENTRY_SIZE, isUnusedOffsetSlot);
    const first = await readSlot(handle, 0, OFFSET_INDEX_ENTRY_SIZE, entryCount);
    const last = await readSlot(handle, entryCount - 1, OFFSET_INDEX_ENTRY_SIZE, entryCount);
    return {
      entryCount,
      firstPosition: first?.getInt32(4) ?? null,
      lastPosition: last?.getInt32(4) ?? null,
    };
  });
}

/** Number of entries and the last timestamp; null without an entry, or where it is outside the safe integers. */
export async function glanceAtTimeIndex(
  fs: ReadingFileSystem,
  file: SegmentFile,
): Promise<{ readonly entryCount: number; readonly lastTimestampMs: TimestampMs | null }> {
  return withFile(fs, file, async (handle) => {
    const entryCount = await countUsed(handle, file.sizeInBytes, TIME_INDEX_ENTRY_SIZE, isUnusedTimeSlot);
    const last = await readSlot(handle, entryCount - 1, TIME_INDEX_ENTRY_SIZE, entryCount);
    const lastTimestampMs = last === null ? Number.NaN : readTimeIndexEntries(last).timestampsMs[0]!;
    return { entryCount, lastTimestampMs: Number.isNaN(lastTimestampMs) ? null : lastTimestampMs };
  });
}

type IsUnused = (view: DataView, slot: number) => boolean;

async function readUsed(fs: ReadingFileSystem, file: SegmentFile, entrySize: Bytes, isUnused: IsUnused) {
  return withFile(fs, file, async (handle) => {
    const size = Math.min(file.sizeInBytes, INDEX_BYTES_MAX);
    const entryCount = await countUsed(handle, size, entrySize, isUnused);
    // Unused slots are read along where there are some: they tell a lone entry of zeros from an unused first slot.
    const slotCount = Math.max(entryCount + 1, 2);
    const bytes = Buffer.alloc(Math.min(slotCount * entrySize, size - (size % entrySize)));
    const count = await handle.read(bytes, 0);
    return new DataView(bytes.buffer, bytes.byteOffset, count);
  });
}

/** Entries stand in front of unused slots, so halving finds the border. */
async function countUsed(handle: ReadableFile, size: Bytes, entrySize: Bytes, isUnused: IsUnused) {
  const slotCount = Math.floor(size / entrySize);
  if (slotCount === 0) return 0;
  // The slot is copied to place 1 of a small buffer, since the first slot of a file is judged differently.
  const isSlotUnused = async (slot: number) => {
    const bytes = Buffer.alloc(2 * entrySize);
    await handle.read(bytes.subarray(entrySize), slot * entrySize);
    return isUnused(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1);
  };
  let used = 0;
  let unused = slotCount;
  if (!(await isSlotUnused(slotCount - 1))) return slotCount;
  while (used < unused) {
    const middle = Math.floor((used + unused) / 2); // a sparse file may have more slots than 2^31
    if (await isSlotUnused(middle)) unused = middle;
    else used = middle + 1;
  }
  return slotCount === 1 ? 1 : used;
}

async function readSlot(handle: ReadableFile, slot: number, entrySize: Bytes, entryCount: number) {
  if (slot < 0 || slot >= entryCount) return null;
  const bytes = Buffer.alloc(entrySize);
  await handle.read(bytes, slot * entrySize);
  return new DataView(bytes.buffer, bytes.byteOffset, entrySize);
}

/** Opens, uses and closes. */
export async function withFile<T>(
  fs: ReadingFileSystem,
  file: { readonly path: string },
  use: (handle: ReadableFile) => Promise<T>,
): Promise<T> {
  const handle = await fs.openForReading(file.path);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Whether an index is that of a closed segment. Looks at its size and its last entry only. */
import type { Bytes } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { OFFSET_INDEX_ENTRY_SIZE } from '../format/index-files';
import { readFully } from '../read-fully';

/** An index that is still preallocated ends with zeros; one that is not there is not trimmed either. */
export async function isTrimmedIndex(
  fs: FileSystem,
  path: string,
  entrySize: Bytes = OFFSET_INDEX_ENTRY_SIZE,
): Promise<boolean> {
  const status = await fs.status(path);
  if (status === null || status.sizeInBytes % entrySize !== 0) return false;
  if (status.sizeInBytes === 0) return true;
  const file = await fs.openForReading(path);
  try {
    const entry = Buffer.alloc(entrySize);
    await readFully(file, entry, status.sizeInBytes - entrySize);
    return entry.some((byte) => byte !== 0);
  } finally {
    await file.close();
  }
}

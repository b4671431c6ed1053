/** Reading as much as was asked for: a file system may give less at a time. Knows nothing of the content. */
import type { FilePosition } from '../../shared/units';
import type { ReadableFile } from './file-system';

/** Reads until `target` is full or the file ends. @returns the number of bytes read */
export async function readFully(
  file: Pick<ReadableFile, 'read'>,
  target: Uint8Array,
  position: FilePosition,
): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const count = await file.read(target.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

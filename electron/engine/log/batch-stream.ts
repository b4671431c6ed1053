/** The batches of one file in order, strictly: each whole and with a sound CRC, or CORRUPT is thrown. */
import type { Bytes, FilePosition } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { corruptAt, type LogBatch, readPiece } from './log-batch';

export interface BatchStream {
  readonly path: string;
  /** As in messages. */
  readonly fileName: string;
  readonly sizeInBytes: Bytes;
  readonly signal?: AbortSignal | undefined;
}

/** Pieces of batches, so that a caller can do its writing between them. @throws AppError CORRUPT */
export async function* readBatchPieces(
  fs: ReadingFileSystem,
  { path, fileName, sizeInBytes, signal }: BatchStream,
): AsyncGenerator<readonly LogBatch[], void, undefined> {
  const file = await fs.openForReading(path);
  try {
    for (let position: FilePosition = 0; position < (sizeInBytes as number); ) {
      signal?.throwIfAborted();
      const { batches, nextPosition, flaw } = await readPiece(file, position, sizeInBytes as number);
      if (flaw !== null) throw corruptAt(fileName, flaw);
      yield batches;
      position = nextPosition;
    }
  } finally {
    await file.close();
  }
}

/** One by one. @throws AppError CORRUPT */
export async function* readBatches(
  fs: ReadingFileSystem,
  stream: BatchStream,
): AsyncGenerator<LogBatch, void, undefined> {
  for await (const piece of readBatchPieces(fs, stream)) yield* piece;
}

/**
 * The real file system for reading, with something happening to the files at one of its operations: what else writes in
 * a directory does not wait for a reader. Counts what is left open.
 */
import {
  nodeReadingFileSystem,
  type ReadableFile,
  type ReadingFileSystem,
} from '../../electron/engine/file-system';

export interface ChangingFileSystem extends ReadingFileSystem {
  /** Operations begun so far. */
  readonly operationCount: () => number;
  readonly openCount: () => number;
}

/** @param happensAt Number of the operation before which the change is made; the first is 0 */
export function changingFileSystem(happensAt: number, change: () => void): ChangingFileSystem {
  let operationCount = 0;
  let openCount = 0;
  const begin = () => {
    if (operationCount++ === happensAt) change();
  };
  return {
    operationCount: () => operationCount,
    openCount: () => openCount,
    async openForReading(path) {
      begin();
      const file = await nodeReadingFileSystem.openForReading(path);
      openCount++;
      return watched(file, begin, () => openCount--);
    },
    list(directory) {
      begin();
      return nodeReadingFileSystem.list(directory);
    },
    status(path) {
      begin();
      return nodeReadingFileSystem.status(path);
    },
    realPath: (path) => nodeReadingFileSystem.realPath(path),
    diskSpace: (path) => nodeReadingFileSystem.diskSpace(path),
  };
}

function watched(file: ReadableFile, begin: () => void, onClose: () => void): ReadableFile {
  return {
    read(target, position) {
      begin();
      return file.read(target, position);
    },
    status() {
      begin();
      return file.status();
    },
    async close() {
      onClose();
      await file.close();
    },
  };
}

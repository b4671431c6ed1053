/**
 * Tells the original log manager's segments from Kafka's by their first bytes.
 *
 * In all of Kafka's formats a file begins with an offset at or just above the file's name; there it begins with the
 * length of a record whose CRC holds. Looks at the first few files; reads only.
 */
import { AppError } from '../../../shared/errors';
import type { ReadingFileSystem } from '../file-system';
import {
  isLogManagerRecord,
  LOG_MANAGER_RECORD_SIZE_MIN,
  logManagerRecordSize,
} from '../format/original-record';
import { withFile } from './read-index';

/** kafka: batches and message sets. log-manager: format/original-record.ts. */
export type LogFormat = 'kafka' | 'log-manager';

const FILES_LOOKED_AT = 3;
/** A first record that is larger is not looked into: the next file tells. */
const RECORD_SIZE_MAX = 16 * 1024 * 1024;

/** @param paths Of .log files, in the order to look at them. */
export async function formatOf(fs: ReadingFileSystem, paths: readonly string[]): Promise<LogFormat> {
  for (const path of paths.slice(0, FILES_LOOKED_AT)) {
    try {
      if (await withFile(fs, { path }, beginsWithLogManagerRecord)) return 'log-manager';
    } catch (error) {
      if (!(error instanceof AppError)) throw error; // what cannot be read is reported where the log is inspected
    }
  }
  return 'kafka';
}

async function beginsWithLogManagerRecord(file: {
  read(target: Uint8Array, position: number): Promise<number>;
}): Promise<boolean> {
  const head = new Uint8Array(LOG_MANAGER_RECORD_SIZE_MIN);
  if ((await file.read(head, 0)) < head.length) return false;
  const size = logManagerRecordSize(new DataView(head.buffer), 0, head.length);
  if (size === null || size > RECORD_SIZE_MAX) return false;
  const record = new Uint8Array(size);
  return (await file.read(record, 0)) === size && isLogManagerRecord(record);
}

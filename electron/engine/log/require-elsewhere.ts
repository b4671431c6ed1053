/**
 * Where a log that is made from another one may go: not over it, not into it, and nowhere in a broker's data directory,
 * also not where a link leads there.
 * Among a broker's logs it would be set aside or taken for one of them, and a folder that is no log keeps it from starting.
 */
import { sep } from 'node:path';
import { AppError } from '../../../shared/errors';
import { brokerDirectoryAround, realPlaceOf } from '../broker-directory';
import type { ReadingFileSystem } from '../file-system';

interface Places {
  /** The log that is read. */
  readonly source: string;
  /** The directory that the new log is made in. */
  readonly into: string;
}

/** @throws AppError INVALID_ARGUMENT */
export async function requireElsewhere(fs: ReadingFileSystem, { source, into }: Places): Promise<void> {
  const refuse = (reason: string) => new AppError('INVALID_ARGUMENT', reason, { path: into });
  const [log, place] = [await realPlaceOf(fs, source), await realPlaceOf(fs, into)];
  if (place === log || place.startsWith(log + sep))
    throw refuse(`${into} lies inside the log itself; choose a place outside it.`);
  const broker = await brokerDirectoryAround(fs, into);
  if (broker !== null)
    throw refuse(`${broker} is the data directory of a broker; choose a place outside it.`);
}

/**
 * The cluster's metadata as the data directory of a KRaft broker holds it: the newest snapshot, then the log behind it.
 *
 * A `%020d-%010d.checkpoint` is complete once it has that name (`.part` before). Reads only.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { CLUSTER_METADATA_TOPIC } from '../format/file-names';
import { CONTROL_BIT } from '../format/record-batch';
import { ClusterMetadata } from '../internal-topics/cluster-metadata';
import { recordsOf } from './check-batch';
import { withFile } from './read-index';
import { readRecords } from './read-records';
import { scanSegment } from './scan-segment';

const METADATA_PARTITION = `${CLUSTER_METADATA_TOPIC}-0`;
const SNAPSHOT_NAME = /^(\d{20})-\d{10}\.checkpoint$/;

/** @returns null where the data directory has no metadata log. */
export async function readClusterMetadata(
  fs: ReadingFileSystem,
  dataDirectory: string,
): Promise<ClusterMetadata | null> {
  const directory = join(dataDirectory, METADATA_PARTITION);
  try {
    const names = (await fs.list(directory)).map(({ name }) => name);
    const newest = names
      .filter((name) => SNAPSHOT_NAME.test(name))
      .sort()
      .at(-1);
    const metadata = new ClusterMetadata();
    if (newest !== undefined) await replaySnapshot(fs, join(directory, newest), metadata);
    const fromOffset: Offset = newest === undefined ? 0 : Number(SNAPSHOT_NAME.exec(newest)![1]);
    for await (const { header, records } of readRecords(fs, directory, { fromOffset }))
      if ((header.attributes & CONTROL_BIT) === 0)
        for (const { value } of records) if (value !== null) metadata.apply(value);
    return metadata;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function replaySnapshot(fs: ReadingFileSystem, path: string, metadata: ClusterMetadata): Promise<void> {
  await withFile(fs, { path }, async (file) => {
    const { sizeInBytes } = await file.status();
    await scanSegment(
      { file, fileName: path, sizeInBytes, baseOffset: 0, needsBytes: true },
      {
        batch(header, position, reader) {
          if ((header.attributes & CONTROL_BIT) !== 0) return true;
          const bytes = reader.batchAt(position, header.sizeInBytes).slice();
          for (const { value } of recordsOf(header, bytes).records) if (value !== null) metadata.apply(value);
          return true;
        },
        damage: () => true,
      },
    );
  });
}

/**
 * Checks the small files beside the segments: producer snapshots, leader epochs, partition.metadata, Strata's own log start,
 * and this log's entries in the checkpoints of its data directory. A file that is missing is no finding: brokers make it anew.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import { type Problem, type ProblemCode, problemAt } from '../../../shared/problem';
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  CLEANER_CHECKPOINT,
  LEADER_EPOCH_CHECKPOINT,
  LOG_START_CHECKPOINT,
  LONE_LOG_START_FILE,
  placeOfEntry,
  RECOVERY_POINT_CHECKPOINT,
  REPLICATION_CHECKPOINT,
  readLoneLogStart,
  readOffsetCheckpoint,
} from '../format/checkpoint-files';
import { PARTITION_METADATA_FILE, readTopicId } from '../format/partition-metadata';
import { readProducerSnapshot, SNAPSHOT_ENTRY_SIZE, SNAPSHOT_HEADER_SIZE } from '../format/producer-snapshot';
import type { LeaderEpochsSeen } from './check-leader-epochs';
import type { LogDirectory } from './list-logs';
import type { LogFiles } from './log-files';
import { readSmallFile } from './read-small-file';

export interface SideFileFacts {
  readonly log: LogDirectory;
  readonly files: LogFiles;
  readonly epochs: LeaderEpochsSeen;
  readonly logStartOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
}

export async function checkSideFiles(fs: ReadingFileSystem, facts: SideFileFacts): Promise<Problem[]> {
  const { log, files, epochs, logStartOffset, logEndOffset } = facts;
  const inLog = (name: string) => join(log.path, name);
  const problems: Problem[] = [];
  for (const { endOffset, file } of files.snapshots) {
    if (!file.isRegular) continue;
    await look(fs, file.path, { file: file.name, code: 'producer-snapshot-malformed' }, problems, (bytes) => {
      const producers = readProducerSnapshot(bytes);
      if (typeof producers === 'string')
        return problemAt('producer-snapshot-malformed', { file: file.name }, `${producers}.`);
      const slot = producers.findIndex(({ lastOffset }) => lastOffset >= endOffset);
      const late = producers[slot];
      if (late === undefined) return [];
      const position = SNAPSHOT_HEADER_SIZE + slot * SNAPSHOT_ENTRY_SIZE;
      const place = { file: file.name, position, sizeInBytes: SNAPSHOT_ENTRY_SIZE };
      const message = `Producer ${late.producerId} has its last offset at ${late.lastOffset}, behind the snapshot.`;
      return problemAt('producer-snapshot-malformed', place, message);
    });
  }
  const epochFile = { file: LEADER_EPOCH_CHECKPOINT, code: 'leader-epoch-checkpoint-malformed' } as const;
  await look(fs, inLog(LEADER_EPOCH_CHECKPOINT), epochFile, problems, (bytes) =>
    epochs.check(bytes.toString('utf8'), logStartOffset),
  );
  const metadataFile = { file: PARTITION_METADATA_FILE, code: 'partition-metadata-malformed' } as const;
  await look(fs, inLog(PARTITION_METADATA_FILE), metadataFile, problems, (bytes) =>
    readTopicId(bytes.toString('utf8')) === null
      ? problemAt(
          'partition-metadata-malformed',
          metadataFile,
          'It has no version 0 and topic id of 22 characters.',
        )
      : [],
  );
  const startFile = { file: LONE_LOG_START_FILE, code: 'log-start-malformed' } as const;
  await look(fs, inLog(LONE_LOG_START_FILE), startFile, problems, (bytes) => {
    const offset = readLoneLogStart(bytes.toString('utf8'));
    if (typeof offset === 'string') return problemAt('log-start-malformed', startFile, `${offset}.`);
    if (offset <= logEndOffset) return [];
    return problemAt('log-start-malformed', startFile, `It says ${offset}; the log ends at ${logEndOffset}.`);
  });
  if (log.state === 'current') problems.push(...(await checkCheckpoints(fs, facts)));
  return problems;
}

async function checkCheckpoints(
  fs: ReadingFileSystem,
  { log, logEndOffset }: SideFileFacts,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const name of [
    RECOVERY_POINT_CHECKPOINT,
    LOG_START_CHECKPOINT,
    REPLICATION_CHECKPOINT,
    CLEANER_CHECKPOINT,
  ]) {
    const place = { file: join('..', name) };
    await look(
      fs,
      join(dirname(log.path), name),
      { ...place, code: 'checkpoint-malformed' },
      problems,
      (bytes) => {
        const text = bytes.toString('utf8');
        const entries = readOffsetCheckpoint(text);
        if (typeof entries === 'string')
          return problemAt('checkpoint-malformed', place, `In ${name}: ${entries}.`);
        const entry = entries.find(
          ({ topic, partition }) => topic === log.topic && partition === log.partition,
        );
        if (entry === undefined || entry.offset <= logEndOffset) return [];
        const code: ProblemCode =
          name === LOG_START_CHECKPOINT ? 'log-start-beyond-log' : 'checkpoint-beyond-log';
        return problemAt(
          code,
          { ...place, ...placeOfEntry(text, entry) },
          `${name} says ${entry.offset}; the log ends at ${logEndOffset}.`,
        );
      },
    );
  }
  return problems;
}

/** Reads a file where there is one and adds what is wrong with it; a file that cannot be read is wrong, too. */
async function look(
  fs: ReadingFileSystem,
  path: string,
  { file, code }: { readonly file: string; readonly code: ProblemCode },
  problems: Problem[],
  check: (bytes: Buffer) => Problem | Problem[],
): Promise<void> {
  try {
    const bytes = await readSmallFile(fs, path);
    if (bytes !== null) problems.push(...[check(bytes)].flat());
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(problemAt(code, { file }, `${error.code}: ${error.message}`));
  }
}

/**
 * Which index files of a log are to be written anew, and why: each against what Kafka's recovery would write
 * (LogSegment.recover), from one pass over every byte of the log. Plans only; reads only.
 *
 * Kafka itself looks at no index when it starts after a clean stop: what is wrong there stays wrong until somebody
 * rebuilds it. Indexes that differ without harm are left alone.
 */
import { join } from 'node:path';
import { type Setting, settingNumber, settingsOf } from '../../../shared/plan/topic-settings';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  OFFSET_INDEX_SUFFIX,
  offsetName,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { ProducerStates } from '../rules/producer-states';
import type { BrokerState } from './broker-state';
import { TransactionChecker } from './check-transactions';
import { duePlans, type PlannedIndexFile } from './due-index-plans';
import type { LogDirectory } from './list-logs';
import { type LogFiles, listLogFiles, type SegmentFiles } from './log-files';
import { placeRefusalOf } from './policy-refusal';
import { readSmallFile } from './read-small-file';
import { type ScannedSegment, scanForIndexes } from './scan-for-indexes';
import { type DirectoryPolicies, settingPlacesOf } from './topic-policy';

export interface IndexRebuildPlan {
  readonly name: string;
  readonly settings: Readonly<Record<'index.interval.bytes', Setting>>;
  readonly files: PlannedIndexFile[];
  readonly segmentCount: number;
  readonly blocked: { readonly baseOffset: Offset; readonly why: string }[];
  readonly refusal: string | null;
}

export interface IndexRebuildInputs {
  /** As shared/index-rebuild.ts has it. */
  readonly plan: IndexRebuildPlan;
  /** All segments that the plan was made from. */
  readonly segments: readonly { readonly baseOffset: Offset; readonly sizeInBytes: Bytes }[];
  readonly indexIntervalBytes: Bytes;
  readonly fileDeleteDelayMs: number;
}

export interface IndexRebuildOptions {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
  /** The user's own settings, by topic names. An interval among them is to hold for every index. */
  readonly given: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function planIndexRebuild(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { policies, broker, given, signal, onProgress }: IndexRebuildOptions,
): Promise<IndexRebuildInputs> {
  const { 'file.delete.delay.ms': delay, ...settings } = settingsOf(
    ['index.interval.bytes', 'file.delete.delay.ms'],
    settingPlacesOf(policies, log, given),
  );
  const setting = settings['index.interval.bytes'];
  const indexIntervalBytes = settingNumber(setting) ?? 0;
  const listing = await listLogFiles(fs, log.path);
  const { segments } = listing;
  const bytesTotal = segments.reduce((sum, { log: file }) => sum + file.sizeInBytes, 0);
  const state = {
    transactions: new TransactionChecker(),
    producers: await producersAtStart(fs, log.path, segments[0]),
  };
  const files: PlannedIndexFile[] = [];
  const blocked: { baseOffset: Offset; why: string }[] = [];
  let bytesDone = 0;
  for (const [index, segment] of segments.entries()) {
    signal?.throwIfAborted();
    const from = bytesDone;
    const onPosition = (position: number) => onProgress?.({ bytesDone: from + position, bytesTotal });
    const isActive = index === segments.length - 1;
    const scanned: ScannedSegment = await scanForIndexes(fs, segment, {
      ...{ ...state, isActive, indexIntervalBytes, signal, onPosition },
    });
    if (scanned.damage !== null) blocked.push({ baseOffset: segment.baseOffset, why: scanned.damage });
    // What a transaction began with may have stood in bytes that are no batches.
    const isAllKnown = blocked.length === 0;
    const isGiven = setting.source === 'given';
    files.push(...duePlans(segment, scanned, { isActive, isGiven, isAllKnown, indexIntervalBytes }));
    bytesDone += segment.log.sizeInBytes;
  }
  return {
    plan: {
      ...{ name: log.name, settings, files: [...files, ...(await orphans(fs, log.path, listing))], blocked },
      segmentCount: segments.length,
      refusal: placeRefusalOf(log, broker),
    },
    segments: segments.map(({ baseOffset, log: { sizeInBytes } }) => ({ baseOffset, sizeInBytes })),
    indexIntervalBytes,
    fileDeleteDelayMs: settingNumber(delay) ?? 0,
  };
}

/** As a broker recovers: from the snapshot at the beginning of the first segment, where there is one. */
async function producersAtStart(
  fs: ReadingFileSystem,
  directory: string,
  first: SegmentFiles | undefined,
): Promise<ProducerStates> {
  const name = `${offsetName(first?.baseOffset ?? 0)}.snapshot`;
  const bytes = await readSmallFile(fs, join(directory, name));
  const entries = bytes === null ? null : readProducerSnapshot(bytes);
  return new ProducerStates(Array.isArray(entries) ? entries : []);
}

const KINDS = {
  [OFFSET_INDEX_SUFFIX]: 'offset-index',
  [TIME_INDEX_SUFFIX]: 'time-index',
  [TRANSACTION_INDEX_SUFFIX]: 'transaction-index',
} as const;

async function orphans(
  fs: ReadingFileSystem,
  directory: string,
  { problems }: LogFiles,
): Promise<PlannedIndexFile[]> {
  const files: PlannedIndexFile[] = [];
  for (const { code, file: name, baseOffset, message } of problems) {
    const suffix = Object.keys(KINDS).find((each) => name.endsWith(each)) as keyof typeof KINDS | undefined;
    if (code !== 'file-orphaned-index' || suffix === undefined) continue;
    const status = await fs.status(join(directory, name));
    files.push({
      ...{ name, baseOffset: baseOffset ?? 0, kind: KINDS[suffix], reason: 'unneeded', why: message },
      ...{ entriesBefore: null, bytesBefore: status?.sizeInBytes ?? null },
      ...{ entriesAfter: null, bytesAfter: null },
    });
  }
  return files;
}

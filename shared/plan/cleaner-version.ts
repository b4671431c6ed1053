/**
 * Where Kafka's versions clean differently: how long tombstones and markers stay, which batch is kept for the log's end,
 * what becomes of old message formats. Named by the first version with the rules; the last one is the default. Pure.
 */
export interface CleanerRules {
  /**
   * batch-horizon: each batch carries the time from which its tombstones and its marker may go (KIP-534).
   * segment-time: they stay while the segment's file is younger than delete.retention.ms before the last clean one.
   */
  readonly tombstonesGoBy: 'batch-horizon' | 'segment-time';
  /**
   * The batch that stays, if need be empty, so that the offset behind it is not lost: none, the one before the end of
   * what is cleaned (KAFKA-17076), or the one before the high watermark (KAFKA-20452).
   */
  readonly batchThatStays: 'none' | 'cleanable-end' | 'high-watermark';
  /**
   * Batches of message formats 0 and 1: kept as they are or, where they lose records, in their format; or rewritten in
   * format 2, which makes small ones larger and gives their tombstones a horizon (KIP-724).
   */
  readonly oldFormats: 'kept' | 'rewritten';
  /**
   * Whether the transaction index of a segment that was cleaned in part, because the map got full in its middle, lacks
   * the aborted transactions behind that point (KAFKA-13727): their records then become visible.
   */
  readonly losesAbortsWhenMapIsFull: boolean;
}

export const CLEANER_VERSIONS = ['2.8', '3.1', '3.2', '3.9', '4.0', '4.4'] as const;
export type CleanerVersion = (typeof CLEANER_VERSIONS)[number];
export const CURRENT_CLEANER: CleanerVersion = '4.4';

const FIRST: CleanerRules = {
  tombstonesGoBy: 'segment-time',
  batchThatStays: 'none',
  oldFormats: 'kept',
  losesAbortsWhenMapIsFull: true,
};
const WITH_HORIZONS: CleanerRules = { ...FIRST, tombstonesGoBy: 'batch-horizon' };
const WITH_ALL_ABORTS: CleanerRules = { ...WITH_HORIZONS, losesAbortsWhenMapIsFull: false };
const WITH_LAST_BATCH: CleanerRules = { ...WITH_ALL_ABORTS, batchThatStays: 'cleanable-end' };
const WITHOUT_OLD_FORMATS: CleanerRules = { ...WITH_LAST_BATCH, oldFormats: 'rewritten' };

const RULES: Readonly<Record<CleanerVersion, CleanerRules>> = {
  '2.8': FIRST,
  '3.1': WITH_HORIZONS,
  '3.2': WITH_ALL_ABORTS,
  '3.9': WITH_LAST_BATCH,
  '4.0': WITHOUT_OLD_FORMATS,
  '4.4': { ...WITHOUT_OLD_FORMATS, batchThatStays: 'high-watermark' },
};

export function cleanerRules(version: CleanerVersion): CleanerRules {
  return RULES[version];
}

/** The rules that a broker of a version like 3.7.1 follows; older ones than the first by it. null for no version */
export function cleanerVersionOf(brokerVersion: string): CleanerVersion | null {
  if (!/^\d+(\.\d+){0,2}$/.test(brokerVersion)) return null;
  const isReached = (version: CleanerVersion) => {
    const [major = 0, minor = 0] = brokerVersion.split('.').map(Number);
    const [fromMajor = 0, fromMinor = 0] = version.split('.').map(Number);
    return major > fromMajor || (major === fromMajor && minor >= fromMinor);
  };
  return CLEANER_VERSIONS.findLast(isReached) ?? CLEANER_VERSIONS[0];
}

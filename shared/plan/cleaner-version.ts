/**
 * Where Kafka's versions clean differently: how long tombstones and markers stay, and which batch is kept for the log's
 * end. Named by the first version with the rules; the last one is the default. Pure.
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
}

export const CLEANER_VERSIONS = ['2.8', '3.1', '3.9', '4.4'] as const;
export type CleanerVersion = (typeof CLEANER_VERSIONS)[number];
export const CURRENT_CLEANER: CleanerVersion = '4.4';

const RULES: Readonly<Record<CleanerVersion, CleanerRules>> = {
  '2.8': { tombstonesGoBy: 'segment-time', batchThatStays: 'none' },
  '3.1': { tombstonesGoBy: 'batch-horizon', batchThatStays: 'none' },
  '3.9': { tombstonesGoBy: 'batch-horizon', batchThatStays: 'cleanable-end' },
  '4.4': { tombstonesGoBy: 'batch-horizon', batchThatStays: 'high-watermark' },
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

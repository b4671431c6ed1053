/**
 * What a broker takes a directory of its data directory for, by its name (UnifiedLog.parseTopicPartitionName).
 *
 * More names are a partition's to a broker than it would ever write: what it does with them is the question here.
 */

export interface BrokerDirectoryName {
  readonly topic: string;
  readonly partition: number;
  readonly state: 'current' | 'deleted' | 'future' | 'stray';
}

const STATE_BY_SUFFIX = { '-delete': 'deleted', '-future': 'future', '-stray': 'stray' } as const;
const MARKED = /^\S+-\S+\.\S+-(?:delete|future|stray)$/;
/** The cache of tiered indexes: a directory that a broker passes over. */
export const REMOTE_INDEX_CACHE = 'remote-log-index-cache';
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** null for a name at which a broker stops. */
export function brokerDirectoryName(name: string): BrokerDirectoryName | null {
  if (!name.includes('-')) return null;
  const suffix = Object.keys(STATE_BY_SUFFIX).find((one) => name.endsWith(one));
  if (suffix !== undefined && !MARKED.test(name)) return null;
  const plain = suffix === undefined ? name : name.slice(0, name.lastIndexOf('.'));
  const dash = plain.lastIndexOf('-');
  const digits = plain.slice(dash + 1);
  if (dash < 1 || !/^[+-]?\d+$/.test(digits)) return null;
  const partition = Number(digits);
  if (partition < INT32.min || partition > INT32.max) return null;
  const state = suffix === undefined ? 'current' : STATE_BY_SUFFIX[suffix as keyof typeof STATE_BY_SUFFIX];
  return { topic: plain.slice(0, dash), partition, state };
}

export interface DirectoryRefusal {
  readonly name: string;
  readonly reason: 'name-not-topic-partition' | 'partition-twice' | 'future-beside-current';
  /** The other directory of the partition. */
  readonly other: string | null;
}

/** Names of directories at which a broker does not start, given all of a data directory's but remote-log-index-cache. */
export function directoryRefusals(names: readonly string[]): DirectoryRefusal[] {
  const refusals: DirectoryRefusal[] = [];
  const current = new Map<string, string>();
  const future = new Map<string, string>();
  for (const name of [...names].sort()) {
    const parsed = brokerDirectoryName(name);
    if (parsed === null) refusals.push({ name, reason: 'name-not-topic-partition', other: null });
    if (parsed === null || parsed.state === 'deleted' || parsed.state === 'stray') continue;
    const byPartition = parsed.state === 'current' ? current : future;
    const key = `${parsed.topic} ${parsed.partition}`;
    const other = byPartition.get(key);
    if (other === undefined) byPartition.set(key, name);
    else refusals.push({ name, reason: 'partition-twice', other });
  }
  for (const [key, name] of future) {
    const other = current.get(key);
    if (other !== undefined) refusals.push({ name, reason: 'future-beside-current', other });
  }
  return refusals;
}

/** cleanup.policy as Kafka reads it: a list of delete and compact; an empty one is allowed since 4.2. Pure. */
export interface CleanupPolicy {
  readonly deletes: boolean;
  readonly compacts: boolean;
}

/** null where the text has anything but delete and compact (ValidList of TopicConfig.CLEANUP_POLICY_CONFIG). */
export function parseCleanupPolicy(text: string): CleanupPolicy | null {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.some((word) => word !== 'delete' && word !== 'compact')) return null;
  return { deletes: words.includes('delete'), compacts: words.includes('compact') };
}

/** In Kafka's spelling; empty where neither. */
export function cleanupPolicyText({ deletes, compacts }: CleanupPolicy): string {
  return [...(compacts ? ['compact'] : []), ...(deletes ? ['delete'] : [])].join(',');
}

/** Why a plan under an assumed policy is never applied. What to do about it, each surface says in its own words. */
export const POLICY_IS_ASSUMED =
  'cleanup.policy is assumed: neither the metadata log nor a server.properties tells it.';

/**
 * Kinds of files that belong to a segment, in the order of the usage columns (disk-usage.ts). Apart from the schemas, so
 * that the page can know them without zod.
 */

/** deleted: a file of any of the other kinds, waiting to be purged. */
export const FILE_KINDS = ['log', 'index', 'timeindex', 'txnindex', 'snapshot', 'deleted'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

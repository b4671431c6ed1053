/** The tables that a report has as CSV, by name. Without schemas: the page imports it, too. */
export const TABLE_NAMES = [
  ...(['logs', 'segments', 'problems', 'files', 'retention', 'compaction', 'settings'] as const),
  ...(['bytes', 'sizes', 'codecs', 'largest-records', 'heaviest'] as const),
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

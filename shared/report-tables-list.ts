/** The tables that a report has as CSV, by name. Without schemas: the page imports it, too. */
const STATISTICS_TABLE_NAMES = ['bytes', 'sizes', 'codecs', 'largest-records', 'heaviest'] as const;
export const TABLE_NAMES = [
  ...(['logs', 'segments', 'problems', 'files', 'retention', 'compaction', 'settings'] as const),
  ...STATISTICS_TABLE_NAMES,
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** Whether a report has it only where statistics were asked for. */
export function isStatisticsTable(name: TableName): boolean {
  return (STATISTICS_TABLE_NAMES as readonly TableName[]).includes(name);
}

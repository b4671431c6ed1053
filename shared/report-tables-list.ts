/** The tables that a report has as CSV, by name, and what it holds them for. Without schemas: the page imports it, too. */

/** By table: what of a report has to be asked for so that it has the table; null for what is always read. */
const TABLE_PARTS = {
  logs: null,
  segments: null,
  problems: null,
  files: null,
  retention: null,
  settings: null,
  writers: null,
  runs: null,
  compaction: 'analysesCompaction',
  'index-rebuild': 'plansIndexRebuild',
  startup: 'plansStartup',
  transactions: 'listsTransactions',
  bytes: 'readsStatistics',
  sizes: 'readsStatistics',
  codecs: 'readsStatistics',
  'largest-records': 'readsStatistics',
  heaviest: 'readsStatistics',
} as const;
export type TableName = keyof typeof TABLE_PARTS;
type ReportPart = Exclude<(typeof TABLE_PARTS)[TableName], null>;

export const TABLE_NAMES = Object.keys(TABLE_PARTS) as [TableName, ...TableName[]];

/** The tables of a report that is asked for these parts. */
export function tablesWith(asked: Readonly<Record<ReportPart, boolean>>): TableName[] {
  return TABLE_NAMES.filter((name) => {
    const part = TABLE_PARTS[name];
    return part === null || asked[part];
  });
}

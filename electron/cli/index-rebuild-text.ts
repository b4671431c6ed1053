/** A plan to rebuild indexes as text for a terminal. Pure. */
import type { IndexRebuildLogPlan, IndexRebuildReport, PlannedIndexFile } from '../../shared/index-rebuild';
import { type Column, countText, safeText, sizeText, textTable } from './text-table';

const bytesText = (bytes: number | null) => (bytes === null ? '-' : sizeText(bytes));

const COLUMNS: readonly Column<PlannedIndexFile>[] = [
  { title: 'file', text: ({ name }) => name },
  { title: 'reason', text: ({ reason }) => reason },
  { title: 'entries', align: 'right', text: ({ entriesBefore }) => countText(entriesBefore) },
  { title: 'then', align: 'right', text: ({ entriesAfter }) => countText(entriesAfter) },
  { title: 'size', align: 'right', text: ({ bytesBefore }) => bytesText(bytesBefore) },
  { title: 'then', align: 'right', text: ({ bytesAfter }) => bytesText(bytesAfter) },
  { title: 'why', text: ({ why }) => safeText(why) },
];

export function indexRebuildText({ logs }: IndexRebuildReport, isApplied: boolean): string {
  const due = logs.filter(({ files, blocked }) => files.length + blocked.length > 0);
  const count = logs.reduce((sum, { files }) => sum + files.length, 0);
  const total = `${count} ${count === 1 ? 'index file' : 'index files'} to rebuild in ${logs.length} ${logs.length === 1 ? 'log' : 'logs'}\n`;
  return `${due.map((log) => logText(log, isApplied)).join('')}${total}`;
}

function logText(
  { name, files, blocked, settings, refusal, applied }: IndexRebuildLogPlan,
  isApplied: boolean,
) {
  const { value, source } = settings['index.interval.bytes'];
  return [
    `${safeText(name)}: index.interval.bytes ${value} (${source})\n`,
    files.length === 0 ? '' : textTable(COLUMNS, files),
    ...blocked.map(({ baseOffset, why }) => `segment ${baseOffset} stays as it is: ${safeText(why)}\n`),
    refusal === null ? '' : `${isApplied ? 'not applied' : 'would not be applied'}: ${safeText(refusal)}\n`,
    applied === null ? '' : `rebuilt; \`strata undo\` takes it back, \`strata purge\` frees the space\n`,
    '\n',
  ].join('');
}

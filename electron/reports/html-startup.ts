/**
 * What of a log is no segment, in the HTML of a report: what a broker's next start would do to the files, how transactions
 * ended, who writes with the engine, and runs of Strata's. Long lists are cut, and say so.
 */
import { bytesOfStep, STARTUP_ACTIONS, STARTUP_REASONS } from '../../shared/plan/startup-reasons';
import type { Report, ReportLog } from '../../shared/report';
import { startupFacts, startupVerdict } from '../cli/startup-words';
import { sizeText, timeText } from '../cli/text-table';
import { grouped, html, htmlTable, type Markup } from './html-markup';
import {
  isWriterAiling,
  RUN_TITLES,
  runCells,
  writerCounters,
  writerRowText,
  writerStateText,
  writersOf,
} from './writer-figures';

const STEPS_MAX = 200;
const TRANSACTIONS_MAX = 100;
const RUNS_MAX = 100;
const WRITERS_MAX = 100;

export function startupSection({ startup, directory }: Report): Markup | null {
  if (startup === null) return null;
  const { plan, error } = startup;
  if (plan === null)
    return html`<h2>Next start-up</h2><p class="error">It could not be played through. ${error?.message ?? null}</p>`;
  const { steps } = plan;
  const changes = steps.filter(({ action }) => action !== 'keep');
  const isRefused = changes.some(({ action }) => action === 'refuse');
  const shown = changes.slice(0, STEPS_MAX);
  const keptCount = steps.length - changes.length;
  const stays = keptCount === 1 ? '1 file stays as it is.' : `${grouped(keptCount)} files stay as they are.`;
  return html`<h2>Next start-up</h2><p><span class="${isRefused ? 'error' : 'good'}">${startupVerdict(plan)}</span> ${startupFacts(plan).join(' ')} ${stays}</p>${
    shown.length === 0
      ? null
      : htmlTable<(typeof shown)[number]>(
          [
            {
              title: 'Broker',
              cell: ({ action }) => html`<span class="whole">${STARTUP_ACTIONS[action]}</span>`,
            },
            {
              ...{ title: 'Where', isName: true },
              cell: ({ log, file }) =>
                html`<span class="mono">${placeText(log, file, directory.kind)}</span>`,
            },
            {
              ...{ title: 'Bytes', isNumber: true },
              cell: (step) => {
                const bytes = bytesOfStep(step);
                return bytes === null ? '' : sizeText(bytes);
              },
            },
            {
              title: 'Why',
              cell: ({ reason, detail, toName }) =>
                [detail, STARTUP_REASONS[reason], toName === null ? null : `Afterwards: ${toName}.`]
                  .filter((part) => part !== null)
                  .join(' '),
            },
          ],
          shown,
          shown.length < changes.length ? `The first ${shown.length} of ${grouped(changes.length)}.` : null,
        )
  }`;
}

/** As `codec-none-0/00000000000000000072.log`; of one log without its name. */
export function placeText(log: string | null, file: string, kind: Report['directory']['kind']): string {
  const name = file === '' ? '(directory)' : file;
  if (log === null || kind === 'log') return name;
  return file === '' ? log : `${log}/${file}`;
}

export function transactionsSection(found: ReportLog['transactions']): Markup | null {
  if (found === null || found.total === 0) return null;
  const { transactions, total, firstOpenOffset } = found;
  const shown = transactions.slice(-TRANSACTIONS_MAX);
  const open =
    firstOpenOffset === null
      ? 'None is open.'
      : `The earliest open one begins at ${grouped(firstOpenOffset)}: read_committed consumers stop there.`;
  const tones = { open: 'warning', committed: 'good', aborted: 'error' } as const;
  return html`<h3>Transactions</h3><p>${grouped(total)} in all. ${open}</p>${htmlTable<
    (typeof shown)[number]
  >(
    [
      { title: 'State', cell: ({ state }) => html`<span class="${tones[state]}">${state}</span>` },
      { title: 'First offset', isNumber: true, cell: ({ firstOffset }) => grouped(firstOffset) },
      { title: 'Last offset', isNumber: true, cell: ({ lastOffset }) => grouped(lastOffset) },
      { title: 'Producer id', isNumber: true, cell: ({ producerId }) => grouped(producerId) },
      { title: 'Epoch', isNumber: true, cell: ({ producerEpoch }) => grouped(producerEpoch) },
    ],
    shown,
    shown.length < total
      ? `The newest ${shown.length} of ${grouped(total)}, in the order of their markers.`
      : null,
  )}`;
}

export function writerSection(writer: ReportLog['writer']): Markup | null {
  if (writer === null) return null;
  const facts = writerCounters(writer).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`);
  return html`<h3>Writer with the engine</h3><dl class="facts"><dt>State</dt><dd>${writerStateText(writer)}</dd>${facts}${
    writer.flaw === null
      ? null
      : html`<dt>Counters</dt><dd class="warning">cannot be used: ${writer.flaw}</dd>`
  }</dl>`;
}

/** Of all logs of a data directory; one log has its own section. */
export function writersSection(report: Report): Markup | null {
  const rows = writersOf(report);
  if (report.directory.kind === 'log' || rows.length === 0) return null;
  type Row = (typeof rows)[number];
  const counted = (cell: (counters: NonNullable<Row['writer']['metrics']>) => string) => (row: Row) =>
    row.writer.metrics === null ? '–' : cell(row.writer.metrics);
  return html`<h2>Writers with the engine</h2>${htmlTable<Row>(
    [
      { title: 'Log', isName: true, cell: ({ name }) => html`<span class="mono">${name}</span>` },
      { title: 'State', cell: ({ writer }) => writerStateCell(writer) },
      { title: 'Appends', isNumber: true, cell: counted(({ metrics }) => grouped(metrics.appendCount)) },
      { title: 'Records', isNumber: true, cell: counted(({ metrics }) => grouped(metrics.recordCount)) },
      {
        title: 'Bytes written',
        isNumber: true,
        cell: counted(({ metrics }) => sizeText(metrics.appendedBytes)),
      },
      { title: 'Counters of', cell: counted(({ writtenAtMs }) => timeText(writtenAtMs)) },
    ],
    rows.slice(0, WRITERS_MAX),
    rows.length > WRITERS_MAX ? `The first ${WRITERS_MAX} of ${grouped(rows.length)}.` : null,
  )}`;
}

function writerStateCell(writer: NonNullable<ReportLog['writer']>): Markup {
  const flaw = writer.flaw === null ? '' : `. Its counters cannot be used: ${writer.flaw}`;
  return html`<span class="${isWriterAiling(writer) ? 'warning' : 'none'}">${writerRowText(writer)}${flaw}</span>`;
}

/** Of all logs, so that a cut-off one is not missed. */
export function runsSection({ logs, directory }: Report): Markup | null {
  const rows = logs.flatMap(({ name, runs }) => runs.map((run) => ({ name, cells: runCells(run) })));
  if (rows.length === 0) return null;
  const names = { title: 'Log', isName: true, cell: ({ name }: (typeof rows)[number]) => name };
  const columns = RUN_TITLES.map((title, index) => ({
    title,
    isNumber: title === 'Segments' || title === 'Bytes',
    cell: ({ cells }: (typeof rows)[number]) => cells[index]!,
  }));
  return html`<h2>Runs of Strata</h2>${htmlTable<(typeof rows)[number]>(
    directory.kind === 'log' ? columns : [names, ...columns],
    rows.slice(0, RUNS_MAX),
    rows.length > RUNS_MAX ? `The first ${RUNS_MAX} of ${grouped(rows.length)}.` : null,
  )}`;
}

/**
 * A report as Markdown for a ticket: the figures, the largest logs, problems, what retention and compaction come to.
 *
 * Names stand in code spans and sentences are escaped, so that nothing in them becomes a link, a mention or markup.
 */
import { percentText } from '../../shared/plan/share-text';
import { STARTUP_ACTIONS, STARTUP_REASONS } from '../../shared/plan/startup-reasons';
import type { Report, ReportLog } from '../../shared/report';
import type { TopRow } from '../../shared/statistics';
import { writerWords } from '../../shared/writer-words';
import { dirtyRatioOf } from '../cli/compaction-text';
import { startupFacts, startupVerdict } from '../cli/startup-words';
import { safeText, sizeText, timeText } from '../cli/text-table';
import { diskFacts } from './disk-facts';
import { placeText } from './html-startup';
import {
  compactionVerdict,
  isDamaged,
  type ReportFigures,
  reportFigures,
  retentionPlanOf,
  segmentsText,
} from './report-figures';
import {
  RUN_TITLES,
  runCells,
  writerCounters,
  writerRowText,
  writerStateText,
  writersOf,
} from './writer-figures';

const LOGS_MAX = 50;
const PROBLEMS_MAX = 50;
const SEGMENTS_MAX = 100;
const STEPS_MAX = 50;
const FILES_MAX = 50;

export function reportMarkdown(report: Report): string {
  const figures = reportFigures(report);
  const [only] = report.logs;
  return `${[
    `# Strata report: ${code(report.directory.name)}`,
    facts(report, figures),
    ...(report.directory.kind === 'log' && only !== undefined ? [segments(only)] : [largestLogs(report)]),
    problems(report, figures),
    writers(report),
    runs(report),
    indexRebuild(report),
    retention(report),
    compaction(report),
    statistics(report),
    startup(report),
    transactions(report),
    redaction(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** Backticks would end the span; there is none in any name of Kafka's. */
function code(text: string): string {
  return `\`${safeText(text).replaceAll('`', 'ˋ').replaceAll('|', '\\|')}\``;
}

function sentence(text: string): string {
  return safeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replace(/[\\`*_{}[\]()#+!|~>]/g, '\\$&');
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  // A colon at the right: figures are aligned there.
  const rule = titles.map((title) => (title.startsWith('>') ? '---:' : '---'));
  return [line(titles.map((title) => title.replace('>', ''))), line(rule), ...rows.map(line)].join('\n');
}

function facts(report: Report, figures: ReportFigures): string {
  const { directory, broker, madeAtMs, hostName, version, depth } = report;
  const { logCount, segmentCount, sizeInBytes, recordCount, problemCount } = figures;
  return table(
    ['', ''],
    [
      ['Directory', code(directory.path)],
      ...(hostName === null ? [] : [['Host', code(hostName)]]),
      ['Looked at', `${timeText(madeAtMs)}, ${DEPTHS[depth]}, by Strata ${version}`],
      ['Writer', `${writerWords(broker)}: ${sentence(broker.reason)}`],
      ['Logs', String(logCount)],
      ['Segments', String(segmentCount)],
      ['Size', `${sizeText(sizeInBytes)} (${sizeInBytes} bytes)`],
      ['Records', recordCount === null ? 'not counted' : String(recordCount)],
      ['Problems', String(problemCount)],
      ...diskFacts(report).map(([title, text]) => [title, sentence(text)]),
    ],
  );
}

export const DEPTHS = {
  glance: 'names, sizes and single headers',
  headers: 'every batch header',
  records: 'every byte',
} as const;

function largestLogs({ logs }: Report): string {
  const sizeOf = ({ inspection }: ReportLog) => inspection?.sizeInBytes ?? 0;
  const rows = [...logs].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, LOGS_MAX);
  const title = rows.length < logs.length ? `## The ${rows.length} largest logs` : '## Logs';
  return `${title}\n\n${table(
    ['Log', '>Segments', '>Size', '>Log start offset', '>Log end offset', '>Problems', 'cleanup.policy'],
    rows.map(({ name, inspection, error, retention: planned }) =>
      inspection === null
        ? [code(name), '', '', '', '', sentence(error?.message ?? ''), '']
        : [
            ...[code(name), String(inspection.segments.length), sizeText(inspection.sizeInBytes)],
            ...[String(inspection.logStartOffset), String(inspection.logEndOffset)],
            ...[String(inspection.problems.length), planned?.plan.cleanupPolicy ?? ''],
          ],
    ),
  )}`;
}

function segments({ inspection }: ReportLog): string {
  if (inspection === null) return '';
  const { segments: all } = inspection;
  const rows = all.slice(-SEGMENTS_MAX);
  const title = rows.length < all.length ? `## The ${rows.length} newest segments` : '## Segments';
  const count = (value: number | null) => (value === null ? '' : String(value));
  return `${title}\n\n${table(
    [
      '>Base offset',
      '>Last offset',
      '>Size',
      '>Batches',
      '>Records',
      'Largest timestamp',
      'Codecs',
      '>Index entries',
    ],
    rows.map((segment) => [
      ...[String(segment.baseOffset), count(segment.lastOffset), sizeText(segment.sizeInBytes)],
      ...[count(segment.batchCount), count(segment.recordCount), timeText(segment.largestTimestampMs)],
      ...[segment.codecs.join(' '), count(segment.offsetIndex?.entryCount ?? null)],
    ]),
  )}`;
}

function problems({ logs, depth }: Report, { problemCount }: ReportFigures): string {
  if (problemCount === 0)
    return depth === 'records'
      ? 'No problems: every byte was read.'
      : 'No problems seen; not every byte was read.';
  const rows = logs.flatMap(({ name, inspection }) =>
    (inspection?.problems ?? []).map((problem) => ({ name, ...problem })),
  );
  const title =
    rows.length > PROBLEMS_MAX ? `## Problems (${PROBLEMS_MAX} of ${rows.length})` : '## Problems';
  return `${title}\n\n${table(
    ['Severity', 'Problem', 'File', '>Position', 'What'],
    rows
      .slice(0, PROBLEMS_MAX)
      .map(({ name, severity, code: kind, file, position, message }) => [
        ...[severity, code(kind), code(`${name}/${file}`), position === null ? '' : String(position)],
        sentence(message),
      ]),
  )}`;
}

/** Of logs that a program writes with the engine, or wrote; the counters of one log alone. */
function writers(report: Report): string {
  const found = writersOf(report);
  if (found.length === 0) return '';
  const flawOf = ({ flaw }: (typeof found)[number]['writer']) =>
    flaw === null ? '' : sentence(`. Its counters cannot be used: ${flaw}`);
  if (report.directory.kind === 'log')
    return `## Writer with the engine\n\n${found
      .map(({ writer }) =>
        table(
          ['', ''],
          [
            ['State', `${writerStateText(writer)}${flawOf(writer)}`],
            ...writerCounters(writer).map(([title, value]) => [title, sentence(value)]),
          ],
        ),
      )
      .join('')}`;
  return `## Writers with the engine\n\n${table(
    ['Log', 'State', '>Appends', '>Records', '>Bytes written', 'Counters of'],
    found.slice(0, LOGS_MAX).map(({ name, writer }) => {
      const { metrics: counters } = writer;
      const state = `${writerRowText(writer)}${flawOf(writer)}`;
      if (counters === null) return [code(name), state, '', '', '', ''];
      const { appendCount, recordCount, appendedBytes } = counters.metrics;
      return [
        ...[code(name), state, String(appendCount), String(recordCount)],
        ...[sizeText(appendedBytes), timeText(counters.writtenAtMs)],
      ];
    }),
  )}`;
}

function runs({ logs }: Report): string {
  const rows = logs.flatMap(({ name, runs: made }) => made.map((run) => [code(name), ...runCells(run)]));
  if (rows.length === 0) return '';
  const title =
    rows.length > LOGS_MAX ? `## Runs of Strata (${LOGS_MAX} of ${rows.length})` : '## Runs of Strata';
  const [kind, made, segmentCount, bytes, state, due] = RUN_TITLES;
  const titles = ['Log', kind, made, `>${segmentCount}`, `>${bytes}`, state, due];
  return `${title}\n\n${table(titles, rows.slice(0, LOGS_MAX))}`;
}

function indexRebuild({ logs }: Report): string {
  const planned = logs.flatMap(({ name, indexRebuild: plan }) => (plan === null ? [] : [{ ...plan, name }]));
  if (planned.length === 0) return '';
  const files = planned.flatMap(({ name, files: each }) => each.map((file) => ({ log: name, file })));
  const blocked = planned.flatMap(({ name, blocked: each }) =>
    each.map((segment) => ({ log: name, segment })),
  );
  const rows = files
    .slice(0, FILES_MAX)
    .map(({ log, file: { name, reason, why, entriesBefore, entriesAfter } }) => [
      ...[code(`${log}/${name}`), reason, entriesText(entriesBefore), entriesText(entriesAfter)],
      sentence(why),
    ]);
  const cut = files.length > FILES_MAX ? ` (${FILES_MAX} of ${files.length})` : '';
  return [
    `## Index files to rebuild${cut}`,
    ...(rows.length === 0 ? ['None: each was compared with every byte of its log.'] : []),
    ...(rows.length === 0 ? [] : [table(['File', 'Reason', '>Entries', '>Then', 'Why'], rows)]),
    ...blocked
      .slice(0, FILES_MAX)
      .map(
        ({ log, segment: { baseOffset, why } }) =>
          `${code(log)}, segment ${baseOffset}, stays as it is: ${sentence(why)}`,
      ),
  ].join('\n\n');
}

const entriesText = (count: number | null) => (count === null ? 'no file' : String(count));

function retention({ logs }: Report): string {
  const planned = logs.flatMap((log) => retentionPlanOf(log) ?? []);
  const going = planned.filter(({ deletions }) => deletions.length > 0);
  if (going.length === 0) return '## Retention\n\nNothing would go now.';
  return `## Retention\n\n${table(
    ['Log', '>Goes now', '>Frees', 'cleanup.policy', 'retention.ms', 'retention.bytes'],
    going
      .sort((a, b) => b.freedBytes - a.freedBytes)
      .slice(0, LOGS_MAX)
      .map(({ name, deletions, freedBytes, cleanupPolicy, policySource, settings }) => [
        ...[code(name), segmentsText(deletions.length), sizeText(freedBytes)],
        `${cleanupPolicy} (${policySource})`,
        ...[sentence(settings['retention.ms'].value), sentence(settings['retention.bytes'].value)],
      ]),
  )}`;
}

function compaction({ logs }: Report): string {
  const planned = logs.flatMap(({ compaction: found }) =>
    found?.analysis == null ? [] : [found.analysis.plan],
  );
  if (planned.length === 0) return '';
  return `## Compaction\n\n${table(
    [
      'Log',
      'Runs now',
      '>Dirty ratio (min.cleanable.dirty.ratio)',
      '>Records before',
      '>Records after',
      '>Size before',
      '>Size after',
    ],
    planned.slice(0, LOGS_MAX).map((plan) => [
      ...[code(plan.name), compactionVerdict(plan)],
      `${dirtyRatioOf(plan)} (${plan.settings['min.cleanable.dirty.ratio'].value})`,
      // Damage ends an analysis before it knows what would be left.
      ...[String(plan.recordsBefore), isDamaged(plan) ? '' : String(plan.recordsAfter)],
      ...[sizeText(plan.bytesBefore), isDamaged(plan) ? '' : sizeText(plan.bytesAfter)],
    ]),
  )}`;
}

/** Of the largest logs: what their bytes are, and the key that takes the most. */
function statistics({ logs, redaction: { isOn } }: Report): string {
  const measured = logs.flatMap(({ name, statistics: found }) =>
    found === null ? [] : [{ ...found.log, name }],
  );
  if (measured.length === 0) return '';
  const share = (part: number, whole: number) => percentText(part / Math.max(whole, 1));
  const rows = measured.sort((a, b) => b.bytes.total - a.bytes.total).slice(0, LOGS_MAX);
  return `## Statistics\n\n${table(
    [
      ...[
        'Log',
        '>Records',
        '>Different keys',
        '>Tombstones',
        '>On disk',
        '>Decompressed',
        '>Keys',
        '>Values',
      ],
      ...['>Headers', '>Largest record', 'Heaviest key'],
    ],
    rows.map(({ name, counts, uniqueKeys, bytes, sizes, topKeys: [top] }) => {
      const content = bytes.total + bytes.compressionGain;
      const exact = uniqueKeys?.isExact === false ? 'about ' : '';
      return [
        ...[
          code(name),
          String(counts.records),
          `${exact}${uniqueKeys?.count ?? ''}`,
          String(counts.tombstones),
        ],
        ...[
          sizeText(bytes.total),
          sizeText(content),
          share(bytes.keys, content),
          share(bytes.values, content),
        ],
        share(bytes.headerNames + bytes.headerValues, content),
        sizes.record.count === 0 ? '' : sizeText(sizes.record.max),
        top === undefined || top.bytesMin === 0 ? '' : `${code(nameOf(top))}, ${sizeText(top.bytesMin)}`,
      ];
    }),
  )}${isOn ? '\n\nKeys are keyed hashes.' : ''}`;
}

function nameOf({ nameText, nameBase64 }: TopRow): string {
  return nameText === '' ? '(empty)' : (nameText ?? `base64 ${nameBase64}`);
}

function startup({ startup: found, directory }: Report): string {
  if (found === null) return '';
  const { plan, error } = found;
  if (plan === null)
    return `## Next start-up\n\nIt could not be played through. ${sentence(error?.message ?? '')}`;
  const changes = plan.steps.filter(({ action }) => action !== 'keep');
  const title = changes.length > STEPS_MAX ? ` (${STEPS_MAX} of ${changes.length} changes)` : '';
  const words = [startupVerdict(plan), ...startupFacts(plan)].join(' ');
  const rows = changes
    .slice(0, STEPS_MAX)
    .map(({ action, log, file, reason, detail }) => [
      ...[STARTUP_ACTIONS[action], code(placeText(log, file, directory.kind))],
      sentence([...(detail === null ? [] : [detail]), STARTUP_REASONS[reason]].join(' ')),
    ]);
  return [
    `## Next start-up${title}`,
    sentence(words),
    ...(rows.length === 0 ? [] : [table(['Broker', 'Where', 'Why'], rows)]),
  ].join('\n\n');
}

type Counts = NonNullable<NonNullable<ReportLog['transactions']>['counts']>;

/** How many ended how, a log a row; those without any are left out. Of all, or nothing: not of those listed alone. */
function transactions({ logs }: Report): string {
  const found = logs.flatMap(({ name, transactions: listed }) =>
    listed === null || listed.total === 0 ? [] : [{ name, ...listed }],
  );
  if (found.length === 0) return '';
  const count = ({ counts, transactions: listed, total }: (typeof found)[number], wanted: keyof Counts) => {
    if (counts !== undefined) return String(counts[wanted]);
    return listed.length < total ? '' : String(listed.filter(({ state }) => state === wanted).length);
  };
  return `## Transactions\n\n${table(
    ['Log', '>Transactions', '>Committed', '>Aborted', '>Open', '>Earliest open offset'],
    found
      .sort((a, b) => b.total - a.total)
      .slice(0, LOGS_MAX)
      .map((each) => [
        ...[code(each.name), String(each.total), count(each, 'committed'), count(each, 'aborted')],
        ...[count(each, 'open'), each.firstOpenOffset === null ? '' : String(each.firstOpenOffset)],
      ]),
  )}`;
}

function redaction({ redaction: { isOn, hashesTopics } }: Report): string {
  if (!isOn) return 'Not redacted. No values of records are in a report.';
  return `Redacted: paths cut, keys, header names and CRCs hashed${hashesTopics ? ', topic names hashed' : ''}. No values of records are in a report.`;
}

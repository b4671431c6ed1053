/**
 * A report as one page of HTML: the cores and charts of the window, and the tables. No script, nothing loaded, both
 * themes, on paper too. Long lists are cut, and say so; all of them are in JSON and CSV.
 */
import type { CompactionAnalysis } from '../../shared/compaction';
import { PROBLEM_KINDS } from '../../shared/problem';
import type { Report, ReportLog } from '../../shared/report';
import { writerWords } from '../../shared/writer-words';
import { dirtyRatioOf } from '../cli/compaction-text';
import { sizeText, timeText } from '../cli/text-table';
import { CLUSTER_METADATA_TOPIC } from '../engine/format/file-names';
import { diskFacts } from './disk-facts';
import { indexRebuildSection, indexSection } from './html-indexes';
import { grouped, html, htmlTable, type Markup } from './html-markup';
import {
  ageColours,
  barPicture,
  corePicture,
  densityColours,
  fateColours,
  growthPicture,
  PATTERNS,
  savingsColours,
} from './html-pictures';
import {
  runsSection,
  startupSection,
  transactionsSection,
  writerSection,
  writersSection,
} from './html-startup';
import { statisticsSection, worstKeysSection } from './html-statistics';
import { REPORT_POLICY, REPORT_STYLE } from './html-style';
import { treemapPicture } from './html-treemap';
import { DEPTHS } from './markdown';
import {
  compactionVerdict,
  isDamaged,
  type ReportFigures,
  reportFigures,
  retentionPlanOf,
  segmentsText,
} from './report-figures';

const LOGS_MAX = 500;
/** Of a data directory: so many logs are shown with their cores. */
const DETAILED_LOGS_MAX = 12;
const SEGMENTS_MAX = 200;
const PROBLEMS_MAX = 500;

export function reportHtml(report: Report): string {
  const figures = reportFigures(report);
  const { name, kind } = report.directory;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${{ markup: REPORT_POLICY }}">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<title>${name}: Strata report</title><style>${{ markup: REPORT_STYLE }}</style></head>
<body>${PATTERNS}<main>
${heading(report)}
${figureStrip(figures, report.depth === 'records')}
${treemapPicture(report)}
${kind === 'log' ? null : logsTable(report)}
${problemsTable(report)}
${startupSection(report)}
${writersSection(report)}
${runsSection(report)}
${indexRebuildSection(report)}
${detailedLogs(report).map((log) => logSection(log, report))}
<h2>About this report</h2>${about(report)}
</main></body></html>
`;
  return page.markup;
}

function heading(report: Report): Markup {
  const { directory, broker, madeAtMs, hostName, depth } = report;
  return html`<p class="quiet">Strata report, ${timeText(madeAtMs)}</p><h1>${directory.name}</h1>
<dl class="facts"><dt>Directory</dt><dd class="mono">${directory.path}</dd>${
    hostName === null ? null : html`<dt>Host</dt><dd class="mono">${hostName}</dd>`
  }<dt>Writer</dt><dd>${writerWords(broker)}. ${broker.reason}</dd><dt>Looked at</dt><dd>${DEPTHS[depth]}</dd>${diskFacts(report).map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl>`;
}

function figureStrip(figures: ReportFigures, isVerified: boolean): Markup {
  const { logCount, segmentCount, sizeInBytes, recordCount, problemCount, errorCount, unreadableLogCount } =
    figures;
  const [size, unit] = sizeText(sizeInBytes).split(' ');
  const [freed, freedUnit] = sizeText(figures.retentionFreesBytes).split(' ');
  const problemTone = errorCount > 0 ? 'error' : problemCount > 0 ? 'warning' : isVerified ? 'good' : 'none';
  const figure = (title: string, value: Markup | string) =>
    html`<div><dt>${title}</dt><dd>${value}</dd></div>`;
  return html`<dl class="figures">${[
    figure('Size', html`${size!} <span class="unit">${unit!}</span>`),
    figure('Logs', grouped(logCount)),
    figure('Segments', grouped(segmentCount)),
    figure('Records', recordCount === null ? 'not counted' : grouped(recordCount)),
    figure('Problems', html`<span class="${problemTone}">${grouped(problemCount)}</span>`),
    ...(unreadableLogCount === 0 ? [] : [figure('Logs that could not be read', grouped(unreadableLogCount))]),
    figure('Retention would free', html`${freed!} <span class="unit">${freedUnit!}</span>`),
  ]}</dl>`;
}

const sizeOf = ({ inspection }: ReportLog) => inspection?.sizeInBytes ?? 0;
const bySize = (logs: readonly ReportLog[]) => [...logs].sort((a, b) => sizeOf(b) - sizeOf(a));

function logsTable({ logs }: Report): Markup {
  const shown = bySize(logs).slice(0, LOGS_MAX);
  const most = Math.max(1, sizeOf(shown[0]!));
  return html`<h2>Logs</h2>${htmlTable<ReportLog>(
    [
      { title: 'Log', isName: true, cell: ({ name }) => html`<span class="mono">${name}</span>` },
      { title: 'Size', isNumber: true, cell: (log) => sizeText(sizeOf(log)) },
      { title: '', isBar: true, cell: (log) => barPicture(sizeOf(log) / most) },
      {
        title: 'Segments',
        isNumber: true,
        cell: ({ inspection }) => grouped(inspection?.segments.length ?? null),
      },
      {
        title: 'Log end offset',
        isNumber: true,
        cell: ({ inspection }) => grouped(inspection?.logEndOffset ?? null),
      },
      {
        title: 'Records',
        isNumber: true,
        cell: ({ inspection }) => grouped(inspection?.recordCount ?? null),
      },
      {
        ...{ title: 'Problems', isNumber: true },
        cell: ({ inspection, error }) =>
          error !== null
            ? html`<span class="error">${error.message}</span>`
            : grouped(inspection!.problems.length),
      },
      {
        title: 'cleanup.policy',
        cell: ({ retention }) => html`<span class="whole">${policyText(retention)}</span>`,
      },
      {
        ...{ title: 'Goes now', isNumber: true },
        cell: (log) => {
          const plan = retentionPlanOf(log);
          return plan === null ? '–' : sizeText(plan.freedBytes);
        },
      },
    ],
    shown,
    shown.length < logs.length ? `The ${shown.length} largest of ${logs.length}.` : null,
  )}`;
}

function policyText(retention: ReportLog['retention']): string {
  if (retention === null) return '–';
  const { cleanupPolicy, policySource } = retention.plan;
  return policySource === 'assumed' ? `${cleanupPolicy} (assumed)` : cleanupPolicy;
}

function problemsTable({ logs, depth, directory }: Report): Markup {
  const rows = logs.flatMap(({ name, inspection }) =>
    (inspection?.problems ?? []).map((problem) => ({ name, problem })),
  );
  if (rows.length === 0)
    return html`<h2>Problems</h2><p>${depth === 'records' ? 'None: every byte was read.' : 'None seen; not every byte was read.'}</p>`;
  const shown = rows.slice(0, PROBLEMS_MAX);
  return html`<h2>Problems</h2>${htmlTable<(typeof rows)[number]>(
    [
      {
        title: 'Severity',
        cell: ({ problem: { severity } }) => html`<span class="${severity}">${severity}</span>`,
      },
      {
        title: 'Where',
        isName: true,
        cell: ({ name, problem: { file, position } }) =>
          html`<span class="mono">${directory.kind === 'log' ? '' : `${name}/`}${file}${position === null ? '' : ` at ${position}`}</span>`,
      },
      {
        title: 'What',
        cell: ({ problem: { code, message } }) => html`${PROBLEM_KINDS[code].title}. ${message}`,
      },
      { title: 'Consequence', cell: ({ problem }) => problem.consequence },
    ],
    shown,
    shown.length < rows.length ? `The first ${shown.length} of ${rows.length}.` : null,
  )}`;
}

function detailedLogs({ directory, logs }: Report): ReportLog[] {
  const readable = logs.filter(({ inspection }) => inspection !== null && inspection.segments.length > 0);
  return directory.kind === 'log' ? readable : bySize(readable).slice(0, DETAILED_LOGS_MAX);
}

function logSection(
  { name, topic, inspection, writer, retention, compaction, statistics, batches, transactions }: ReportLog,
  report: Report,
): Markup {
  const { segments } = inspection!;
  const growth = retention?.growth ?? null;
  // A file that came or went between the two looks would shift the colours.
  const fate = retention !== null && fateColours(retention, report.madeAtMs);
  const savings = compaction?.analysis == null ? null : savingsColours(segments, compaction.analysis);
  const hasFate = fate !== false && fate.toneOf.length === segments.length;
  return html`<h2>${report.directory.kind === 'log' ? 'Segments' : name}</h2>
${corePicture(segments, ageColours(segments))}
${hasFate ? corePicture(segments, fate) : null}
${corePicture(segments, densityColours(segments))}
${savings === null ? null : corePicture(segments, savings)}
${writerSection(writer)}
${batches === null ? null : indexSection(batches.indexes)}
${retention === null || topic === CLUSTER_METADATA_TOPIC ? null : retentionFacts(retention)}
${growth === null || growth.points.length < 2 ? null : growthPicture(growth)}
${compaction?.analysis == null ? null : compactionFacts(compaction.analysis, report.redaction.isOn)}
${statistics === null ? null : statisticsSection(statistics.log, report.redaction.isOn)}
${transactionsSection(transactions)}
<h3>Segments</h3>${segmentsTable(segments)}`;
}

function segmentsTable(segments: NonNullable<ReportLog['inspection']>['segments']): Markup {
  const shown = segments.slice(-SEGMENTS_MAX);
  return htmlTable<(typeof segments)[number]>(
    [
      { title: 'Base offset', isNumber: true, cell: ({ baseOffset }) => grouped(baseOffset) },
      { title: 'Last offset', isNumber: true, cell: ({ lastOffset }) => grouped(lastOffset) },
      { title: 'Size', isNumber: true, cell: ({ sizeInBytes }) => sizeText(sizeInBytes) },
      { title: 'Batches', isNumber: true, cell: ({ batchCount }) => grouped(batchCount) },
      { title: 'Records', isNumber: true, cell: ({ recordCount }) => grouped(recordCount) },
      {
        title: 'Largest timestamp',
        cell: ({ largestTimestampMs }) => html`<span class="whole">${timeText(largestTimestampMs)}</span>`,
      },
      { title: 'Codecs', cell: ({ codecs }) => codecs.join(', ') },
      {
        title: 'Index entries',
        isNumber: true,
        cell: ({ offsetIndex }) => grouped(offsetIndex?.entryCount ?? null),
      },
      {
        ...{ title: 'Mean gap', isNumber: true },
        cell: ({ offsetIndex }) =>
          offsetIndex?.gapBytesMean == null ? '–' : sizeText(Math.round(offsetIndex.gapBytesMean)),
      },
      {
        title: '',
        cell: ({ isActive, problemCount }) =>
          html`${isActive ? 'active ' : ''}${problemCount === 0 ? null : html`<span class="error">${problemCount} problems</span>`}`,
      },
    ],
    shown,
    shown.length < segments.length ? `The newest ${shown.length} of ${segments.length} segments.` : null,
  );
}

function retentionFacts({ plan, facts }: NonNullable<ReportLog['retention']>): Markup {
  const { settings } = facts;
  const next = plan.kept[0];
  return html`<h3>Retention</h3><dl class="facts"><dt>cleanup.policy</dt><dd>${plan.cleanupPolicy} (${plan.policySource})</dd>${Object.entries(
    settings,
  )
    .filter(([name]) => name !== 'cleanup.policy')
    .map(
      ([name, { value, source }]) =>
        html`<dt>${name}</dt><dd>${value} <span class="quiet">${source}</span></dd>`,
    )}
<dt>Goes now</dt><dd>${segmentsText(plan.deletions.length)}, ${sizeText(plan.freedBytes)}</dd>${
    next === undefined
      ? null
      : html`<dt>Next to go</dt><dd>${String(next.baseOffset)}, ${next.dueAtMs === null ? `not by time (${next.reason})` : timeText(next.dueAtMs)}</dd>`
  }</dl>`;
}

function compactionFacts({ plan, findings }: CompactionAnalysis, isRedacted: boolean): Markup {
  const isExact = plan.bytesAfterIsExact || isDamaged(plan) ? '' : ' (an estimate)';
  return html`<h3>Compaction</h3><dl class="facts"><dt>Runs now</dt><dd>${compactionVerdict(plan)}</dd>
<dt>Dirty ratio</dt><dd>${dirtyRatioOf(plan)} <span class="quiet">min.cleanable.dirty.ratio ${plan.settings['min.cleanable.dirty.ratio'].value}</span></dd>
<dt>Records</dt><dd>${grouped(plan.recordsBefore)} before, ${isDamaged(plan) ? 'not known' : grouped(plan.recordsAfter)} after</dd>
<dt>Size</dt><dd>${sizeText(plan.bytesBefore)} before, ${isDamaged(plan) ? 'not known' : sizeText(plan.bytesAfter)} after${isExact}</dd></dl>${findings === null ? null : worstKeysSection(findings, isRedacted)}`;
}

function about({ version, redaction, schema, depth }: Report): Markup {
  const redacted = redaction.isOn
    ? `Redacted: paths are cut, keys, header names and CRCs are hashes${redaction.hashesTopics ? ' and topic names are hashes' : ''}. Key of the hashes: ${redaction.keyId}.`
    : 'Not redacted.';
  return html`<p class="quiet">Made by Strata ${version} (${schema}) from ${DEPTHS[depth]}. Times are UTC. It holds no values of records or of their headers. ${redacted}</p>`;
}

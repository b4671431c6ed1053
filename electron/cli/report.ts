/**
 * `strata report`: what is to be said of a directory, in files that are passed on: for a ticket, a table, the desktop.
 *
 * The report is made by electron/reports; this file knows the options and where the files go.
 */
import packageJson from '../../package.json';
import type { Depth } from '../../shared/inspection';
import { REPORT_FORMATS, type ReportFormat } from '../../shared/report-request';
import { stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { produceReport, writeProduced } from '../reports/produce-report';
import { ownRedactionKey, readRedactionKey } from '../reports/redaction-key';
import { reportJson } from '../reports/report-file';
import { requirePlace } from '../reports/report-place';
import type { WrittenFile } from '../reports/write-report';
import { type Command, onlyDirectory, usageError } from './command';
import { parseOptions, parseTime } from './parse-values';
import { progressLine } from './progress-line';
import { safeText, sizeText } from './text-table';

export const report: Command = {
  name: 'report',
  usage:
    'DIR|REPORT --format F,… --output PATH [--force] [--counts] [--verify] [--compaction] [--statistics] [--startup] [--transactions] [--rebuild-index] [--batches] [--full] [--broker-config FILE] [--now T] [--host-name] [--hash-topics] [--redaction-key-file FILE] [--no-redaction] [--json]',
  summary: 'A report of a directory, for a ticket, for tables, or to be opened in the window elsewhere',
  options: [
    `--format F,…               ${REPORT_FORMATS.join(', ')}; several with commas between them`,
    '                           parquet reads every byte for its table of batches, unless --batches has',
    '--output PATH              the file; a folder where several files result (csv, parquet, several formats)',
    '--force                    write over files that are there',
    '--counts                   count the batches and records of a data directory, too',
    '--verify                   read every byte, so that all problems are in it',
    '--compaction               analyse what compaction would do: reads the cleanable parts twice',
    '--statistics               what the records are and what each byte is: reads every byte, twice where segments are few',
    '--startup                  what a broker would do to the files at its next start: reads what a broker would check',
    '--transactions             how transactions ended: reads every byte',
    '--rebuild-index            which index files would be written anew, and why: reads every byte',
    '--batches                  every batch and index entry (a million at most), as the window lists them: reads every byte',
    '--full                     all of these: what the window shows of a directory, except records',
    '--broker-config FILE       server.properties of the broker, whose static values are in no log',
    '--now T                    plan as of this time (ms since the epoch, or ISO 8601)',
    '--host-name                tell the name of this machine',
    '--hash-topics              keyed hashes in place of the names of topics',
    '--redaction-key-file FILE  the key of the hashes; else one that is kept in the state folder',
    '--no-redaction             leave paths and texts as they are',
    '--json                     the report in JSON on standard output, or the names of the files with --output',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      format: { type: 'string' },
      output: { type: 'string' },
      force: { type: 'boolean' },
      counts: { type: 'boolean' },
      verify: { type: 'boolean' },
      compaction: { type: 'boolean' },
      statistics: { type: 'boolean' },
      startup: { type: 'boolean' },
      transactions: { type: 'boolean' },
      'rebuild-index': { type: 'boolean' },
      batches: { type: 'boolean' },
      full: { type: 'boolean' },
      'broker-config': { type: 'string' },
      now: { type: 'string' },
      'host-name': { type: 'boolean' },
      'hash-topics': { type: 'boolean' },
      'redaction-key-file': { type: 'string' },
      'no-redaction': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const directory = onlyDirectory(positionals);
    const { output, json } = values;
    const formats = parseFormats(values.format ?? (json && output === undefined ? 'json' : undefined));
    if (output === undefined && !json) throw usageError('Where to? --output PATH');
    if (values['no-redaction'] && (values['hash-topics'] || values['redaction-key-file'] !== undefined))
      throw usageError('--no-redaction hashes nothing.');
    const place = { formats, tables: null, output: output ?? '', overwrites: values.force ?? false };
    if (output !== undefined) await requirePlace(place);
    const line = progressLine(terminal, 'read');
    const keyFile = values['redaction-key-file'];
    const produced = await produceReport(fs, {
      path: directory,
      contents: {
        ...{ formats, tables: null, ...partsOf(values), hashesTopics: values['hash-topics'] ?? false },
        tellsHostName: values['host-name'] ?? false,
        isRedacted: !values['no-redaction'],
      },
      redactionKey: () => keyOf(keyFile),
      ...{ version: packageJson.version, nowMs: parseTime('now', values.now) ?? terminal.now() },
      ...{ brokerConfig: values['broker-config'] ?? null, signal: terminal.signal },
      stateDirectory: stateDirectory(process.env),
      onProgress: (progress) => line.show(progress),
    });
    const { shown, isSaved } = produced;
    const idle = ABOUT_DIRECTORIES.filter((name) => values[name] !== undefined);
    if (isSaved && idle.length > 0) {
      line.clear();
      terminal.err(`${safeText(directory)} is a saved report, which --${idle.join(', --')} cannot change.\n`);
    }
    if (output === undefined) {
      line.clear();
      await terminal.out(reportJson(shown));
    } else {
      const files = await writeProduced(fs, produced, { ...place, signal: terminal.signal });
      line.clear();
      await terminal.out(json ? `${JSON.stringify({ files })}\n` : filesText(files));
    }
    return shown.logs.some(({ error, inspection }) => error !== null || inspection!.problems.length > 0)
      ? 1
      : 0;
  },
};

const PARTS = [
  ...(['counts', 'verify', 'compaction', 'statistics', 'startup', 'transactions'] as const),
  ...(['rebuild-index', 'batches'] as const),
];
type PartOption = (typeof PARTS)[number];

/** Options of what is read: a saved report is as deep as it is, and of its time and place. */
const ABOUT_DIRECTORIES = [...PARTS, ...(['full', 'broker-config', 'now', 'host-name'] as const)];

function partsOf({ full = false, ...values }: { readonly [Name in PartOption | 'full']?: boolean }) {
  const depth: Depth | null = full || values.verify ? 'records' : values.counts ? 'headers' : null;
  return {
    depth,
    analysesCompaction: full || values.compaction === true,
    readsStatistics: full || values.statistics === true,
    listsBatches: full || values.batches === true,
    listsTransactions: full || values.transactions === true,
    plansIndexRebuild: full || values['rebuild-index'] === true,
    plansStartup: full || values.startup === true,
  };
}

/** @throws AppError INVALID_ARGUMENT */
function parseFormats(text: string | undefined): ReportFormat[] {
  const names = new Set((text ?? '').split(',').filter((name) => name !== ''));
  if (names.size === 0) throw usageError(`Which format? --format ${REPORT_FORMATS.join(',')}`);
  return [...names].map((name) => {
    const format = REPORT_FORMATS.find((known) => known === name);
    if (format === undefined) throw usageError(`--format takes ${REPORT_FORMATS.join(', ')}; not ${name}.`);
    return format;
  });
}

function keyOf(file: string | undefined): Promise<string> {
  return file === undefined ? ownRedactionKey(stateDirectory(process.env)) : readRedactionKey(file);
}

function filesText(files: readonly WrittenFile[]): string {
  return files.map(({ path, sizeInBytes }) => `${safeText(path)}  ${sizeText(sizeInBytes)}\n`).join('');
}

/**
 * `strata inspect` and `strata verify`: what is in a directory, from headers or from every byte.
 *
 * One log is counted exactly; a data directory at a glance unless counts are asked for. A log that cannot be listed
 * does not keep the others from being shown.
 */

import { AppError } from '../../shared/errors';
import type { Inspection } from '../../shared/inspection';
import { type Problem, problemAt } from '../../shared/problem';
import { type BrokerState, haveOneWriter, readBrokerState } from '../engine/inspect/broker-state';
import { checkDirectoryNames } from '../engine/inspect/check-directory-names';
import { inspectLog, type LogInspection } from '../engine/inspect/inspect-log';
import type { Depth } from '../engine/inspect/inspect-segment';
import { type LogDirectory, type LogListing, listLogs } from '../engine/inspect/list-logs';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type Command, type ExitStatus, onlyDirectory, type Terminal } from './command';
import { inspectionPieces } from './inspection-text';
import { parseOptions } from './parse-values';
import { progressLine } from './progress-line';
import { jsonPieces, outInPieces } from './text-pieces';

export const inspect: Command = {
  name: 'inspect',
  usage: 'DIR [--counts] [--json]',
  summary: 'Logs, segments and indexes; batches and records counted from their headers',
  options: ['--counts  count the batches and records of a data directory, too', '--json    as JSON'],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      counts: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const listing = await listLogs(fs, onlyDirectory(positionals));
    const depth = listing.kind === 'log' || values.counts ? 'headers' : 'glance';
    return report(listing, { depth, schema: 'strata.inspect/1', isJson: values.json ?? false }, terminal);
  },
};

export const verify: Command = {
  name: 'verify',
  usage: 'DIR [--json]',
  summary: 'Reads every byte: CRCs, records, indexes against the log',
  options: ['--json  as JSON'],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } });
    const listing = await listLogs(fs, onlyDirectory(positionals));
    return report(
      listing,
      { depth: 'records', schema: 'strata.verify/1', isJson: values.json ?? false },
      terminal,
    );
  },
};

interface ReportOptions {
  readonly depth: Depth;
  readonly schema: Inspection['schema'];
  readonly isJson: boolean;
}

async function report(listing: LogListing, options: ReportOptions, terminal: Terminal): Promise<ExitStatus> {
  const logs: Inspection['logs'] = [];
  const progress = progressLine(terminal, 'read');
  const hasOwnWriters = listing.kind === 'data-directory' && !(await haveOneWriter(fs, listing.path));
  for (const log of listing.logs) {
    const isOnlyOne = listing.kind === 'log';
    const found = await inspectOrTell(log, { ...options, isOnlyOne }, terminal, progress.show);
    logs.push(hasOwnWriters ? { ...found, broker: await ownWriter(log) } : found);
  }
  progress.clear();
  const problems = listing.kind === 'log' ? [] : await checkDirectoryNames(fs, listing.path);
  const broker = await readBrokerState(fs, listing.path);
  const inspection: Inspection = { schema: options.schema, directory: listing.path, broker, logs, problems };
  await outInPieces(
    terminal,
    options.isJson ? jsonPieces(inspection) : inspectionPieces(inspection, listing.kind),
  );
  const isFinding = ({ severity }: Problem) => severity !== 'info';
  return problems.some(isFinding) || logs.some((log) => log.problems.some(isFinding)) ? 1 : 0;
}

/** undefined where the log cannot be listed, which is a problem of its own. */
async function ownWriter({ path }: LogDirectory): Promise<BrokerState | undefined> {
  try {
    return await readBrokerState(fs, path);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** A log that cannot be listed becomes an empty one with a problem, where it is one of several. */
async function inspectOrTell(
  log: LogDirectory,
  { depth, isOnlyOne }: { readonly depth: Depth; readonly isOnlyOne: boolean },
  { signal, now }: Terminal,
  onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void,
): Promise<LogInspection> {
  try {
    return await inspectLog(fs, log, { depth, nowMs: now(), signal, onProgress });
  } catch (error) {
    if (!(error instanceof AppError) || isOnlyOne) throw error;
    return {
      name: log.name,
      format: log.format,
      logStartOffset: 0,
      logStartOffsetSource: 'first-segment',
      logEndOffset: 0,
      sizeInBytes: 0,
      recordCount: null,
      recordCountIsExact: false,
      segments: [],
      problems: [problemAt('log-unreadable', { file: '' }, `${error.code}: ${error.message}`)],
    };
  }
}

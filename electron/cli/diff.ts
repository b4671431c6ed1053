/**
 * `strata diff`: two reports, a report and a directory, or two directories: what is gone, new and changed; of two copies of
 * a log (a leader's and a follower's, say) the first offset at which their records differ.
 */
import { join } from 'node:path';
import packageJson from '../../package.json';
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import { nodeReadingFileSystem as fs } from '../engine/file-system';
import { firstDifference } from '../reports/compare-records';
import { diffReports, type Side } from '../reports/diff-reports';
import { readReport } from '../reports/report-file';
import { makeReport } from '../reports/report-model';
import { type Command, type Terminal, usageError } from './command';
import { diffText } from './diff-text';
import { parseOptions } from './parse-values';
import { progressLine } from './progress-line';

export const diff: Command = {
  name: 'diff',
  usage: 'A B [--counts] [--no-records] [--json]',
  summary:
    'Compares two directories, reports or copies of a log: what is gone, new, changed, and where first',
  options: [
    '--counts      count the records of data directories, too',
    '--no-records  compare names, sizes and counts only, and not the records of two directories',
    '--json        as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      counts: { type: 'boolean' },
      'no-records': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const [before, after, ...others] = positionals;
    if (before === undefined || after === undefined || others.length > 0)
      throw usageError('Which two? Directories, or reports in JSON.');
    const sides: Side[] = [];
    for (const path of [before, after]) sides.push(await sideAt(path, values.counts ?? false, terminal));
    const [a, b] = sides as [Side, Side];
    const found = diffReports(a, b);
    const comparesRecords = !a.isReport && !b.isReport && !values['no-records'];
    const logs: LogDiff[] = [];
    for (const log of found.logs)
      logs.push(comparesRecords ? { ...log, records: await compareRecords(log, a, b, terminal) } : log);
    const shown: DirectoryDiff = { ...found, logs: logs.map(withRecords) };
    await terminal.out(values.json ? `${JSON.stringify(shown)}\n` : diffText(shown));
    return shown.logs.every(({ change }) => change === 'same') ? 0 : 1;
  },
};

/** Copies of the same sizes may have other records. */
function withRecords(log: LogDiff): LogDiff {
  const differs = log.change === 'same' && (log.records?.firstDifference ?? null) !== null;
  return differs ? { ...log, change: 'changed' } : log;
}

async function sideAt(path: string, counts: boolean, terminal: Terminal): Promise<Side> {
  if ((await fs.status(path))?.kind === 'file') return { report: await readReport(fs, path), isReport: true };
  const line = progressLine(terminal, 'read');
  const report = await makeReport(fs, path, {
    ...{ version: packageJson.version, nowMs: terminal.now(), depth: counts ? 'headers' : null },
    ...{ analysesCompaction: false, hostName: null, brokerConfig: null, signal: terminal.signal },
    onProgress: (progress) => line.show(progress),
  });
  line.clear();
  return { report, isReport: false };
}

async function compareRecords(
  log: LogDiff,
  before: Side,
  after: Side,
  terminal: Terminal,
): Promise<LogDiff['records']> {
  if (log.before === null || log.after === null) return null;
  const fromOffset = Math.max(log.before.logStartOffset, log.after.logStartOffset);
  const endOffset = Math.max(fromOffset, Math.min(log.before.logEndOffset, log.after.logEndOffset));
  const line = progressLine(terminal, 'compared');
  const bytesTotal = log.before.sizeInBytes;
  const found = await firstDifference(fs, pathOf(before, log.name), pathOf(after, log.name), {
    ...{ fromOffset, endOffset, signal: terminal.signal },
    onBytes: (bytesDone) => line.show({ bytesDone, bytesTotal }),
  });
  line.clear();
  return { fromOffset, endOffset, firstDifference: found };
}

function pathOf({ report: { directory } }: Side, name: string): string {
  return directory.kind === 'log' ? directory.path : join(directory.path, name);
}

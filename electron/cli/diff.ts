/**
 * `strata diff`: two reports, a report and a directory, or two directories: what is gone, new and changed; of two copies of
 * a log (a leader's and a follower's, say) the first offset at which their records differ; against a report that lists its
 * batches, the first at which these do.
 */
import packageJson from '../../package.json';
import { stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type ComparisonProgress, compareSides, readSides } from '../reports/compare-sides';
import { diffReports } from '../reports/diff-reports';
import { ownRedactionKey, readRedactionKey } from '../reports/redaction-key';
import { type Command, usageError } from './command';
import { diffText } from './diff-text';
import { parseOptions } from './parse-values';
import { progressLine } from './progress-line';

export const diff: Command = {
  name: 'diff',
  usage: 'A B [--counts] [--no-records] [--redaction-key-file FILE] [--json]',
  summary:
    'Compares two directories, reports or copies of a log: what is gone, new, changed, and where first',
  options: [
    '--counts                   count the records of data directories, too',
    '--no-records               compare names, sizes and counts only, and not the records of two directories',
    '--redaction-key-file FILE  the key of the hashes in a redacted report; else one that is kept in the state folder',
    '--json                     as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      counts: { type: 'boolean' },
      'no-records': { type: 'boolean' },
      'redaction-key-file': { type: 'string' },
      json: { type: 'boolean' },
    });
    const [before, after, ...others] = positionals;
    if (before === undefined || after === undefined || others.length > 0)
      throw usageError('Which two? Directories, or reports in JSON.');
    const lines = { read: progressLine(terminal, 'read'), compared: progressLine(terminal, 'compared') };
    const watched = {
      signal: terminal.signal,
      onProgress: ({ step, ...progress }: ComparisonProgress) => lines[step].show(progress),
    };
    const keyFile = values['redaction-key-file'];
    const [a, b] = await readSides(fs, [before, after], {
      ...{ version: packageJson.version, nowMs: terminal.now(), counts: values.counts ?? false },
      watch: () => watched,
      redactionKey: () =>
        keyFile === undefined ? ownRedactionKey(stateDirectory(process.env)) : readRedactionKey(keyFile),
    });
    const found = values['no-records'] ? diffReports(a, b) : await compareSides(fs, a, b, watched);
    lines.read.clear();
    lines.compared.clear();
    await terminal.out(values.json ? `${JSON.stringify(found)}\n` : diffText(found));
    return found.logs.every(({ change }) => change === 'same') ? 0 : 1;
  },
};

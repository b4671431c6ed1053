/**
 * `strata stats`: what the records of a log are, and what each byte of its files is. Reads every byte.
 *
 * A log that cannot be listed ends the command; damage inside of one does not, it is a part of the bytes.
 */
import { resolve } from 'node:path';
import type { StatisticsReport } from '../../shared/statistics';
import { type LogStatistics, readStatistics } from '../engine/inspect/read-statistics';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type Command, onlyDirectory, usageError } from './command';
import { parseInteger, parseOptions } from './parse-values';
import { logsToPlan } from './planned-logs';
import { progressLine } from './progress-line';
import { statisticsText } from './stats-text';

export const stats: Command = {
  name: 'stats',
  usage: 'DIR [--topic T] [--segment BASE] [--no-unique-keys] [--json]',
  summary: 'What the records are and what each byte is: counts, sizes, codecs, largest records and keys',
  options: [
    '--topic T         only the partitions of this topic',
    '--segment BASE    only the segment with this base offset, of one log',
    '--no-unique-keys  without the number of different keys, which takes up to 32 MiB of memory',
    '--json            as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      topic: { type: 'string' },
      segment: { type: 'string' },
      'no-unique-keys': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const directory = onlyDirectory(positionals);
    const segmentBaseOffset = parseInteger('segment', values.segment, { min: 0 }) ?? null;
    const { logs, kind } = await logsToPlan(fs, directory, values.topic);
    if (segmentBaseOffset !== null && kind !== 'log')
      throw usageError('--segment is for the directory of one log.');
    const progress = progressLine(terminal, 'read');
    const found: LogStatistics[] = [];
    for (const log of logs)
      found.push(
        await readStatistics(fs, log, {
          ...{ segmentBaseOffset, countsUniqueKeys: !values['no-unique-keys'] },
          ...{ signal: terminal.signal, onProgress: progress.show },
        }),
      );
    progress.clear();
    const report: StatisticsReport = { schema: 'strata.stats/1', directory: resolve(directory), logs: found };
    await terminal.out(
      values.json ? `${JSON.stringify(report)}\n` : report.logs.map(statisticsText).join('\n'),
    );
    return found.every(({ isComplete }) => isComplete) ? 0 : 1;
  },
};

/**
 * `strata salvage`: the sound batches around damage, in a new log elsewhere, and a report of what was left out.
 *
 * The damaged log is not touched. Offsets stay as they are: readers of the new log skip what is missing.
 */
import { resolve } from 'node:path';
import type { SalvageReport } from '../../shared/salvage';
import { lostOffsetsText } from '../../shared/salvage-words';
import { nodeFileSystem as fs } from '../engine/file-system';
import { CLUSTER_METADATA_TOPIC } from '../engine/format/file-names';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { salvageLog } from '../workers/salvage-log';
import { type Command, onlyDirectory, type Terminal, usageError } from './command';
import { parseOptions } from './parse-values';
import { logsToPlan, requireKafka } from './planned-logs';
import { progressLine } from './progress-line';
import { safeText, sizeText } from './text-table';

export const salvage: Command = {
  name: 'salvage',
  usage: 'DIR --into DIR2 [--topic T] [--json]',
  summary: 'Copies the sound batches around damage into a new log elsewhere',
  options: [
    '--into DIR2  where the new log goes, under the name of the old one; made where it is missing',
    '--topic T    only the partitions of this topic',
    '--json       as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      into: { type: 'string' },
      topic: { type: 'string' },
      json: { type: 'boolean' },
    });
    const directory = onlyDirectory(positionals);
    if (values.into === undefined) throw usageError('Where to? --into DIR2');
    const into = resolve(values.into);
    const { logs, kind } = await logsToPlan(fs, directory, values.topic);
    requireKafka(logs);
    // Nothing may write a metadata log; among others it stays behind, and on its own it is refused.
    const wanted = kind === 'log' ? logs : logs.filter(({ topic }) => topic !== CLUSTER_METADATA_TOPIC);
    const reports: SalvageReport[] = [];
    for (const log of wanted) reports.push(await salvageOne(log, into, terminal));
    await terminal.out(
      values.json
        ? `${JSON.stringify({ schema: 'strata.salvage/1', directory: resolve(directory), into, logs: reports })}\n`
        : reports.map(reportText).join(''),
    );
    return reports.some(({ leftOut }) => leftOut.length > 0) ? 1 : 0;
  },
};

async function salvageOne(log: LogDirectory, into: string, terminal: Terminal): Promise<SalvageReport> {
  const progress = progressLine(terminal, 'read');
  const { path, name } = log;
  const options = { signal: terminal.signal, onProgress: progress.show };
  const report = await salvageLog(fs, { path, name, into }, options);
  progress.clear();
  return report;
}

function reportText({ name, path, batchCount, recordCount, sizeInBytes, leftOut }: SalvageReport): string {
  const kept =
    path === null
      ? 'no sound batch, nothing written'
      : `${batchCount} batches with ${recordCount} records, ${sizeText(sizeInBytes)}, in ${safeText(path)}`;
  return [`${safeText(name)}: ${kept}`, ...leftOut.map(leftOutText), ''].join('\n');
}

function leftOutText({
  file,
  position,
  sizeInBytes,
  code,
  message,
  fromOffset,
  toOffset,
}: SalvageReport['leftOut'][number]): string {
  const where = `${safeText(file)} at ${position ?? 0}, ${sizeText(sizeInBytes ?? 0)}`;
  const lost = lostOffsetsText(fromOffset, toOffset);
  return `  left out: ${where}: ${code}: ${safeText(message)} Lost: ${lost}.`;
}

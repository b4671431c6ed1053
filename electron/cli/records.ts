/**
 * `strata records`: the records of a log, one a line, from an offset, a time or for a key.
 *
 * With a data directory the logs follow one another. Control records are records, marked as such.
 */
import type { RecordRow } from '../../shared/inspection';
import type { Problem } from '../../shared/problem';
import { nodeReadingFileSystem as fs } from '../engine/file-system';
import type { LogRecord } from '../engine/format/records';
import { type LogDirectory, listLogs } from '../engine/inspect/list-logs';
import { type RecordRange, readRecords } from '../engine/inspect/read-records';
import { TransactionStates } from '../engine/inspect/record-page';
import { recordRow } from '../engine/inspect/record-row';
import { type Command, type ExitStatus, onlyDirectory, type Terminal } from './command';
import { parseInteger, parseOptions, parseTime } from './parse-values';
import { safeText, timeText } from './text-table';

export const records: Command = {
  name: 'records',
  usage: 'DIR [--from-offset N] [--from-time T] [--key K] [--limit N] [--json]',
  summary: 'Records with keys, values, headers and the batch they are in',
  options: [
    '--from-offset N  start at this offset',
    '--from-time T    start at the first record of this time or later (ms since the epoch, or ISO 8601)',
    '--key K          only records with this key',
    '--limit N        so many records at most',
    '--json           one JSON object a line',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      'from-offset': { type: 'string' },
      'from-time': { type: 'string' },
      key: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
    });
    const range = {
      fromOffset: parseInteger('from-offset', values['from-offset'], { min: 0 }),
      fromTimestampMs: parseTime('from-time', values['from-time']),
    };
    const key = values.key === undefined ? null : Buffer.from(values.key);
    const limit = parseInteger('limit', values.limit, { min: 1 }) ?? Number.POSITIVE_INFINITY;
    const { logs } = await listLogs(fs, onlyDirectory(positionals));
    return print(logs, { range, key, limit, isJson: values.json ?? false }, terminal);
  },
};

interface Selection {
  readonly range: RecordRange;
  readonly key: Buffer | null;
  readonly limit: number;
  readonly isJson: boolean;
}

async function print(
  logs: readonly LogDirectory[],
  { range, key, limit, isJson }: Selection,
  terminal: Terminal,
): Promise<ExitStatus> {
  let left = limit;
  let problemCount = 0;
  for (const log of logs) {
    const onProblem = (problem: Problem) => {
      if (problem.severity !== 'info') problemCount++;
      terminal.err(
        `${problem.severity}: ${problem.code}: ${problem.file} at ${problem.position}: ${problem.message}\n`,
      );
    };
    const states = new TransactionStates(fs, log, terminal.signal);
    for await (const batch of readRecords(fs, log.path, { ...range, signal: terminal.signal, onProblem })) {
      const transactionState = await states.of(batch);
      const wanted = key === null ? batch.records : batch.records.filter((record) => hasKey(record, key));
      const lines = wanted.slice(0, left).map((record) => {
        const row: RecordRow = recordRow(batch, record, { log: log.name, transactionState });
        return isJson ? JSON.stringify(row) : recordText(row);
      });
      if (lines.length > 0) await terminal.out(`${lines.join('\n')}\n`);
      left -= lines.length;
      if (left <= 0) return problemCount > 0 ? 1 : 0;
    }
  }
  return problemCount > 0 ? 1 : 0;
}

function hasKey({ key }: LogRecord, wanted: Buffer): boolean {
  return key !== null && wanted.equals(key);
}

function recordText(row: RecordRow): string {
  const marks = row.isControl ? ` ${row.controlType}` : row.transactionState === 'aborted' ? ' aborted' : '';
  const headers = row.headers.map(
    ({ name, valueText, valueBase64 }) => `${safeText(name)}=${shown(valueText, valueBase64)}`,
  );
  return [
    `${row.offset}${marks}`,
    row.timestampMs < 0 ? '-' : timeText(row.timestampMs),
    ...(row.isControl ? [] : [shown(row.keyText, row.keyBase64), shown(row.valueText, row.valueBase64)]),
    ...(headers.length > 0 ? [`headers: ${headers.join(', ')}`] : []),
  ].join('\t');
}

function shown(text: string | null | undefined, base64: string | undefined): string {
  if (base64 !== undefined) return `base64:${base64}`;
  return text === null || text === undefined ? '(null)' : safeText(text);
}

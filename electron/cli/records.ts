/**
 * `strata records`: the records of a log, one a line, from an offset or a time on, for a key, or as matches of a search.
 *
 * With a data directory the logs follow one another. Control records are records, marked as such.
 */
import type { RecordRow } from '../../shared/inspection';
import type { Problem } from '../../shared/problem';
import type { Offset } from '../../shared/units';
import { type LogDirectory, listLogs } from '../engine/inspect/list-logs';
import { listLogFiles } from '../engine/inspect/log-files';
import { type RecordRange, readRecords } from '../engine/inspect/read-records';
import { TransactionStates } from '../engine/inspect/record-page';
import { recordRow } from '../engine/inspect/record-row';
import { readEnd } from '../engine/inspect/retention-facts';
import {
  matchingRecords,
  type RecordPattern,
  type SearchedPart,
  type SearchedRecord,
} from '../engine/inspect/search-records';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type Command, type ExitStatus, onlyDirectory, type Terminal } from './command';
import { parseInteger, parseOptions, parseTime } from './parse-values';
import { progressLine } from './progress-line';
import { FORMAT_OPTIONS, FORMAT_TEXTS, parseFormats, type RecordFormats, recordLine } from './record-formats';
import { type IsWantedKey, parseKey } from './record-key';
import { parsePattern, SEARCH_OPTIONS, SEARCH_TEXTS } from './record-pattern';
import { safeText } from './text-table';

export const records: Command = {
  name: 'records',
  usage:
    'DIR [--from-offset N] [--from-time T] [--key K] [--text T | --regex E | --bytes HEX] [--in PLACES] [--ignore-case] [--limit N] [--key-format F] [--value-format F] [--json]',
  summary: 'Records with keys, values, headers and the batch they are in',
  options: [
    '--from-offset N  start at this offset',
    '--from-time T    start at the first record of this time or later (ms since the epoch, or ISO 8601)',
    '--key K          only records with this key, written as --key-format says (an integer of any size)',
    ...SEARCH_TEXTS,
    '--limit N        so many records at most',
    ...FORMAT_TEXTS,
    '--json           one JSON object a line',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        'from-offset': { type: 'string' },
        'from-time': { type: 'string' },
        key: { type: 'string' },
        ...SEARCH_OPTIONS,
        limit: { type: 'string' },
        ...FORMAT_OPTIONS,
        json: { type: 'boolean' },
      },
      ['key'],
    );
    const range = {
      fromOffset: parseInteger('from-offset', values['from-offset'], { min: 0 }),
      fromTimestampMs: parseTime('from-time', values['from-time']),
    };
    const limit = parseInteger('limit', values.limit, { min: 1 }) ?? Number.POSITIVE_INFINITY;
    const pattern = parsePattern(values);
    const formats = parseFormats(values);
    const isWantedKey = parseKey(values.key, formats.key);
    const { logs } = await listLogs(fs, onlyDirectory(positionals));
    return print(
      logs,
      { range, isWantedKey, pattern, limit, formats, isJson: values.json ?? false },
      terminal,
    );
  },
};

/** Characters that are written at once, or one line: those of a whole batch can be more than a string holds. */
const WRITE_LENGTH = 1024 * 1024;

interface Selection {
  readonly range: RecordRange;
  /** null for all keys, and records without one. */
  readonly isWantedKey: IsWantedKey | null;
  readonly pattern: RecordPattern | null;
  readonly limit: number;
  readonly formats: RecordFormats;
  readonly isJson: boolean;
}

async function print(
  logs: readonly LogDirectory[],
  { range, limit, formats, isJson, ...wanted }: Selection,
  terminal: Terminal,
): Promise<ExitStatus> {
  let left = limit;
  let problemCount = 0;
  const progress = progressLine(terminal, 'searched');
  const complain = (text: string) => {
    progress.clear();
    terminal.err(`${safeText(text)}\n`);
  };
  const write = (text: string) => {
    progress.clear();
    return terminal.out(text);
  };
  for (const log of logs) {
    const onProblem = ({ code, severity, file, position, message }: Problem) => {
      if (severity !== 'info') problemCount++;
      complain(`${severity}: ${code}: ${file} at ${position}: ${message}`);
    };
    const states = new TransactionStates(fs, log, terminal.signal);
    const options = { ...range, signal: terminal.signal, onProblem };
    let foundCount = 0;
    for await (const part of partsOf(log, wanted, options)) {
      const found = part.found.slice(0, left);
      let text = '';
      for (const { batch, record } of found) {
        const transactionState = await states.of(batch);
        const row: RecordRow = recordRow(batch, record, { log: log.name, transactionState });
        const line = recordLine(row, formats, isJson);
        if (line === null) {
          problemCount++;
          complain(tooLongText(log.name, record.offset));
          continue;
        }
        if (text !== '' && text.length + line.length > WRITE_LENGTH) {
          await write(text);
          text = '';
        }
        text += line;
      }
      if (text !== '') await write(text);
      left -= found.length;
      foundCount += found.length;
      if (left <= 0) return problemCount > 0 ? 1 : 0;
      if (part.slow !== null) {
        problemCount++;
        complain(slowText(log.name, part.slow.record.offset));
      }
      if (part.bytesTotal !== null) progress.show({ ...part, bytesTotal: part.bytesTotal });
    }
    const end = foundCount === 0 ? await endBefore(log, range.fromOffset, terminal.signal) : null;
    if (end !== null)
      complain(`${log.name} ends at offset ${end}: there is no record from ${range.fromOffset} on.`);
  }
  progress.clear();
  return problemCount > 0 ? 1 : 0;
}

/** The offset behind the last batch of the log where that is not above the one asked for; else null. */
async function endBefore(
  log: LogDirectory,
  fromOffset: Offset | undefined,
  signal: AbortSignal,
): Promise<Offset | null> {
  if (fromOffset === undefined) return null;
  const active = (await listLogFiles(fs, log.path)).segments.at(-1);
  if (active === undefined) return null;
  const { nextOffset } = await readEnd(fs, active, signal);
  return nextOffset <= fromOffset ? nextOffset : null;
}

const slowText = (log: string, offset: number) =>
  `error: the search of ${log} stopped at offset ${offset}: the expression comes to no end with this record. ` +
  `Write it without nested repetition such as (a+)+, or go on with --from-offset ${offset + 1}.`;

const tooLongText = (log: string, offset: number) =>
  `error: the record at offset ${offset} of ${log} is too long for a line. ` +
  'Text and base64 are shorter than hexadecimal, and a line is shorter without --json.';

type Found = Pick<SearchedRecord, 'batch' | 'record'>;

interface Part extends Pick<SearchedPart, 'slow' | 'bytesDone'> {
  readonly found: readonly Found[];
  /** null where nothing is searched for: records come as fast as they are printed. */
  readonly bytesTotal: number | null;
}

async function* partsOf(
  log: LogDirectory,
  { isWantedKey, pattern }: Pick<Selection, 'isWantedKey' | 'pattern'>,
  range: RecordRange,
): AsyncGenerator<Part, void, undefined> {
  const withKey = (records: readonly Found[]) =>
    isWantedKey === null
      ? records
      : records.filter(({ record: { key } }) => key !== null && isWantedKey(key));
  if (pattern !== null) {
    for await (const part of matchingRecords(fs, log, { ...range, pattern }))
      yield { ...part, found: withKey(part.found) };
    return;
  }
  for await (const batch of readRecords(fs, log.path, range)) {
    const found = withKey(batch.records.map((record) => ({ batch, record })));
    yield { found, slow: null, bytesDone: 0, bytesTotal: null };
  }
}

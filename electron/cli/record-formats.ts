/**
 * A record as a line of `strata records`, as text or JSON, with key and value in the format that was asked for.
 *
 * Content that is none of that format is written as without one: as text, and as base64 where it is no UTF-8.
 */
import { CONTENT_FORMATS, type ContentFormat, contentLine, contentOf } from '../../shared/content-formats';
import type { RecordRow } from '../../shared/inspection';
import { usageError } from './command';
import { safeText, timeText } from './text-table';

export const FORMAT_OPTIONS = {
  'key-format': { type: 'string' },
  'value-format': { type: 'string' },
} as const;

/** For `--help`. */
export const FORMAT_TEXTS = [
  '--key-format F   keys as text, json, hex, base64, integer (of 1, 2, 4 or 8 bytes, as Kafka writes them) or uuid,',
  '                 where they can be read so; with --json in addition, as "key"',
  '--value-format F values in one of these formats; with --json in addition, as "value"',
];

export interface RecordFormats {
  /** null to write it as text or base64. */
  readonly key: ContentFormat | null;
  readonly value: ContentFormat | null;
}

interface FormatValues {
  readonly 'key-format'?: string | undefined;
  readonly 'value-format'?: string | undefined;
}

/** Of Node's buffers, and what V8 says itself; other errors of its class have other causes. */
const STRING_TOO_LONG = 'ERR_STRING_TOO_LONG';
const INVALID_LENGTH = 'Invalid string length';

export function parseFormats(values: FormatValues): RecordFormats {
  return { key: parseFormat('key-format', values), value: parseFormat('value-format', values) };
}

function parseFormat(option: keyof FormatValues, { [option]: name }: FormatValues): ContentFormat | null {
  if (name === undefined) return null;
  const format = CONTENT_FORMATS.find((each) => each.toLowerCase() === name.toLowerCase());
  if (format !== undefined) return format;
  throw usageError(`--${option} takes ${CONTENT_FORMATS.join(', ').toLowerCase()}, not ${name}.`);
}

/** @returns null where it is longer than a string can be: a value of 178 MiB is, as hexadecimal */
export function recordLine(row: RecordRow, formats: RecordFormats, isJson: boolean): string | null {
  try {
    return `${isJson ? recordJson(row, formats) : recordText(row, formats)}\n`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === STRING_TOO_LONG || message === INVALID_LENGTH) return null;
    throw error;
  }
}

function recordText(row: RecordRow, formats: RecordFormats): string {
  const marks = row.isControl ? ` ${row.controlType}` : row.transactionState === 'aborted' ? ' aborted' : '';
  const headers = row.headers.map(
    ({ name, valueText, valueBase64 }) => `${safeText(name)}=${shown(valueText, valueBase64, null)}`,
  );
  const content = [
    shown(row.keyText, row.keyBase64, formats.key),
    shown(row.valueText, row.valueBase64, formats.value),
  ];
  return [
    `${row.offset}${marks}`,
    row.timestampMs < 0 ? '-' : timeText(row.timestampMs),
    ...(row.isControl ? [] : content),
    ...(headers.length > 0 ? [`headers: ${headers.join(', ')}`] : []),
  ].join('\t');
}

function shown(
  text: string | null | undefined,
  base64: string | undefined,
  format: ContentFormat | null,
): string {
  const line = formattedLine(text, base64, format);
  if (line !== null) return safeText(line);
  if (base64 !== undefined) return `base64:${base64}`;
  return text === null || text === undefined ? '(null)' : safeText(text);
}

/** The row as it is; what was asked for stands behind it, JSON as itself, everything else as a string. */
function recordJson(row: RecordRow, formats: RecordFormats): string {
  const asked = [
    formats.key === null ? '' : `,"key":${jsonOf(row.keyText, row.keyBase64, formats.key)}`,
    formats.value === null ? '' : `,"value":${jsonOf(row.valueText, row.valueBase64, formats.value)}`,
  ];
  return `${JSON.stringify(row).slice(0, -1)}${asked.join('')}}`;
}

function jsonOf(text: string | null | undefined, base64: string | undefined, format: ContentFormat): string {
  const line = formattedLine(text, base64, format);
  return format === 'JSON' && line !== null ? line : JSON.stringify(line);
}

function formattedLine(
  text: string | null | undefined,
  base64: string | undefined,
  format: ContentFormat | null,
): string | null {
  const content = format === null ? null : contentOf(text, base64);
  return content === null || format === null ? null : contentLine(content, format);
}

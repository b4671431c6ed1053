/**
 * Key, value and header bytes in the forms people read: text, JSON, hexadecimal, base64, integer, UUID. Pure, for the
 * window and the command line.
 *
 * Bytes arrive as text where they are UTF-8, else as base64; a content that was cut on the way says so by its size.
 */
export interface Content {
  readonly bytes: Uint8Array;
  /** null where the bytes are not UTF-8. */
  readonly text: string | null;
}

export const CONTENT_FORMATS = ['text', 'JSON', 'hex', 'base64', 'integer', 'UUID'] as const;
export type ContentFormat = (typeof CONTENT_FORMATS)[number];

const UUID_BYTES = 16;
const HEX_GROUP = 2;
const HEX_PER_LINE = 16;
/** Larger ones are shown as text: folding out a huge document helps nobody. */
const JSON_LENGTH_MAX = 1_000_000;

/** null for a null key or value. */
export function contentOf(text: string | null | undefined, base64: string | undefined): Content | null {
  if (base64 !== undefined) return { bytes: fromBase64(base64), text: null };
  return text === null || text === undefined ? null : { bytes: new TextEncoder().encode(text), text };
}

/** A small integer is UTF-8, too; its NUL tells it from a text. */
export const isLegible = ({ text }: Content): boolean => text !== null && !text.includes('\0');

function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** What a content can be shown as; the first is the best guess. */
export function formatsOf(content: Content): ContentFormat[] {
  const { bytes, text } = content;
  const isJson = text !== null && /^\s*[[{"]/.test(text) && parsedJson(text) !== undefined;
  return [
    ...(isJson ? (['JSON'] as const) : []),
    ...(isLegible(content) ? (['text'] as const) : []),
    ...([1, 2, 4, 8].includes(bytes.length) && !isLegible(content) ? (['integer'] as const) : []),
    ...(bytes.length === UUID_BYTES ? (['UUID'] as const) : []),
    ...(['hex', 'base64'] as const),
    ...([1, 2, 4, 8].includes(bytes.length) && isLegible(content) ? (['integer'] as const) : []),
    ...(text === null || isLegible(content) ? [] : (['text'] as const)),
  ];
}

/** JSON as it was written: who folds it takes `jsonOf`. */
export function formattedContent({ bytes, text }: Content, format: ContentFormat): string {
  switch (format) {
    case 'text':
    case 'JSON':
      return text ?? '';
    case 'hex':
      return hexText(bytes);
    case 'base64':
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    case 'integer':
      return String(bigEndian(bytes));
    case 'UUID':
      return uuidText(bytes);
  }
}

/** A number whose digits are not those that this program would write for it: too many of them, or 1.0. */
export class WrittenNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** @param source Given by Chromium; Node has it from version 21 on. */
function asWritten(_key: string, value: unknown, source?: { readonly source?: string }): unknown {
  const digits = source?.source ?? String(value);
  return typeof value === 'number' && String(value) !== digits ? new WrittenNumber(digits) : value;
}

function parsedJson(text: string): unknown {
  if (text.length > JSON_LENGTH_MAX) return undefined;
  try {
    return JSON.parse(text, asWritten);
  } catch {
    return undefined; // not JSON: shown as text
  }
}

export const hexOf = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(HEX_GROUP, '0'));

function hexText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += HEX_PER_LINE)
    lines.push(hexOf(bytes.subarray(from, from + HEX_PER_LINE)).join(' '));
  return lines.join('\n');
}

/** As Kafka's IntegerSerializer and LongSerializer write: two's complement, most significant byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(bytes.length * 8, value);
}

function uuidText(bytes: Uint8Array): string {
  const hex = hexOf(bytes).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A JSON text to be folded, with `WrittenNumber`s in it; undefined where it is none, or too large. */
export function jsonOf({ text }: Content): unknown {
  return text === null ? undefined : parsedJson(text);
}

/** Outside of strings. */
const JSON_WHITE_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g;

/**
 * On one line. JSON keeps what was written, digits that no number here can hold included.
 *
 * @returns null where the content is none of that format
 */
export function contentLine(content: Content, format: ContentFormat): string | null {
  if (!formatsOf(content).includes(format)) return null;
  if (format === 'JSON') return content.text!.replace(JSON_WHITE_SPACE, '$1');
  const text = formattedContent(content, format);
  return format === 'hex' ? text.replaceAll('\n', ' ') : text;
}

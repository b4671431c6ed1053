/**
 * Key, value and header bytes in the forms people read: text, JSON, hexadecimal, base64, integer, UUID. Pure, for the
 * window and the command line.
 *
 * Bytes arrive as text where they are UTF-8, else as base64; a content that was cut on the way says so by its size.
 */
import type { Bytes } from './units';

/** Text, or base64 where the bytes are not UTF-8; as they came, since not every form needs the bytes. */
export type Content =
  | { readonly text: string; readonly base64: null }
  | { readonly text: null; readonly base64: string };

export const CONTENT_FORMATS = ['text', 'JSON', 'hex', 'base64', 'integer', 'UUID'] as const;
export type ContentFormat = (typeof CONTENT_FORMATS)[number];

const UUID_BYTES = 16;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Sizes of the integers that Kafka's serializers write. */
export const INTEGER_BYTES: readonly Bytes[] = [1, 2, 4, 8];
const HEX_PER_LINE = 16;
const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef');
/** A multiple of three, so that the pieces join without padding. */
const BASE64_PIECE_BYTES = 3 * 1024;
/** Larger ones are shown as text: folding out a huge document helps nobody. */
const JSON_LENGTH_MAX = 1_000_000;

/** null for a null key or value. */
export function contentOf(text: string | null | undefined, base64: string | undefined): Content | null {
  if (base64 !== undefined) return { text: null, base64 };
  return text === null || text === undefined ? null : { text, base64: null };
}

/** Decoded anew each time: who needs only their number takes `sizeOf`. */
export function bytesOf({ text, base64 }: Content): Uint8Array {
  if (base64 === null) return new TextEncoder().encode(text);
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

export function sizeOf(content: Content): Bytes {
  const { base64 } = content;
  if (base64 === null) return bytesOf(content).length;
  const paddingLength = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - paddingLength;
}

const BASE64_GROUP = { bytes: 3, characters: 4 };

/** Itself where it is no longer than this, else the whole characters of a text below it, or the groups of base64. */
export function beginningOf(content: Content, bytesMax: Bytes): Content {
  const { text, base64 } = content;
  if (sizeOf(content) <= bytesMax) return content;
  if (base64 !== null) {
    const { bytes, characters } = BASE64_GROUP;
    return { text: null, base64: base64.slice(0, Math.floor(bytesMax / bytes) * characters) };
  }
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax));
  return { text: text.slice(0, read), base64: null };
}

/** A small integer is UTF-8, too; its NUL tells it from a text. */
export const isLegible = ({ text }: Content): boolean => text !== null && !text.includes('\0');

/** What a content can be shown as; the first is the best guess. */
export function formatsOf(content: Content): ContentFormat[] {
  const { text } = content;
  const size = sizeOf(content);
  const isJson = text !== null && /^\s*[[{"]/.test(text) && parsedJson(text) !== undefined;
  return [
    ...(isJson ? (['JSON'] as const) : []),
    ...(isLegible(content) ? (['text'] as const) : []),
    ...(INTEGER_BYTES.includes(size) && !isLegible(content) ? (['integer'] as const) : []),
    ...(size === UUID_BYTES ? (['UUID'] as const) : []),
    ...(['hex', 'base64'] as const),
    ...(INTEGER_BYTES.includes(size) && isLegible(content) ? (['integer'] as const) : []),
    ...(text === null || isLegible(content) ? [] : (['text'] as const)),
  ];
}

/** JSON as it was written: who folds it takes `jsonOf`. */
export function formattedContent(content: Content, format: ContentFormat): string {
  switch (format) {
    case 'text':
    case 'JSON':
      return content.text ?? '';
    case 'hex':
      return hexText(bytesOf(content), HEX_PER_LINE);
    case 'base64':
      return content.base64 ?? base64Text(bytesOf(content));
    case 'integer':
      return String(bigEndian(bytesOf(content)));
    case 'UUID':
      return uuidText(bytesOf(content));
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

/** Without blanks between the bytes. */
export const hexOf = (bytes: Uint8Array): string =>
  hexText(bytes, Number.POSITIVE_INFINITY).replaceAll(' ', '');

/** Written as ASCII first: of a large content, a string a byte takes many times the memory and the time. */
function hexText(bytes: Uint8Array, bytesPerLine: number): string {
  const ascii = new Uint8Array(Math.max(0, bytes.length * 3 - 1)).fill(SPACE);
  for (let at = 0; at < bytes.length; at++) {
    ascii[at * 3] = HEX_DIGITS[bytes[at]! >> 4]!;
    ascii[at * 3 + 1] = HEX_DIGITS[bytes[at]! & 0xf]!;
  }
  for (let at = bytesPerLine; at < bytes.length; at += bytesPerLine) ascii[at * 3 - 1] = LINE_FEED;
  return new TextDecoder().decode(ascii);
}

function base64Text(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += BASE64_PIECE_BYTES) {
    const piece = bytes.subarray(from, from + BASE64_PIECE_BYTES);
    pieces.push(btoa(Reflect.apply(String.fromCharCode, null, piece)));
  }
  return pieces.join('');
}

/** As Kafka's IntegerSerializer and LongSerializer write: two's complement, most significant byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(bytes.length * 8, value);
}

function uuidText(bytes: Uint8Array): string {
  const hex = hexOf(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A JSON text to be folded, with `WrittenNumber`s in it; undefined where it is none, or too large. */
export function jsonOf({ text }: Content): unknown {
  return text === null ? undefined : parsedJson(text);
}

/**
 * On one line. JSON is whatever parses, of any length, and keeps what was written, digits that no number here can hold
 * included.
 *
 * @returns null where the content is none of that format
 */
export function contentLine(content: Content, format: ContentFormat): string | null {
  switch (format) {
    case 'JSON':
      return content.text !== null && isJson(content.text) ? withoutWhiteSpace(content.text) : null;
    case 'hex':
      return hexText(bytesOf(content), Number.POSITIVE_INFINITY);
    case 'text':
      return content.text;
    case 'base64':
      return formattedContent(content, format);
    case 'integer':
      return INTEGER_BYTES.includes(sizeOf(content)) ? formattedContent(content, format) : null;
    case 'UUID':
      return sizeOf(content) === UUID_BYTES ? formattedContent(content, format) : null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of a text that is JSON: a regular expression runs out of stack with a string of millions of escapes. */
function withoutWhiteSpace(json: string): string {
  const parts: string[] = [];
  let from = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH) at++;
    else if (code <= SPACE && !isInString) {
      if (at > from) parts.push(json.slice(from, at));
      from = at + 1;
    }
  }
  return parts.join('') + json.slice(from);
}

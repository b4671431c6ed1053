/**
 * Key, value and header bytes in the forms people read: text, JSON, hexadecimal, base64, integer, UUID. Pure.
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

function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** What a content can be shown as; the first is the best guess. */
export function formatsOf(content: Content): ContentFormat[] {
  const { bytes, text } = content;
  const isJson = text !== null && /^\s*[[{"]/.test(text) && parsedJson(text) !== undefined;
  return [
    ...(isJson ? (['JSON'] as const) : []),
    ...(text === null ? [] : (['text'] as const)),
    ...([1, 2, 4, 8].includes(bytes.length) && text === null ? (['integer'] as const) : []),
    ...(bytes.length === UUID_BYTES ? (['UUID'] as const) : []),
    ...(['hex', 'base64'] as const),
    ...([1, 2, 4, 8].includes(bytes.length) && text !== null ? (['integer'] as const) : []),
  ];
}

export function formattedContent({ bytes, text }: Content, format: ContentFormat): string {
  switch (format) {
    case 'text':
      return text ?? '';
    case 'JSON':
      return JSON.stringify(parsedJson(text ?? ''), null, 2) ?? '';
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

function parsedJson(text: string): unknown {
  if (text.length > JSON_LENGTH_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: shown as text
  }
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(HEX_GROUP, '0'));

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

/** What is left of a JSON text to be folded; undefined where it is none, or too large. */
export function jsonOf({ text }: Content): unknown {
  return text === null ? undefined : parsedJson(text);
}

const PREVIEW_LENGTH = 400;
const PREVIEW_BYTES = 64;

/**
 * One line for a list: text with its line breaks shown, bytes as hexadecimal; or as `format`, where the content can be
 * shown so. null for a null key or value.
 */
export function previewText(
  text: string | null | undefined,
  base64: string | undefined,
  format: ContentFormat | null = null,
): string | null {
  const content = contentOf(text, base64);
  if (content === null) return null;
  if (format !== null && format !== 'JSON' && format !== 'text' && formatsOf(content).includes(format))
    return formattedContent(content, format).slice(0, PREVIEW_LENGTH).replace(/\s+/g, ' ');
  return content.text === null
    ? `0x${hexOf(content.bytes.subarray(0, PREVIEW_BYTES)).join('')}`
    : content.text.slice(0, PREVIEW_LENGTH).replace(/\s+/g, ' ');
}

/** Fields of a decoded record on one line. */
export function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ')
    .slice(0, PREVIEW_LENGTH);
}

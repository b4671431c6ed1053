/**
 * `--key` of `strata records`, written as `--key-format` writes keys: which keys it means. Reads no records.
 *
 * An integer means a key of any of the sizes that Kafka's serializers write. JSON is the same where it differs in white
 * space only.
 */
import { isUtf8 } from 'node:buffer';
import { type ContentFormat, contentLine, INTEGER_BYTES } from '../../shared/content-formats';
import { usageError } from './command';

export type IsWantedKey = (key: Uint8Array) => boolean;

const EXAMPLES: Readonly<Record<ContentFormat, string>> = {
  text: 'a text',
  JSON: 'JSON',
  hex: 'pairs of hexadecimal digits',
  base64: 'base64',
  integer: 'a whole number of at most 8 bytes',
  UUID: 'a UUID such as 00010203-0405-0607-0809-0a0b0c0d0e0f',
};

/** null where no key is asked for. @throws AppError INVALID_ARGUMENT where the text is none of the format */
export function parseKey(text: string | undefined, format: ContentFormat | null): IsWantedKey | null {
  if (text === undefined) return null;
  if (format === 'JSON') return isSameJson(text);
  const keys = keysOf(text, format ?? 'text');
  if (keys.length === 0) throw wrongKey(text, format ?? 'text');
  return (key) => keys.some((each) => each.equals(key));
}

/** None where the text is none of the format. */
function keysOf(text: string, format: Exclude<ContentFormat, 'JSON'>): Buffer[] {
  switch (format) {
    case 'text':
      return [Buffer.from(text)];
    case 'hex':
      return hexKeys(text.replaceAll(/\s/g, ''));
    case 'base64': {
      const key = Buffer.from(text, 'base64');
      return withoutPadding(key.toString('base64')) === withoutPadding(text) ? [key] : [];
    }
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? integerKeys(BigInt(text.replace('+', ''))) : [];
    case 'UUID':
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? hexKeys(text.replaceAll('-', '')) : [];
  }
}

function hexKeys(digits: string): Buffer[] {
  return /^([\da-f]{2})*$/i.test(digits) ? [Buffer.from(digits, 'hex')] : [];
}

const withoutPadding = (base64: string) => base64.replace(/=+$/, '');

/** Two's complement, most significant byte first. */
function integerKeys(value: bigint): Buffer[] {
  return INTEGER_BYTES.filter((size) => BigInt.asIntN(8 * size, value) === value).map((size) => {
    const digits = BigInt.asUintN(8 * size, value).toString(16);
    return Buffer.from(digits.padStart(2 * size, '0'), 'hex');
  });
}

function isSameJson(text: string): IsWantedKey {
  const wanted = contentLine({ text, base64: null }, 'JSON');
  if (wanted === null) throw wrongKey(text, 'JSON');
  return (key) =>
    isUtf8(key) && contentLine({ text: Buffer.from(key).toString(), base64: null }, 'JSON') === wanted;
}

function wrongKey(text: string, format: ContentFormat) {
  return usageError(
    `--key takes ${EXAMPLES[format]} with --key-format ${format.toLowerCase()}, not ${text}.`,
  );
}

/** What was typed into the field of the records screen, as a place in the log or a search. Pure. */
import type { RecordStart } from '../store/record-slice';

export const REQUEST_KINDS = ['offset', 'time', 'key', 'text', 'regex', 'bytes'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export type RecordRequest = { readonly start: RecordStart } | { readonly mistake: string };

/** @param text Not empty. Times are ms since the epoch or ISO 8601. */
export function parseRecordRequest(kind: RequestKind, text: string): RecordRequest {
  const plain = text.trim();
  if (kind === 'offset') {
    const offset = Number(plain.replaceAll(/[\s_,\u2009]/g, ''));
    return Number.isSafeInteger(offset) && offset >= 0
      ? { start: { kind: 'offset', offset } }
      : { mistake: 'An offset is a whole number, 0 or more.' };
  }
  if (kind === 'time') {
    const timestampMs = /^-?\d+$/.test(plain) ? Number(plain) : Date.parse(plain);
    return Number.isSafeInteger(timestampMs)
      ? { start: { kind: 'time', timestampMs } }
      : { mistake: 'A time is in ms since the epoch, or like 2026-11-24T09:30.' };
  }
  const flaw = kind === 'regex' ? expressionFlaw(text) : null;
  if (flaw !== null) return { mistake: flaw };
  if (kind === 'bytes' && !/^([0-9a-f]{2}\s*)+$/i.test(plain))
    return { mistake: 'Bytes are pairs of hexadecimal digits.' };
  const pattern = {
    kind: kind === 'key' ? 'text' : kind,
    pattern: kind === 'bytes' ? plain.replaceAll(/\s/g, '') : text,
    isCaseSensitive: kind === 'key',
    places: kind === 'key' ? ['key' as const] : (['key', 'value', 'headers'] as const).slice(),
  } as const;
  return { start: { kind: 'matches', pattern } };
}

/** As the search reads it, so that it can be mended where it was typed; null where it is sound. */
function expressionFlaw(text: string): string | null {
  try {
    new RegExp(text, 'u');
    return null;
  } catch (error) {
    // "Invalid regular expression: /(/u: Unterminated group": what was typed stands beside it.
    return `${(error as SyntaxError).message.split('/u: ').at(-1)}.`;
  }
}

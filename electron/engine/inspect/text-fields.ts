/**
 * The fields of a text checkpoint or of partition.metadata by place: each word with the white space behind it, so that
 * they tile the bytes. Takes any bytes; what does not fit has a name that says so.
 */
import type { FileField } from './file-layouts';

const NEWLINE = 0x0a;
/** Lines in front of the entries of a checkpoint. */
const HEAD = ['version', 'entryCount'];
/** Words of so many lines are named; the rest of the bytes has no names. */
const LINES_MAX = 5_000;

interface Lines {
  /** Of an entry, one a word; null for lines of `name: value`. */
  readonly fieldNames: readonly string[] | null;
  /** The bytes begin where the file does. */
  readonly isWhole: boolean;
}

export function lineFields(bytes: Uint8Array, { fieldNames, isWhole }: Lines): FileField[] {
  const fields: FileField[] = [];
  let at = 0;
  for (let line = 0; at < bytes.length && line < LINES_MAX; line++) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    const text = Buffer.from(bytes.subarray(at, end)).toString('latin1'); // one character a byte
    const head = isWhole && fieldNames !== null ? HEAD[line] : undefined;
    const entryIndex = isWhole && head === undefined && fieldNames !== null ? line - HEAD.length : null;
    if (fieldNames === null) fields.push(namedLine(text, at));
    else if (head !== undefined) fields.push(field(head, text, at, null));
    else
      for (const [index, { word, start }] of wordsOf(text).entries())
        fields.push(field(fieldNames[index] ?? 'one word too many', word, at + start, entryIndex));
    at = end;
  }
  return fields;
}

function field(name: string, word: string, position: number, entryIndex: number | null): FileField {
  return { name, position, sizeInBytes: word.length, text: word.trim(), entryIndex };
}

function namedLine(text: string, position: number): FileField {
  const colon = text.indexOf(':');
  return {
    ...{ name: colon < 0 ? 'line' : text.slice(0, colon), position, sizeInBytes: text.length },
    ...{ text: text.slice(colon + 1).trim(), entryIndex: null },
  };
}

function wordsOf(line: string): { word: string; start: number }[] {
  return [...line.matchAll(/\S*\s+|\S+$/g)].map((match) => ({ word: match[0], start: match.index }));
}

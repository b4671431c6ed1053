/** The options that say what to search for in records, and where. Searches nothing. */
import { patternFlaw, type RecordPattern } from '../engine/inspect/search-records';
import { usageError } from './command';

export const SEARCH_OPTIONS = {
  text: { type: 'string' },
  regex: { type: 'string' },
  bytes: { type: 'string' },
  in: { type: 'string' },
  'ignore-case': { type: 'boolean' },
} as const;

/** For `--help`. */
export const SEARCH_TEXTS = [
  '--text T         only records with this text in key, value or headers',
  '--regex E        only records where this regular expression matches, as JavaScript has them with the flag u',
  '--bytes HEX      only records with these bytes, for example "00 1f ff"',
  '--in PLACES      where to search: key, value, headers, or several as in key,value',
  '--ignore-case    upper and lower case are the same to --text and --regex',
];

const PLACES = ['key', 'value', 'headers'] as const;

interface PatternValues {
  readonly text?: string | undefined;
  readonly regex?: string | undefined;
  readonly bytes?: string | undefined;
  readonly in?: string | undefined;
  readonly 'ignore-case'?: boolean | undefined;
}

/** null where nothing is searched for. */
export function parsePattern(values: PatternValues): RecordPattern | null {
  const given = (['text', 'regex', 'bytes'] as const).filter((kind) => values[kind] !== undefined);
  const [kind, ...others] = given;
  if (others.length > 0) throw usageError(`--${given.join(' and --')} exclude one another.`);
  if (kind === undefined) {
    const idle = (['in', 'ignore-case'] as const).find((option) => values[option] !== undefined);
    if (idle !== undefined) throw usageError(`--${idle} goes with --text, --regex or --bytes.`);
    return null;
  }
  const places = (values.in ?? PLACES.join(',')).split(',').map((name) => {
    const place = PLACES.find((each) => each === name.trim());
    if (place === undefined) throw usageError(`--in takes key, value and headers, not ${name}.`);
    return place;
  });
  const pattern = { kind, pattern: values[kind]!, isCaseSensitive: !values['ignore-case'], places };
  const flaw = patternFlaw(pattern);
  if (flaw !== null) throw usageError(flaw);
  return pattern;
}

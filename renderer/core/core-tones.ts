/**
 * Which question the colour of the core answers, and which tone each segment has for it.
 *
 * A tone is a colour of the tokens and, where colour alone would not do, a pattern. Later tones in a list are the worse
 * ones: they win where several strata share a mark. Pure.
 */
import {
  DENSITY_BYTES_MIN,
  DENSITY_FACTOR,
  DENSITY_STEPS,
  densityStep,
} from '../../shared/core/index-density';
import type { SegmentRow } from '../../shared/inspection';

export interface Tone {
  /** Empty for a step of a ramp between its ends; null where no segment has it, and the legend leaves it out. */
  readonly label: string | null;
  /** A CSS colour, made of tokens. */
  readonly fill: string;
  readonly pattern: 'plain' | 'hatched' | 'dotted';
}

export interface Colouring {
  readonly tones: readonly Tone[];
  /** For each segment, the index of its tone. */
  readonly toneOf: Uint8Array;
}

export const CORE_COLOURINGS = ['age', 'codec', 'density', 'damage'] as const;
export type CoreColouring = (typeof CORE_COLOURINGS)[number];

const AGE_STEPS = 5;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd', 'unknown'] as const;

const plain = (label: string, fill: string): Tone => ({ label, fill, pattern: 'plain' });

/** @param isVerified Whether every byte of the log was checked; else the headers of the segments that are counted. */
export function segmentColouring(
  segments: readonly SegmentRow[],
  colouring: CoreColouring,
  isVerified: boolean,
): Colouring {
  switch (colouring) {
    case 'age':
      return ageColouring(segments);
    case 'codec':
      return codecColouring(segments);
    case 'density':
      return densityColouring(segments);
    case 'damage':
      return damageColouring(segments, isVerified);
  }
}

function ageColouring(segments: readonly SegmentRow[]): Colouring {
  const times = segments.map(({ largestTimestampMs }) => largestTimestampMs);
  const known = times.filter((time) => time !== null && time >= 0) as number[];
  const oldest = known.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const newest = known.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const labels = ['oldest', '', '', '', 'newest'];
  const tones = labels.map((label, step) => plain(label, `var(--age-${step})`));
  const stepOf = (time: number | null) => {
    if (time === null || time < 0 || newest <= oldest) return AGE_STEPS - 1;
    return Math.min(AGE_STEPS - 1, Math.floor(((time - oldest) / (newest - oldest)) * AGE_STEPS));
  };
  return { tones, toneOf: Uint8Array.from(times, stepOf) };
}

function codecColouring(segments: readonly SegmentRow[]): Colouring {
  const tones: Tone[] = [
    ...CODECS.map((codec) => plain(codec, `var(--codec-${codec})`)),
    { label: 'mixed', fill: 'var(--codec-none)', pattern: 'dotted' },
  ];
  const toneOf = Uint8Array.from(segments, ({ codecs }) => {
    if (codecs.length > 1) return CODECS.length;
    return codecs[0] === undefined ? 0 : CODECS.indexOf(codecs[0]);
  });
  return { tones: used(tones, toneOf), toneOf };
}

/** Labels only for the tones that occur; the others keep their place in the list. */
function used(tones: readonly Tone[], toneOf: Uint8Array): Tone[] {
  return tones.map((tone, index) => (toneOf.includes(index) ? tone : { ...tone, label: null }));
}

function densityColouring(segments: readonly SegmentRow[]): Colouring {
  const steps = Array.from({ length: DENSITY_STEPS }, (_, step) => step);
  const tones: Tone[] = [
    ...steps.map((step) => {
      const share = Math.round((1 - step / (DENSITY_STEPS - 1)) * 100);
      const kib = (DENSITY_BYTES_MIN * DENSITY_FACTOR ** step) / 1024;
      const label = step === DENSITY_STEPS - 1 ? `> ${kib / DENSITY_FACTOR} KiB` : `≤ ${kib} KiB`;
      return plain(label, `color-mix(in oklch, var(--density-1) ${share}%, var(--density-0))`);
    }),
    { label: 'no entry', fill: 'var(--core-gap)', pattern: 'dotted' },
  ];
  const toneOf = Uint8Array.from(segments, (segment) => densityStep(segment) ?? DENSITY_STEPS);
  return { tones: used(tones, toneOf), toneOf };
}

/** In the order of DAMAGE_TONES. */
const [SOUND, SOUND_HEADERS, UNREAD, DAMAGED] = [0, 1, 2, 3];
const DAMAGE_TONES: readonly Tone[] = [
  plain('every byte sound', 'var(--damage-none)'),
  plain('headers sound', 'color-mix(in oklch, var(--damage-none) 60%, var(--core-gap))'),
  { label: 'not read yet', fill: 'var(--core-gap)', pattern: 'dotted' },
  { label: 'problems', fill: 'var(--damage)', pattern: 'hatched' },
];

/** Says of a segment no more than was checked. */
function damageColouring(segments: readonly SegmentRow[], isVerified: boolean): Colouring {
  const toneOf = Uint8Array.from(segments, ({ problemCount, recordCount }) => {
    if (problemCount > 0) return DAMAGED;
    if (isVerified) return SOUND;
    return recordCount === null ? UNREAD : SOUND_HEADERS;
  });
  return { tones: used(DAMAGE_TONES, toneOf), toneOf };
}

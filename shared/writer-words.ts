/** Who writes in a directory and how that stands, in the few words of a badge: for the window, the command line, reports. */

interface WriterState {
  readonly verdict: 'live' | 'crashed' | 'clean' | 'detached' | 'unknown';
  readonly writer: 'broker' | 'engine' | null;
}

const VERDICT_WORDS = {
  live: 'live',
  crashed: 'crashed',
  clean: 'stopped cleanly',
  unknown: 'unknown',
} as const;

/** Above the plan of a start, while somebody is at work. */
export function liveWriterText(writer: 'broker' | 'engine'): string {
  const who = writer === 'broker' ? 'A broker runs here' : "Strata's engine is at work here";
  return `${who}: this is what a start after a crash right now would do.`;
}

/** `broker live`, `engine stopped cleanly`, `no broker` */
export function writerWords({ verdict, writer }: WriterState): string {
  return verdict === 'detached' ? 'no broker' : `${writer ?? 'broker'} ${VERDICT_WORDS[verdict]}`;
}

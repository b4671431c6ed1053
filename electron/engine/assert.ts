/**
 * Assertions: what must hold whatever the input. A failed one is a mistake in Strata, never damage on disk and
 * never an operation that failed: those are Problems and AppErrors.
 */
export class Bug extends Error {
  override readonly name = 'Bug';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

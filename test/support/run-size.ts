/**
 * How much a suite that could go on for ever does in one run, and with which seed it draws.
 *
 * Short in `npm test`, full with `npm run test:long` (STRATA_LONG=1). Every suite prints its counts and its seed;
 * STRATA_SEED draws the same again.
 */
export const SEED = Number(process.env['STRATA_SEED'] ?? Date.now() % 1_000_000);

export function countFor({ short, full }: { readonly short: number; readonly full: number }): number {
  return process.env['STRATA_LONG'] === '1' ? full : short;
}

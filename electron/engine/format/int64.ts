/**
 * The one door through which 64-bit integers enter: big-endian on disk, safe `number` here.
 *
 * What does not fit 2^53 is never rounded: it comes back as NaN, and `int64Digits` gives its exact digits for
 * the problem that the caller reports. (NaN and not an exception: damaged input is normal.)
 */
const HIGH_UNIT = 0x1_0000_0000;
const HIGH_MAX = 0x1f_ffff;
const HIGH_MIN = -0x20_0000;

/** @returns The int64 at `at`, or NaN where it is outside the safe integers (±(2^53 - 1)). */
export function readInt64(view: DataView, at: number): number {
  const high = view.getInt32(at);
  if (high > HIGH_MAX || high < HIGH_MIN) return Number.NaN;
  const value = high * HIGH_UNIT + view.getUint32(at + 4);
  return value >= Number.MIN_SAFE_INTEGER ? value : Number.NaN;
}

/** The exact decimal digits of the int64 at `at`, whatever its size. */
export function int64Digits(view: DataView, at: number): string {
  return view.getBigInt64(at).toString();
}

/** Writes a safe integer as int64. */
export function writeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / HIGH_UNIT);
  view.setInt32(at, high);
  view.setUint32(at + 4, value - high * HIGH_UNIT);
}

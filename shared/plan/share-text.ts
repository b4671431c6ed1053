/**
 * Shares of a whole and ratios as words, one rule for the window, the command line and reports. Pure.
 *
 * What is not whole is never called whole, what is not nothing never nothing, and a dirty ratio stands on the side of its
 * limit on which it is. Where the parts come from is not known here.
 */
const PERCENT = 100;
const RATIO_DECIMALS = 2;
const DIRTY_RATIO_DECIMALS = 3;
/** A double has no more. */
const DECIMALS_MAX = 17;

/** A share from 0 to 1; below 0 where something grew instead. With one decimal, or as many as are asked for. */
export function percentText(share: number, decimals = 1): string {
  if (share === 0 || share === 1) return `${share * PERCENT} %`;
  const size = Math.abs(share) * PERCENT;
  const text = size.toFixed(decimals);
  const sign = share < 0 ? '−' : '';
  const least = 10 ** -decimals;
  if (Number(text) === 0) return `${share < 0 ? '> −' : '< '}${least.toFixed(decimals)} %`;
  if (Number(text) === PERCENT && size < PERCENT && share > 0)
    return `> ${(PERCENT - least).toFixed(decimals)} %`;
  return `${sign}${text} %`;
}

/** With two decimals. What is not nothing is never rounded to it. */
export function ratioText(ratio: number): string {
  const text = ratio.toFixed(RATIO_DECIMALS);
  return ratio > 0 && Number(text) === 0 ? '< 0.01' : text;
}

/**
 * Cut off, not rounded, behind three decimals or the first that tells it from 0 and from the limit: a limit set below the
 * text is below the ratio, too.
 */
export function dirtyRatioText(ratio: number, limit: number): string {
  for (let decimals = DIRTY_RATIO_DECIMALS; decimals < DECIMALS_MAX; decimals++) {
    const text = cutOff(ratio, decimals);
    if (Number(text) > limit === ratio > limit && (ratio === 0 || Number(text) > 0)) return text;
  }
  return String(ratio);
}

function cutOff(ratio: number, decimals: number): string {
  const text = ratio.toFixed(decimals);
  return Number(text) > ratio ? (Number(text) - 10 ** -decimals).toFixed(decimals) : text;
}

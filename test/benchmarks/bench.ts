/**
 * `npm run bench`: prints each measurement as a ratio within this run, and fails where one misses its limit.
 *
 * `--size MIB` and `--rounds N` choose how much is read; the defaults take about a minute.
 */
import { parseArgs } from 'node:util';
import { benchCompaction } from './compaction-bench';
import { benchLog } from './log-bench';
import { benchScan } from './scan-bench';

const MIB = 1024 ** 2;

const { values } = parseArgs({
  options: { size: { type: 'string', default: '256' }, rounds: { type: 'string', default: '9' } },
});
let missedCount = 0;
const [size, rounds] = [Number(values.size) * MIB, Number(values.rounds)];
const measured = [
  ...(await benchScan(size, rounds)),
  ...(await benchLog(size)),
  ...(await benchCompaction(size, rounds)),
];
for (const { name, ratio, limit, figures } of measured) {
  const isMissed = ratio !== null && limit !== null && ratio < limit;
  if (isMissed) missedCount++;
  const verdict = limit === null ? '' : ` (at least ${limit}${isMissed ? ': MISSED' : ''})`;
  console.log(`${name}: ${ratio === null ? '' : `${ratio.toFixed(2)}${verdict}; `}${figures}`);
}
process.exitCode = missedCount > 0 ? 1 : 0;

/**
 * `npm run bench`: prints each measurement as a ratio within this run, and fails where one misses its limit.
 *
 * `--size MIB` and `--rounds N` choose how much is read; the defaults take some minutes. `--only NAME` runs one group:
 * scan, segment, statistics, log, compaction or retention.
 */
import { parseArgs } from 'node:util';
import { benchCompaction } from './compaction-bench';
import { benchCompactionLatency } from './compaction-latency-bench';
import { benchLog } from './log-bench';
import { benchRetention } from './retention-bench';
import { benchScan } from './scan-bench';
import { benchSegment } from './segment-bench';
import { benchStatistics } from './statistics-bench';

const MIB = 1024 ** 2;

const EXIT_WRONG_USE = 2;

function wrongUse(message: string): never {
  console.error(
    `${message}\nusage: npm run bench -- [--size MIB] [--rounds N] [--only ${Object.keys(GROUPS).join('|')}]`,
  );
  process.exit(EXIT_WRONG_USE);
}

function parsedOptions() {
  try {
    return parseArgs({
      options: {
        size: { type: 'string', default: '256' },
        rounds: { type: 'string', default: '9' },
        only: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return wrongUse((error as Error).message);
  }
}

const GROUPS = {
  scan: () => benchScan(size, rounds),
  segment: () => benchSegment(size, rounds),
  statistics: () => benchStatistics(size, rounds),
  log: () => benchLog(size),
  compaction: async () => [...(await benchCompaction(size, rounds)), ...(await benchCompactionLatency(size))],
  retention: () => benchRetention(rounds),
};
const { only, ...values } = parsedOptions();
const [size, rounds] = [Number(values.size) * MIB, Number(values.rounds)];
if (!(size > 0) || !(rounds > 0)) wrongUse('--size and --rounds are numbers above 0.');
if (only !== undefined && !Object.hasOwn(GROUPS, only)) wrongUse(`There is no group ${only}.`);
let missedCount = 0;
const measured = [];
for (const [name, run] of Object.entries(GROUPS))
  if (only === undefined || only === name) measured.push(...(await run()));
for (const { name, ratio, limit, figures } of measured) {
  const isMissed = ratio !== null && limit !== null && ratio < limit;
  if (isMissed) missedCount++;
  const verdict = limit === null ? '' : ` (at least ${limit}${isMissed ? ': MISSED' : ''})`;
  console.log(`${name}: ${ratio === null ? '' : `${ratio.toFixed(2)}${verdict}; `}${figures}`);
}
process.exitCode = missedCount > 0 ? 1 : 0;

/**
 * A program that embeds a log: it appends all the time, has its counters written, and closes the log when its input ends.
 * Argument: the log's directory.
 */
import { Log } from '../../electron/engine/log/log';
import { recordsFrom } from './sound-log';

const RECORDS_A_CALL = 20;
const [directory = ''] = process.argv.slice(2);
const log = await Log.open(directory, { segmentBytes: 100_000, metricsIntervalMs: 250, slowAppendMs: 0 });
let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();
while (!isOver) {
  await log.appendMany(recordsFrom(log.logEndOffset, RECORDS_A_CALL));
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await log.close();
process.stdout.write(`${JSON.stringify(log.metrics())}\n`);

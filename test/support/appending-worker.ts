/** A program that appends until it is killed, and writes the offset of each record that is durable on a line. */
import { Log } from '../../electron/engine/log/log';

const [directory = ''] = process.argv.slice(2);
const log = await Log.open(directory, { fsync: 'always', segmentBytes: 20_000 });
for (let next = log.logEndOffset; ; ) {
  const records = Array.from({ length: 1 + (next % 7) }, (_, index) => ({
    value: `${next + index}`.padEnd(200, '.'),
  }));
  const { lastOffset } = await log.appendMany(records);
  process.stdout.write(`${lastOffset}\n`);
  next = lastOffset + 1;
}

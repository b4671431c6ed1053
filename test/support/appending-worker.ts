/**
 * A program that appends until it is killed, and writes the log end offset on a line whenever that much is durable.
 * Arguments: the log's directory, and settings as JSON.
 */
import { Log } from '../../electron/engine/log/log';
import { recordsFrom } from './sound-log';

const [directory = '', settings = '{}'] = process.argv.slice(2);
const log = await Log.open(directory, { segmentBytes: 20_000, ...JSON.parse(settings), fsync: 'always' });
for (let round = log.logEndOffset; ; round++) {
  const records = recordsFrom(log.logEndOffset, 1 + (round % 7));
  const outcome = round % 2 === 0 ? 'commit' : 'abort';
  if (round % 10 > 1) await log.appendMany(records);
  else await log.appendTransaction(records, { producerId: 7, producerEpoch: 0, outcome });
  process.stdout.write(`${log.logEndOffset}\n`);
}

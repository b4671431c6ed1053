/**
 * A program that reads a log through, over and over, while somebody else writes it, until its input ends. A line for
 * each round: log end offset, records, and the problems that are errors. Argument: the log's directory.
 */
import { basename } from 'node:path';
import { nodeReadingFileSystem } from '../../electron/engine/file-system';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';

const [path = ''] = process.argv.slice(2);
const log = {
  name: basename(path),
  path,
  topic: 'orders',
  partition: 0,
  format: 'kafka',
  state: 'current',
} as const;
let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();
while (!isOver) {
  const { problems, logEndOffset, recordCount } = await inspectLog(nodeReadingFileSystem, log, {
    depth: 'records',
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  process.stdout.write(`${JSON.stringify({ logEndOffset, recordCount, errors })}\n`);
}

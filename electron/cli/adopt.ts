/** `strata adopt`: hands a log to a Kafka broker that is down, and says what to do before and after. */
import { resolve } from 'node:path';
import { nodeFileSystem as fs } from '../engine/file-system';
import { listLogs } from '../engine/inspect/list-logs';
import { adoptLog } from '../engine/log/adopt-log';
import { type Command, onlyDirectory, usageError } from './command';
import { parseInteger, parseOptions } from './parse-values';
import { requireKafka } from './planned-logs';
import { sizeText } from './text-table';

export const adopt: Command = {
  name: 'adopt',
  usage: 'DIR --into LOGDIR --topic T [--partition N] [--json]',
  summary: "Copies a log into a stopped Kafka broker's data directory, as the records of an empty topic",
  options: [
    "--into LOGDIR   the broker's log.dirs; create the topic there first (one replica), then stop the broker",
    '--topic T       the topic that takes the records',
    '--partition N   0 unless said otherwise',
    '--json          as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      into: { type: 'string' },
      topic: { type: 'string' },
      partition: { type: 'string' },
      json: { type: 'boolean' },
    });
    const { into, topic } = values;
    if (into === undefined || topic === undefined) throw usageError('--into and --topic are needed.');
    const source = resolve(onlyDirectory(positionals));
    requireKafka((await listLogs(fs, source)).logs);
    const adopted = await adoptLog(fs, {
      source,
      dataDirectory: resolve(into),
      topic,
      partition: parseInteger('partition', values.partition, { min: 0 }) ?? 0,
      signal: terminal.signal,
    });
    const { path, segmentCount, sizeInBytes, firstOffset, logEndOffset } = adopted;
    await terminal.out(
      values.json
        ? `${JSON.stringify({ schema: 'strata.adopt/1', ...adopted })}\n`
        : [
            `${path}: offsets ${firstOffset} to ${logEndOffset - 1} in ${segmentCount} segments, ${sizeText(sizeInBytes)}`,
            'Start the broker now. Its topic has the default retention unless you set another: old records may go at once.',
            '',
          ].join('\n'),
    );
    return 0;
  },
};

/** `strata sample`: a log to try Strata with, written in seconds, for somebody who has no Kafka at hand. */
import { resolve } from 'node:path';
import { nodeFileSystem as fs } from '../engine/file-system';
import { SAMPLE_DEFAULTS, writeSampleLog } from '../engine/log/write-sample-log';
import { type Command, onlyDirectory } from './command';
import { parseInteger, parseOptions } from './parse-values';
import { sizeText } from './text-table';

/** Below it the sample has too few segments to show anything. */
const RECORD_COUNT_MIN = 1000;

export const sample: Command = {
  name: 'sample',
  usage: 'DIR [--records N] [--seed N] [--damaged] [--json]',
  summary: 'Writes a sample log to try Strata with, in a new directory',
  options: [
    `--records N  how many; ${SAMPLE_DEFAULTS.recordCount} unless said otherwise`,
    '--seed N     another seed, other records',
    '--damaged    with a bad batch, a bad index and a torn tail',
    '--json       as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      records: { type: 'string' },
      seed: { type: 'string' },
      damaged: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const options = {
      directory: resolve(onlyDirectory(positionals)),
      recordCount:
        parseInteger('records', values.records, { min: RECORD_COUNT_MIN }) ?? SAMPLE_DEFAULTS.recordCount,
      seed: parseInteger('seed', values.seed) ?? SAMPLE_DEFAULTS.seed,
      isDamaged: values.damaged ?? false,
      nowMs: terminal.now(),
    };
    const written = await writeSampleLog(options, { signal: terminal.signal, fs });
    const { path, recordCount, segmentCount, sizeInBytes } = written;
    await terminal.out(
      values.json
        ? `${JSON.stringify({ schema: 'strata.sample/1', ...written })}\n`
        : `${path}: ${recordCount} records in ${segmentCount} segments, ${sizeText(sizeInBytes)}\n`,
    );
    return 0;
  },
};

/** Small files beside the segments, and what is none of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { listLogs } from '../../../../electron/engine/inspect/list-logs';
import { writeLog } from '../../../support/one-record-log';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-side-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('takes the start of a lone log for no checkpoint of the directory above', async () => {
  const path = join(directory, 'orders-0');
  await writeLog(path, [0], 5);
  await writeFile(join(directory, '.strata-log-start'), 'of another log');
  const [log] = (await listLogs(fs, path)).logs;
  const { problems } = await inspectLog(fs, log!, { depth: 'records', nowMs: 0 });
  expect(problems.filter(({ file }) => file.endsWith('.strata-log-start'))).toEqual([]);
});

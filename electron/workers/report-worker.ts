/**
 * Entry of the report worker: makes reports of directories and writes them where it is told to; reads them again.
 *
 * Reads logs as the scan workers do, and writes nothing but the files of a report.
 */
import type { Handlers } from '../../shared/rpc';
import { nodeReadingFileSystem as fs } from '../engine/file-system';
import { produceReport, writeProduced } from '../reports/produce-report';
import { ownRedactionKey } from '../reports/redaction-key';
import { readReport } from '../reports/report-file';
import { pacedProgress } from './paced-progress';
import { reportContract } from './report-contract';
import { serveWorker } from './serve-worker';

const handlers: Handlers<typeof reportContract> = {
  'report.read': ({ path }) => readReport(fs, path),
  async 'report.write'(
    { path, contents, version, stateDirectory, output, overwrites },
    { signal, progress },
  ) {
    const produced = await produceReport(fs, {
      ...{ path, contents, version, nowMs: Date.now(), brokerConfig: null, signal },
      redactionKey: () => ownRedactionKey(stateDirectory),
      onProgress: pacedProgress(progress),
    });
    const { formats, tables } = contents;
    return writeProduced(fs, produced, { formats, tables, output, overwrites, signal });
  },
};

serveWorker(reportContract, handlers, 'W');

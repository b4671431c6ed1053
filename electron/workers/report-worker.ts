/**
 * Entry of the report worker: makes reports of directories and writes them where it is told to; reads them again.
 *
 * Reads logs as the scan workers do, and writes nothing but the files of a report.
 */
import type { Handlers } from '../../shared/rpc';
import { nodeReadingFileSystem as fs } from '../engine/file-system';
import { stateDirectory } from '../engine/log/run-journal';
import { reportHtml } from '../reports/html';
import { produceReport, writeProduced } from '../reports/produce-report';
import { ownRedactionKey } from '../reports/redaction-key';
import { readReport } from '../reports/report-file';
import { reportBaseName } from '../reports/write-report';
import { pacedProgress } from './paced-progress';
import { reportContract } from './report-contract';
import { serveWorker } from './serve-worker';

const handlers: Handlers<typeof reportContract> = {
  'report.read': ({ path }) => readReport(fs, path),
  async 'report.write'({ path, contents, version, output, overwrites, returnsHtml }, { signal, progress }) {
    const produced = await produceReport(fs, {
      ...{ path, contents, version, nowMs: Date.now(), brokerConfig: null, signal },
      redactionKey: () => ownRedactionKey(stateDirectory(process.env)),
      onProgress: pacedProgress(progress),
    });
    const { formats, tables } = contents;
    // With a separator at its end it is a folder, however few the files are.
    const place = { output: `${output}/`, overwrites, signal };
    const files = await writeProduced(fs, produced, { formats, tables, ...place });
    const html = returnsHtml ? reportHtml(produced.shown) : null;
    return { files, html, baseName: reportBaseName(produced.shown) };
  },
};

serveWorker(reportContract, handlers, 'W');

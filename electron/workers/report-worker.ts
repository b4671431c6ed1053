/**
 * Entry of the report worker: makes reports of directories and writes them where it is told to; reads them again, and
 * compares them.
 *
 * Reads logs as the scan workers do, and writes nothing but the files of a report.
 */
import type { Handlers } from '../../shared/rpc';
import { stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type ComparisonProgress, compareSides, readSides } from '../reports/compare-sides';
import { reportHtml } from '../reports/html';
import { produceReport, writeProduced } from '../reports/produce-report';
import { ownRedactionKey } from '../reports/redaction-key';
import { readReport } from '../reports/report-file';
import { requirePlace } from '../reports/report-place';
import { reportBaseName } from '../reports/write-report';
import { HeldReports } from './held-reports';
import { pacedProgress } from './paced-progress';
import { reportContract } from './report-contract';
import { serveWorker } from './serve-worker';

const held = new HeldReports((path) => readReport(fs, path));

const handlers: Handlers<typeof reportContract> = {
  async 'report.open'({ path }) {
    await held.open(path);
    return {};
  },
  'report.answer': ({ path, method, params }) => held.answer(path, method, params),
  async 'report.forget'({ path }) {
    held.forget(path);
    return {};
  },
  async 'report.write'({ path, contents, version, output, overwrites, returnsHtml }, { signal, progress }) {
    const { formats, tables } = contents;
    // With a separator at its end it is a folder, however few the files are.
    const place = { formats, tables, output: `${output}/`, overwrites };
    await requirePlace(place);
    const produced = await produceReport(fs, {
      ...{ path, contents, version, nowMs: Date.now(), brokerConfig: null, signal },
      stateDirectory: stateDirectory(process.env),
      redactionKey: () => ownRedactionKey(stateDirectory(process.env)),
      onProgress: pacedProgress(progress),
    });
    const files = await writeProduced(fs, produced, { ...place, signal });
    const html = returnsHtml ? reportHtml(produced.shown) : null;
    return { files, html, baseName: reportBaseName(produced.shown) };
  },
  async 'report.compare'({ path, otherPath, version, counts }, { signal, progress }) {
    // Each side and the comparison of records has a bar of its own.
    const watched = () => {
      const onProgress = pacedProgress(progress);
      return {
        signal,
        onProgress: ({ bytesDone, bytesTotal }: ComparisonProgress) => onProgress({ bytesDone, bytesTotal }),
      };
    };
    const sides = await readSides(fs, [path, otherPath], {
      ...{ version, nowMs: Date.now(), counts, watch: watched },
      redactionKey: () => ownRedactionKey(stateDirectory(process.env)),
    });
    const [before, after] = sides.sort((a, b) => a.report.madeAtMs - b.report.madeAtMs);
    return compareSides(fs, before!, after!, watched());
  },
};

serveWorker(reportContract, handlers, 'W');

/**
 * The window's contract, answered: each handler is a few lines over what is open, the settings and the workers.
 *
 * Decides nothing about logs and reads no file.
 */
import type { contract, Directory, Theme } from '../../shared/contract';
import { AppError, type WireError } from '../../shared/errors';
import type { Handlers, Params } from '../../shared/rpc';
import type { Settings } from '../settings';
import type { scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';
import { ChosenPlaces } from './chosen-places';
import type { IndexesRead } from './indexes-read';
import type { OpenLogs } from './open-logs';
import type { ReportExports } from './report-exports';
import type { Runs } from './runs';
import { StartupPlans } from './startup-plans';

/** Of each key, value and header value: in a list, and in one record or batch shown in full. */
const PREVIEW_BYTES = 2 * 1024;
const RECORD_BYTES = 1024 * 1024;
/** Of a small file at a time. */
const FILE_BYTES = 32 * 1024;

export type PlacePurpose = Params<typeof contract, 'place.choose'>['purpose'];

export interface HandlerParts {
  readonly version: string;
  readonly settings: Settings;
  readonly openLogs: OpenLogs;
  readonly pool: ScanPool<typeof scanContract>;
  readonly runs: Runs;
  readonly indexes: IndexesRead;
  /** The directory of the command line, opened or failed; resolved once. */
  readonly opening: () => Promise<WireError | null>;
  /** The theme in force, which the command line may have set for this start only. */
  readonly theme: () => Theme;
  readonly setTheme: (theme: Theme) => void;
  /** The system's dialog; null where the user cancelled. */
  readonly chooseDirectory: () => Promise<string | null>;
  /** As above, for the file of a report. */
  readonly chooseReport: () => Promise<string | null>;
  readonly choosePlace: (purpose: PlacePurpose) => Promise<string | null>;
  readonly open: (path: string) => Promise<Directory>;
  readonly reportExports: ReportExports;
  /** In the system's file manager. */
  readonly reveal: (path: string) => void;
}

export function createHandlers(parts: HandlerParts): Handlers<typeof contract> {
  const { settings, openLogs, pool, runs, indexes } = parts;
  const places = new ChosenPlaces();
  const logCall = (logId: string) => ({ log: openLogs.log(logId).directory });
  const startups = new StartupPlans(pool);
  const startPath = (directoryId: string, logId: string | null) =>
    logId === null ? openLogs.pathOf(directoryId) : openLogs.log(logId).directory.path;
  const segmentCall = (logId: string) => ({ path: openLogs.log(logId).directory.path });

  return {
    async 'app.start'() {
      const failed = await parts.opening();
      const directory = openLogs.current();
      const openError = directory === null ? failed : null;
      return {
        version: parts.version,
        theme: parts.theme(),
        recent: settings.recent(),
        directory,
        openError,
      };
    },
    async 'app.setTheme'({ theme }) {
      parts.setTheme(theme);
      return {};
    },
    async 'directory.choose'() {
      const path = await parts.chooseDirectory();
      return path === null ? null : parts.open(path);
    },
    async 'directory.chooseReport'() {
      const path = await parts.chooseReport();
      return path === null ? null : parts.open(path);
    },
    'directory.createSample': async ({ placeId }, { signal, progress }) =>
      parts.open(await runs.createSample(places.pathOf(placeId), { signal, onProgress: progress })),
    'directory.openDropped': ({ path }) => parts.open(path),
    async 'directory.openRecent'({ recentId }) {
      const recent = settings.recent().find((entry) => entry.recentId === recentId);
      if (recent === undefined) throw new AppError('NOT_FOUND', 'This directory is no longer in the list.');
      return parts.open(recent.path);
    },
    async 'directory.forgetRecent'({ recentId }) {
      settings.forgetRecent(recentId);
      return settings.recent();
    },
    'directory.refresh': ({ directoryId }) => openLogs.refresh(directoryId),
    'directory.startup': async ({ directoryId, logId }, { signal, progress }) =>
      startups.plan(startPath(directoryId, logId), { signal, onProgress: progress }),
    'directory.startupSteps': async ({ directoryId, logId, ...page }) =>
      startups.steps(startPath(directoryId, logId), page),
    'directory.problems': ({ directoryId, ...page }, { signal }) =>
      openLogs.problems(directoryId, page, signal),
    'directory.verify': ({ directoryId }, context) => openLogs.verify(directoryId, context),
    'directory.usage': ({ directoryId }) => openLogs.usage(directoryId),
    async 'directory.close'({ directoryId }) {
      await openLogs.close(directoryId);
      return {};
    },
    async 'place.choose'({ purpose }) {
      const path = await parts.choosePlace(purpose);
      return path === null ? null : places.add(path);
    },
    async 'place.reveal'({ placeId }) {
      parts.reveal(places.pathOf(placeId)!);
      return {};
    },
    'report.write': async ({ directoryId, placeId, ...wish }, { signal, progress }) =>
      parts.reportExports.write(openLogs.pathOf(directoryId), places.pathOf(placeId)!, wish, {
        ...{ signal, onProgress: progress },
      }),
    'report.compare': async ({ directoryId, placeId, counts }, { signal, progress }) =>
      parts.reportExports.compare(openLogs.pathOf(directoryId), places.pathOf(placeId), {
        ...{ counts, signal, onProgress: progress },
      }),
    'report.differences': async ({ directoryId, ...page }) =>
      parts.reportExports.differences(openLogs.pathOf(directoryId), page),
    'log.segments': async ({ logId, ...page }) => openLogs.log(logId).segments(page),
    'log.count': async ({ logId }, { signal, progress }) =>
      openLogs.log(logId).count({
        signal,
        progress: ({ bytesDone, bytesTotal }) => progress({ bytesDone, bytesTotal }),
      }),
    'log.verify': async ({ logId }, context) => openLogs.log(logId).verify(context),
    'log.problems': async ({ logId, ...page }) => openLogs.log(logId).problems(page),
    'log.records': async ({ logId, ...range }, { signal }) =>
      pool.call('log.records', { ...logCall(logId), ...range, contentBytesMax: PREVIEW_BYTES }, { signal }),
    async 'log.record'({ logId, offset }, { signal }) {
      const range = { fromOffset: offset, limit: 1, contentBytesMax: RECORD_BYTES };
      const page = await pool.call('log.records', { ...logCall(logId), ...range }, { signal });
      return { ...page, rows: page.rows.filter((row) => row.offset === offset) };
    },
    'log.search': async ({ logId, ...search }, { signal, progress }) =>
      pool.call(
        'log.search',
        { ...logCall(logId), ...search, contentBytesMax: PREVIEW_BYTES },
        { signal, onProgress: progress },
      ),
    'log.transactions': async ({ logId, limit }, { signal, progress }) =>
      pool.call('log.transactions', { ...segmentCall(logId), limit }, { signal, onProgress: progress }),
    'log.statistics': async ({ logId, segmentBaseOffset }, { signal, progress }) =>
      pool.call(
        'log.statistics',
        { ...logCall(logId), segmentBaseOffset },
        { signal, onProgress: progress, priority: 'bulk' },
      ),
    'log.engineWriter': async ({ logId }, { signal }) =>
      pool.call('log.engineWriter', segmentCall(logId), { signal }),
    'log.indexFigures': async ({ logId }, context) => indexes.figures(openLogs.log(logId), context),
    'log.indexWhatIf': async ({ logId, indexIntervalBytes }, { signal }) =>
      indexes.whatIf(openLogs.log(logId), indexIntervalBytes, signal),
    'log.indexRebuildPlan': async ({ logId, ...wish }, { signal, progress }) =>
      pool.call(
        'log.indexRebuildPlan',
        { ...logCall(logId), ...wish },
        { signal, onProgress: progress, priority: 'bulk' },
      ),
    'log.rebuildIndexes': async ({ logId, ...confirmed }, { signal, progress }) =>
      runs.rebuildIndexes(openLogs.log(logId).directory, confirmed, { signal, onProgress: progress }),
    'log.retentionFacts': async ({ logId, brokerConfigId, ...wish }, { signal }) =>
      pool.call(
        'log.retentionFacts',
        { ...logCall(logId), ...wish, brokerConfigPath: places.pathOf(brokerConfigId) },
        { signal },
      ),
    async 'log.applyRetention'({ logId, ...confirmed }, { signal, progress }) {
      const chosen = {
        brokerConfigPath: places.pathOf(confirmed.brokerConfigId),
        archiveTo: places.pathOf(confirmed.archivePlaceId),
        copyTo: places.pathOf(confirmed.copyPlaceId),
      };
      const { directory } = openLogs.log(logId);
      return runs.applyRetention(directory, confirmed, chosen, { signal, onProgress: progress });
    },
    'log.compactionFacts': async ({ logId, brokerConfigId, ...wish }, { signal }) =>
      pool.call(
        'log.compactionFacts',
        { ...logCall(logId), ...wish, brokerConfigPath: places.pathOf(brokerConfigId) },
        { signal },
      ),
    'log.compaction': async ({ logId, brokerConfigId, ...wish }, { signal, progress }) =>
      pool.call(
        'log.compaction',
        { ...logCall(logId), ...wish, brokerConfigPath: places.pathOf(brokerConfigId) },
        { signal, onProgress: progress },
      ),
    async 'log.compact'({ logId, brokerConfigId, copyPlaceId, ...confirmed }, { signal, progress }) {
      const chosen = {
        brokerConfigPath: places.pathOf(brokerConfigId),
        copyTo: places.pathOf(copyPlaceId),
      };
      const { directory } = openLogs.log(logId);
      return runs.compact(directory, confirmed, chosen, { signal, onProgress: progress });
    },
    'log.salvage': async ({ logId, placeId }, { signal, progress }) =>
      runs.salvage(openLogs.log(logId).directory, places.pathOf(placeId), { signal, onProgress: progress }),
    'log.runs': async ({ logId }) => runs.list(openLogs.log(logId).directory),
    'log.undoRun': async ({ logId, runId }) => runs.undo(openLogs.log(logId).directory, runId),
    'log.purgeRun': async ({ logId, runId }) => runs.purge(openLogs.log(logId).directory, runId),
    'log.fileBytes': async ({ logId, ...place }, { signal }) =>
      pool.call('log.fileBytes', { ...segmentCall(logId), ...place, bytesMax: FILE_BYTES }, { signal }),
    'segment.batch': async ({ logId, ...place }, { signal }) =>
      pool.call('segment.batch', { ...segmentCall(logId), ...place, bytesMax: RECORD_BYTES }, { signal }),
    'segment.files': async ({ logId, ...segment }, { signal }) =>
      pool.call('segment.files', { ...segmentCall(logId), ...segment }, { signal }),
    'segment.spans': async ({ logId, ...segment }, { signal }) =>
      pool.call('segment.spans', { ...segmentCall(logId), ...segment }, { signal }),
    'segment.offsetIndex': async ({ logId, ...segment }, { signal }) =>
      pool.call('segment.offsetIndex', { ...segmentCall(logId), ...segment }, { signal }),
  };
}

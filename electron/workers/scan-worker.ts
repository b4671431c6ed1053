/**
 * Entry of a scan worker: the engine's readers behind the scan contract, on the real file system.
 *
 * Opens its files itself, writes nothing, keeps nothing between calls.
 */
import { AppError } from '../../shared/errors';
import type { LogInspectionRow, SegmentRow } from '../../shared/inspection';
import { indexFigures } from '../../shared/plan/index-figures';
import { indexWhatIf } from '../../shared/plan/index-what-if';
import { givenSettings } from '../../shared/plan/topic-settings';
import type { Problem } from '../../shared/problem';
import type { RetentionWish } from '../../shared/retention';
import type { Handlers, Result } from '../../shared/rpc';
import { sentAnalysis } from '../../shared/sent-analysis';
import { readBatchAnatomy } from '../engine/inspect/batch-anatomy';
import { readBrokerState } from '../engine/inspect/broker-state';
import { checkDirectoryNames } from '../engine/inspect/check-directory-names';
import { readFileAnatomy } from '../engine/inspect/file-anatomy';
import { type InspectOptions, inspectLog, type KnownSegment } from '../engine/inspect/inspect-log';
import { listLogs } from '../engine/inspect/list-logs';
import { listSegmentFiles } from '../engine/inspect/list-segment-files';
import { listLogFiles } from '../engine/inspect/log-files';
import { planIndexRebuild } from '../engine/inspect/plan-index-rebuild';
import { readIndexFacts } from '../engine/inspect/read-index-facts';
import { readOffsetIndex } from '../engine/inspect/read-offset-index';
import { readSpans } from '../engine/inspect/read-spans';
import { readStatistics } from '../engine/inspect/read-statistics';
import { readTransactions } from '../engine/inspect/read-transactions';
import { readRecordPage } from '../engine/inspect/record-page';
import { readRetentionInputs } from '../engine/inspect/retention-inputs';
import { patternFlaw, searchRecords } from '../engine/inspect/search-records';
import { simulateStartup } from '../engine/inspect/simulate-startup';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { runsOn, stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { analyseForWindow, compactionFactsForWindow } from './analyse-for-window';
import { directorySpace, logPolicies } from './disk-surroundings';
import { readEngineWriter } from './engine-writer';
import { fileStates, lookAtEntries, readFileStates } from './file-states';
import { packKnown, takeOverKnown, unchangedKnown, unchangedSegments } from './known-segments';
import { totalsOf } from './log-totals';
import { logUsage } from './log-usage';
import { pacedProgress } from './paced-progress';
import { packFiles, unpackFiles } from './packed-files';
import { packInspection, packStartup } from './packed-inspection';
import { type PackedList, unpackList } from './packed-list';
import { runRow } from './run-row';
import { type InspectedLog, type LogDirectory, scanContract } from './scan-contract';
import { serveWorker } from './serve-worker';

type Glance = Result<typeof scanContract, 'logs.glance'>[number];

async function glance(log: LogDirectory, signal: AbortSignal): Promise<Glance> {
  try {
    const entries = await lookAtEntries(fs, log.path, signal);
    const files = fileStates(entries);
    const listed = await listLogFiles(fs, log.path, entries);
    const inspection = await inspectLog(fs, log, { depth: 'glance', signal, listed });
    const usage = logUsage(files, inspection.segments);
    return { totals: totalsOf(inspection), usage, error: null, files: packFiles(files) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { totals: null, usage: null, error: error.toWire(), files: null };
  }
}

interface InspectTask extends Pick<InspectOptions, 'depth' | 'signal' | 'onProgress'> {
  readonly log: LogDirectory;
  readonly known: InspectedLog | null;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Takes over what is known of unchanged segments; a check of every byte takes over nothing. */
async function inspect({ log, depth, known, ...options }: InspectTask): Promise<InspectedLog> {
  const entries = await lookAtEntries(fs, log.path, options.signal);
  const files = fileStates(entries);
  const segments: KnownSegment[] = [];
  const reused = depth === 'records' ? null : known;
  const unchanged = reused === null ? NOTHING : unchangedSegments(unpackFiles(reused.files), files);
  const rowsOf = <Row>(list: PackedList) => unpackList<Row>(list, options.signal);
  const read = await inspectLog(fs, log, {
    ...options,
    depth,
    nowMs: Date.now(),
    listed: await listLogFiles(fs, log.path, entries),
    ...(reused !== null && depth === 'headers'
      ? { known: unchangedKnown(await rowsOf(reused.segments), unchanged) }
      : {}),
    onSegment: (segment) => segments.push(segment),
  });
  let inspection: LogInspectionRow = read;
  if (reused !== null && depth === 'glance') {
    const { segments: rows, problems } = reused.inspection;
    const before = { segments: await rowsOf<SegmentRow>(rows), problems: await rowsOf<Problem>(problems) };
    inspection = takeOverKnown(read, before, unchanged);
  }
  return {
    inspection: await packInspection(inspection),
    totals: totalsOf(inspection),
    usage: logUsage(files, inspection.segments),
    files: packFiles(files),
    segments: await packKnown(segments),
  };
}

type FactsWish = Pick<RetentionWish, 'cleanupPolicy' | 'clock'> & {
  readonly brokerConfigPath: string | null;
};

async function retentionFacts(
  log: LogDirectory,
  { cleanupPolicy, clock, brokerConfigPath }: FactsWish,
  signal: AbortSignal,
): Promise<Result<typeof scanContract, 'log.retentionFacts'>> {
  const policies = await readDirectoryPolicies(fs, log.path, brokerConfigPath);
  const broker = await readBrokerState(fs, log.path);
  const given = givenSettings({ 'cleanup.policy': cleanupPolicy });
  const inputs = await readRetentionInputs(fs, log, { policies, broker, given, clock, signal });
  const { facts, known, settings, refusal } = inputs;
  const { policy, source: policySource } = known;
  return { ...facts, segments: [...facts.segments], policy, policySource, settings, refusal };
}

const handlers: Handlers<typeof scanContract> = {
  'directory.list': ({ path }) => listLogs(fs, path),
  'directory.problems': ({ path }) => checkDirectoryNames(fs, path),
  async 'directory.startup'({ path }, { signal, progress }) {
    const plan = await simulateStartup(fs, path, { signal, onProgress: pacedProgress(progress) });
    return packStartup({ ...plan, logs: [...plan.logs], steps: [...plan.steps] });
  },
  'logs.policies': ({ logs }) => logPolicies(fs, logs),
  'directory.space': ({ path, kind }) => directorySpace(fs, path, kind),
  'directory.brokerState': ({ path }) => readBrokerState(fs, path),
  async 'logs.glance'({ logs }, { signal }) {
    const results: Glance[] = [];
    for (const log of logs) {
      signal.throwIfAborted();
      results.push(await glance(log, signal));
    }
    return results;
  },
  async 'logs.files'({ paths }, { signal }) {
    const results = [];
    for (const path of paths) {
      signal.throwIfAborted();
      results.push(await readFileStates(fs, path).then(packFiles, () => null)); // gone or closed to us: the caller's null
    }
    return results;
  },
  'runs.on': ({ path }) => runsOn(fs, stateDirectory(process.env), path),
  'log.runs': async ({ path }) => (await runsOn(fs, stateDirectory(process.env), path)).map(runRow),
  'log.inspect': ({ log, depth, known }, { signal, progress }) =>
    inspect({ log, depth, known, signal, onProgress: pacedProgress(progress) }),
  'log.records': ({ log, ...range }, { signal }) => readRecordPage(fs, log, { ...range, signal }),
  'log.search'({ log, ...search }, { signal, progress }) {
    const flaw = patternFlaw(search.pattern);
    if (flaw !== null) throw new AppError('INVALID_ARGUMENT', flaw);
    return searchRecords(fs, log, { ...search, signal, onProgress: pacedProgress(progress) });
  },
  async 'log.transactions'({ path, limit }, { signal, progress }) {
    const found = await readTransactions(fs, path, { signal, onProgress: pacedProgress(progress) });
    const { all, firstOpenOffset } = found;
    return { transactions: all.slice(-limit), total: all.length, firstOpenOffset };
  },
  'log.statistics': ({ log, segmentBaseOffset }, { signal, progress }) =>
    readStatistics(fs, log, { segmentBaseOffset, signal, onProgress: pacedProgress(progress) }),
  'log.engineWriter': ({ path }) => readEngineWriter(fs, { path, nowMs: Date.now() }),
  async 'log.indexFacts'({ log }, { signal, progress }) {
    const policies = await readDirectoryPolicies(fs, log.path, null);
    return readIndexFacts(fs, log, { policies, signal, onProgress: pacedProgress(progress) });
  },
  'log.indexFigures': async ({ facts }) => ({ ...indexFigures(facts), settings: facts.settings }),
  'log.indexWhatIf': async ({ facts, indexIntervalBytes }) => indexWhatIf(facts, indexIntervalBytes),
  'log.indexRebuildPlan': async ({ log, indexIntervalBytes }, { signal, progress }) => {
    const policies = await readDirectoryPolicies(fs, log.path, null);
    const broker = await readBrokerState(fs, log.path);
    const given = givenSettings({ 'index.interval.bytes': indexIntervalBytes });
    const options = { policies, broker, given, signal, onProgress: pacedProgress(progress) };
    const { plan } = await planIndexRebuild(fs, log, options);
    return { ...plan, applied: null };
  },
  'log.retentionFacts': ({ log, ...wish }, { signal }) => retentionFacts(log, wish, signal),
  'log.compactionFacts': ({ log, ...wish }, { signal }) => compactionFactsForWindow(fs, log, wish, signal),
  async 'log.compaction'({ log, recompresses, brokerConfigPath, ...wish }, { signal, progress }) {
    const options = { recompresses, brokerConfigPath, signal, onProgress: pacedProgress(progress) };
    return sentAnalysis(await analyseForWindow(fs, log, wish, Date.now(), options));
  },
  'log.fileBytes': ({ path, ...place }) => readFileAnatomy(fs, path, place),
  'segment.batch': ({ path, ...place }) => readBatchAnatomy(fs, path, place),
  'segment.files': ({ path, baseOffset }) => listSegmentFiles(fs, path, baseOffset),
  'segment.spans': ({ path, ...range }) => readSpans(fs, path, range),
  'segment.offsetIndex': ({ path, ...range }) => readOffsetIndex(fs, path, range),
};

serveWorker(scanContract, handlers, 'S');

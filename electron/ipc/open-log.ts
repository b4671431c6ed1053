/**
 * One opened log: its generation, and the last inspection of it at the depth it was made.
 *
 * A change on disk starts a new generation; what was counted before is handed to the next inspection, which
 * takes over what did not change. Reads no file: inspections are made by the scan workers.
 */
import type { contract, LogSummary } from '../../shared/contract';
import type { LogUsage } from '../../shared/disk-usage';
import { AppError } from '../../shared/errors';
import type { Depth, SegmentRow } from '../../shared/inspection';
import type { Problem as ProblemRow } from '../../shared/problem';
import type { CallContext, Result } from '../../shared/rpc';
import { unpackRows } from '../workers/packed-list';
import type { InspectedLog, LogDirectory, LogTotals, scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';
import { isOfSomethingElse } from './log-failure';

export interface LogPage {
  readonly from: number;
  readonly limit: number;
}

interface Inspected extends InspectedLog {
  readonly depth: Depth;
  readonly generation: number;
}

type WindowResult<M extends keyof (typeof contract)['calls']> = Result<typeof contract, M>;

const DEPTH_ORDER: readonly Depth[] = ['glance', 'headers', 'records'];
const NO_TOTALS: LogTotals = {
  segmentCount: 0,
  sizeInBytes: 0,
  logStartOffset: 0,
  logEndOffset: 0,
  largestTimestampMs: null,
  problemCount: 0,
  worstSeverity: null,
};

export class OpenLog {
  readonly logId: string;
  directory: LogDirectory;
  generation = 0;
  readonly #pool: ScanPool<typeof scanContract>;
  #inspected: Inspected | null = null;
  /** The last inspection that counted, of whatever generation: its closed segments serve again. */
  #counted: Inspected | null = null;
  #glancing: Promise<Inspected> | null = null;
  #totals: { readonly values: LogTotals; readonly generation: number } | null = null;
  #usage: { readonly values: LogUsage | null; readonly generation: number } | null = null;
  #error: { readonly value: AppError; readonly generation: number } | null = null;
  /** The generation of which every byte was read last; null before. */
  #verifiedGeneration: number | null = null;

  constructor(logId: string, directory: LogDirectory, pool: ScanPool<typeof scanContract>) {
    this.logId = logId;
    this.directory = directory;
    this.#pool = pool;
  }

  /** The files changed: what was found so far is of the past. */
  startGeneration(): number {
    this.#glancing = null;
    return ++this.generation;
  }

  /** True where neither the summary and what takes the space nor why they cannot be read is of this generation yet. */
  get needsGlance(): boolean {
    const isOfNow = (each: { readonly generation: number } | null) => each?.generation === this.generation;
    return !isOfNow(this.#error) && ![this.#totals, this.#usage].every(isOfNow);
  }

  /** Of this generation or an earlier one; null before the first look. */
  get usage(): LogUsage | null {
    return this.#usage?.values ?? null;
  }

  /** Why it cannot be read; null where nothing says so. */
  get error(): AppError | null {
    return this.#error?.value ?? null;
  }

  /** True where every byte of this generation was read. */
  get isVerified(): boolean {
    return this.#verifiedGeneration === this.generation;
  }

  /** A look at the log's files and index tails; totals that a deeper inspection has found since then stay. */
  takeGlance(generation: number, totals: LogTotals, usage: LogUsage | null): void {
    // A glance would forget what was found in segments of a log that was counted: `countAgain` keeps it.
    if (this.#counted === null && this.#totals?.generation !== generation)
      this.setTotals(generation, totals, null);
    this.#setUsage(generation, usage);
  }

  #setUsage(generation: number, values: LogUsage | null): void {
    if (generation >= (this.#usage?.generation ?? 0)) this.#usage = { values, generation };
  }

  /** Of a log that was counted before, the totals of this generation: what stands in closed segments is found already. */
  async countAgain(): Promise<void> {
    if (this.#counted !== null && this.#totals?.generation !== this.generation) await this.#best();
  }

  setTotals(generation: number, totals: LogTotals | null, error: AppError | null): void {
    if (totals !== null && generation >= (this.#totals?.generation ?? 0)) {
      this.#totals = { values: totals, generation };
    }
    this.#error = error === null ? null : { value: error, generation };
  }

  summary(): LogSummary {
    const { name, topic, partition, state, format } = this.directory;
    const facts = { logId: this.logId, name, topic, partition, state, format, generation: this.generation };
    return {
      ...facts,
      ...(this.#totals?.values ?? NO_TOTALS),
      isPending: this.#totals === null && this.#error === null,
      error: this.error?.toWire() ?? null,
    };
  }

  async segments(page: LogPage): Promise<WindowResult<'log.segments'>> {
    const { inspection, generation } = await this.#best();
    const { rowCount: total } = inspection.segments;
    const rows = unpackRows<SegmentRow>(inspection.segments, page);
    const isVerified = generation === this.#verifiedGeneration;
    return { generation, total, summary: this.summary(), isVerified, rows };
  }

  async problems(page: LogPage): Promise<WindowResult<'log.problems'>> {
    const { inspection, generation } = await this.#best();
    const rows = unpackRows<ProblemRow>(inspection.problems, page);
    const isComplete = generation === this.#verifiedGeneration;
    return { generation, total: inspection.problems.rowCount, isComplete, rows };
  }

  async count(
    context: Pick<CallContext<ScanProgress>, 'signal' | 'progress'>,
  ): Promise<{ generation: number }> {
    if (!this.#isInspected('headers')) await this.#inspect('headers', context);
    return { generation: this.generation };
  }

  /**
   * Always reads every byte anew: a disk may have lost some since.
   * @param isOneOfMany Its segments are kept only where something is wrong with them or they were counted before: those of
   * thousands of logs, which nobody may ever look at, take hundreds of megabytes. They are read again when they are asked for.
   */
  async verify(
    context: Pick<CallContext<ScanProgress>, 'signal' | 'progress'>,
    { isOneOfMany = false } = {},
  ): Promise<WindowResult<'log.verify'>> {
    const startedAtMs = performance.now();
    const { inspection, generation } = await this.#inspect('records', context, isOneOfMany);
    return {
      generation,
      problemCount: inspection.problems.rowCount,
      errorCount: inspection.errorCount,
      durationMs: Math.round(performance.now() - startedAtMs),
    };
  }

  #isInspected(depth: Depth): boolean {
    const inspected = this.#inspected;
    if (inspected === null || inspected.generation !== this.generation) return false;
    return DEPTH_ORDER.indexOf(inspected.depth) >= DEPTH_ORDER.indexOf(depth);
  }

  /** The deepest inspection of this generation; a glance where there is none. */
  async #best(): Promise<Inspected> {
    if (this.#inspected !== null && this.#isInspected('glance')) return this.#inspected;
    this.#glancing ??= this.#inspect('glance', null).finally(() => {
      this.#glancing = null;
    });
    return this.#glancing;
  }

  async #inspect(
    depth: Depth,
    context: CallContext<ScanProgress> | null,
    isOneOfMany = false,
  ): Promise<Inspected> {
    const generation = this.generation;
    const options = context === null ? {} : { signal: context.signal, onProgress: context.progress };
    const found = await this.#pool
      .call(
        'log.inspect',
        { log: this.directory, depth, known: this.#counted },
        { priority: depth === 'glance' ? 'interactive' : 'bulk', ...options },
      )
      .catch((error: unknown) => {
        if (error instanceof AppError && !isOfSomethingElse(error)) this.setTotals(generation, null, error);
        throw error;
      });
    const inspected: Inspected = { ...found, depth: found.depth ?? depth, generation };
    const isKept = !isOneOfMany || this.#counted !== null || inspected.inspection.problems.rowCount > 0;
    if (isKept) this.#keep(inspected, depth);
    else if (this.#isInspected('glance')) this.#inspected = null; // a glance that knew less
    if (inspected.depth === 'records')
      this.#verifiedGeneration = Math.max(generation, this.#verifiedGeneration ?? 0);
    // Of what every byte was read for, only a disk that went bad since tells more. A saved report is as deep as it is,
    // whatever is asked.
    const isKnownBetter =
      inspected.depth !== 'records' &&
      this.isVerified &&
      found.totals.problemCount <= this.summary().problemCount;
    this.setTotals(generation, isKnownBetter ? null : found.totals, null);
    if (found.usage !== null) this.#setUsage(generation, found.usage);
    return inspected;
  }

  #keep(inspected: Inspected, depth: Depth): void {
    if (depth !== 'glance') this.#counted = inspected;
    if (!this.#isInspected(depth) || depth === 'records') this.#inspected = inspected;
  }
}

export interface ScanProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly problemCount: number;
}

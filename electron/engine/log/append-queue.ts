/**
 * Appends that wait together: their records go into batches one after another, and as many batches as fit into a
 * mebibyte are written with one call, while the next ones are encoded. Every caller gets its offsets, in the order of calling.
 *
 * Where batches go, and when a segment is rolled, its `AppendTarget` knows. Writes no file itself.
 */
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { BatchWriter, type FinishedBatch, type GivenRecord } from '../format/record-batch-writer';
import type { LogSettings } from './settings';

const GROUP_BYTES = 1024 * 1024;
/** A batch of this size more than the group, before the buffer has to grow. */
const SLACK_BYTES = 256 * 1024;

export interface AppendedRange {
  readonly firstOffset: Offset;
  /** Inclusive. */
  readonly lastOffset: Offset;
}

export interface AppendTarget {
  readonly nextOffset: Offset;
  readonly leaderEpoch: number;
  /** Whether this batch belongs into a new segment, behind those that `write` has been called for and the pending. */
  shouldRoll(batch: FinishedBatch, pending: readonly FinishedBatch[], pendingBytes: Bytes): boolean;
  /** Writes batches that follow one another; all or nothing. They count for `shouldRoll` from the call on. */
  write(bytes: Uint8Array, batches: readonly FinishedBatch[]): Promise<void>;
  roll(): Promise<void>;
  /** Makes what was written count, durably where that was wanted. */
  commit(): Promise<void>;
}

/** What a call appends, and when it was made: by the wall clock and by the running one. */
interface Call {
  readonly records: readonly GivenRecord[];
  readonly nowMs: TimestampMs;
  readonly elapsedMs: Milliseconds;
}

interface Waiting extends Call {
  resolve(range: AppendedRange): void;
  reject(error: unknown): void;
}

/** Calls that are written together, in their order. */
export class AppendGroup {
  readonly waiting: Waiting[] = [];

  add({ records, nowMs, elapsedMs }: Call): Promise<AppendedRange> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, nowMs, elapsedMs, resolve, reject });
    });
  }
}

export class AppendQueue {
  readonly #settings: LogSettings;
  #writer = new BatchWriter(GROUP_BYTES + SLACK_BYTES);
  /** The next group is encoded into it while the one before is on its way to the file. */
  #spare = new BatchWriter(GROUP_BYTES + SLACK_BYTES);
  #flight: Promise<void> | null = null;
  /** Finished and not yet written; they begin at `#groupFrom` in the writer's bytes. */
  #group: FinishedBatch[] = [];
  #groupFrom = 0;

  constructor(settings: LogSettings) {
    this.#settings = settings;
  }

  /**
   * Writes a group, which nobody may join any more. What fails is told to those whose records are not all in the log.
   * @param onSettled Called for each, with the running clock's time of its calling; `recordCount` is 0 where it failed.
   */
  async drain(
    { waiting }: AppendGroup,
    target: AppendTarget,
    onSettled: (sinceMs: Milliseconds, recordCount: number) => void,
  ): Promise<void> {
    const firstOffset = target.nextOffset;
    let failure: { readonly error: unknown } | null = null;
    try {
      await this.#writeAll(waiting, target);
      await target.commit();
    } catch (error) {
      failure = { error };
      await this.#landed().catch(() => {}); // of the same failure, or of its records: they are told of this one
    }
    this.#reset();
    if (failure !== null && target.nextOffset > firstOffset)
      failure = await this.#commitRest(target, failure);
    let offset = firstOffset;
    for (const { records, elapsedMs, resolve, reject } of waiting) {
      const range = { firstOffset: offset, lastOffset: offset + records.length - 1 };
      offset += records.length;
      const isCommitLost = failure?.error instanceof CommitFailed;
      if (failure !== null && (isCommitLost || range.lastOffset >= target.nextOffset)) {
        onSettled(elapsedMs, 0);
        reject(failure.error instanceof CommitFailed ? failure.error.cause : failure.error);
      } else {
        onSettled(elapsedMs, records.length);
        resolve(range);
      }
    }
  }

  /** Of callers before the one that failed, everything is written; that still has to count. */
  async #commitRest(target: AppendTarget, failure: { readonly error: unknown }): Promise<{ error: unknown }> {
    try {
      await target.commit();
      return failure;
    } catch (error) {
      return { error: new CommitFailed(error) };
    }
  }

  async #writeAll(waiting: readonly Waiting[], target: AppendTarget): Promise<void> {
    let nextOffset = target.nextOffset;
    const { batchBytes, maxMessageBytes, segmentBytes, compressionType: codec } = this.#settings;
    const sizeMax = Math.min(batchBytes, maxMessageBytes, segmentBytes);
    for (const { records, nowMs } of waiting) {
      for (let index = 0; index < records.length; ) {
        if (!this.#writer.isOpen)
          this.#writer.start({ baseOffset: nextOffset, partitionLeaderEpoch: target.leaderEpoch, codec });
        const end = this.#writer.addWhileFitting(records, index, sizeMax, nowMs);
        nextOffset += end - index;
        index = end;
        if (index === records.length) break;
        const pending = this.#finishBatch(target);
        if (pending !== null) await pending;
      }
    }
    if (this.#writer.isOpen) await this.#finishBatch(target);
    await this.#writeGroup(target, this.#writer.end);
    await this.#landed();
  }

  /** @returns what is to be waited for: nothing, for nearly every batch */
  #finishBatch(target: AppendTarget): Promise<void> | null {
    const batch = this.#writer.finish();
    const from = this.#writer.end - batch.sizeInBytes;
    if (target.shouldRoll(batch, this.#group, from - this.#groupFrom))
      return this.#rollBefore(batch, from, target);
    return this.#take(batch, target);
  }

  async #rollBefore(batch: FinishedBatch, from: number, target: AppendTarget): Promise<void> {
    await this.#writeGroup(target, from);
    await this.#landed();
    await target.roll();
    await this.#take(batch, target);
  }

  #take(batch: FinishedBatch, target: AppendTarget): Promise<void> | null {
    this.#group.push(batch);
    return this.#writer.end < GROUP_BYTES ? null : this.#turnOver(target);
  }

  async #turnOver(target: AppendTarget): Promise<void> {
    await this.#writeGroup(target, this.#writer.end);
    [this.#writer, this.#spare] = [this.#spare, this.#writer];
    this.#writer.clear();
    this.#groupFrom = 0;
  }

  /** One group at a time is on its way, so that the spare buffer is free again when this one is full. */
  async #writeGroup(target: AppendTarget, to: number): Promise<void> {
    await this.#landed();
    if (this.#group.length === 0) return;
    const group = this.#group;
    this.#group = [];
    this.#flight = target.write(this.#writer.bytes.subarray(this.#groupFrom, to), group);
    this.#flight.catch(() => {}); // told to whoever waits for it to land
    this.#groupFrom = to;
  }

  async #landed(): Promise<void> {
    const flight = this.#flight;
    this.#flight = null;
    await flight;
  }

  #reset(): void {
    this.#writer.clear();
    this.#group = [];
    this.#groupFrom = 0;
  }
}

class CommitFailed extends Error {
  constructor(cause: unknown) {
    super('commit failed', { cause });
  }
}

/**
 * Writes a log to try Strata with: a shop's orders over five weeks, in an own data directory, ready in seconds.
 *
 * Hot keys, tombstones, headers, every codec, transactions that were committed and aborted; the same seed and time give
 * the same records. Damage, where it is wanted, is planted afterwards (plant-damage.ts).
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { isDataDirectory } from '../directory-lock';
import { type FileSystem, nodeFileSystem } from '../file-system';
import { LOG_SUFFIX } from '../format/file-names';
import { CODECS } from '../format/record-batch';
import { DataDirectory } from './data-directory';
import { Log } from './log';
import { plantDamage } from './plant-damage';
import type { RecordInput } from './record-input';
import { segmentPath } from './segment';

export interface SampleOptions {
  /** Becomes a data directory; must not exist, or be empty. Its parent must exist. */
  readonly directory: string;
  readonly recordCount: number;
  readonly seed: number;
  /** Plants a bad CRC, an index that lies, and a torn tail. */
  readonly isDamaged: boolean;
  /** Time of the last record. */
  readonly nowMs: TimestampMs;
}

export interface SampleLog {
  /** The log's directory, `orders-0`. */
  readonly path: string;
  readonly recordCount: number;
  readonly segmentCount: number;
  readonly sizeInBytes: Bytes;
}

interface SampleRun {
  readonly signal?: AbortSignal;
  /** The total is what the records so far let expect. */
  readonly onProgress?: (progress: { readonly bytesDone: Bytes; readonly bytesTotal: Bytes }) => void;
  readonly fs?: FileSystem;
}

/** How many records a sample has, and which, unless somebody wants others. */
export const SAMPLE_DEFAULTS = { recordCount: 50_000, seed: 1 } as const;

const LOG_NAME = 'orders-0';
const SAMPLE_NAME = 'strata-sample';
const SPAN_MS = 35 * 86_400_000;
/** The log is opened anew for each, with the next codec. */
const PERIODS = 15;
const SEGMENTS = 12;
const BYTES_PER_RECORD = 48;
const SEGMENT_BYTES_MIN = 32 * 1024;
const CHUNK = 500;
const TRANSACTION_RECORDS = 5;
const PRODUCER_ID = 4001;

/**
 * After an error, a cancel included, nothing of the sample is left.
 * @throws AppError ALREADY_THERE where the directory is not empty, STORAGE_UNSAFE in a broker's data directory; the
 * signal's reason; as `Log.open`
 */
export async function writeSampleLog(options: SampleOptions, run: SampleRun = {}): Promise<SampleLog> {
  const { fs = nodeFileSystem } = run;
  await makeDirectory(fs, options.directory);
  try {
    return await writeOrders(fs, options, run);
  } catch (error) {
    await removeTree(fs, options.directory).catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

/** A directory for a sample in `place`: the first of its name that is free. */
export async function freeSampleDirectory(fs: FileSystem, place: string): Promise<string> {
  const taken = new Set((await fs.list(place)).map(({ name }) => name));
  let name = SAMPLE_NAME;
  for (let number = 2; taken.has(name); number++) name = `${SAMPLE_NAME}-${number}`;
  return join(place, name);
}

async function writeOrders(
  fs: FileSystem,
  { directory, recordCount, seed, isDamaged, nowMs }: SampleOptions,
  { signal, onProgress }: SampleRun,
): Promise<SampleLog> {
  const path = join(directory, LOG_NAME);
  const orders = new Orders(seed, { fromMs: nowMs - SPAN_MS, stepMs: SPAN_MS / recordCount });
  const segmentBytes = Math.max(SEGMENT_BYTES_MIN, Math.round((recordCount * BYTES_PER_RECORD) / SEGMENTS));
  let recordsDone = 0;
  for (let period = 0; period < PERIODS; period++) {
    const until = Math.round((recordCount * (period + 1)) / PERIODS);
    const compressionType = CODECS[period % CODECS.length]!;
    const settings = { segmentBytes, compressionType, retentionMs: -1, cleanupPolicy: 'compact' } as const;
    await using log = await Log.open(path, settings, { fs });
    while (recordsDone < until) {
      signal?.throwIfAborted();
      const isTransaction = orders.isOneIn(8);
      const count = Math.min(isTransaction ? TRANSACTION_RECORDS : CHUNK, until - recordsDone);
      const records = Array.from({ length: count }, () => orders.next());
      if (isTransaction)
        await log.appendTransaction(records, {
          producerId: PRODUCER_ID,
          producerEpoch: 0,
          outcome: orders.isOneIn(3) ? 'abort' : 'commit',
        });
      else await log.appendMany(records);
      recordsDone += count;
      const bytesDone: number = log.sizeInBytes;
      onProgress?.({ bytesDone, bytesTotal: Math.round((bytesDone * recordCount) / recordsDone) });
    }
  }
  return finish(fs, path, { isDamaged, recordCount });
}

async function makeDirectory(fs: FileSystem, directory: string): Promise<void> {
  const status = await fs.status(directory);
  if (status !== null) {
    if (status.kind !== 'directory' || (await fs.list(directory)).length > 0)
      throw new AppError('ALREADY_THERE', `${directory} is there already, and not empty.`, {
        path: directory,
      });
    await fs.removeDirectory(directory);
  }
  const parent = dirname(directory);
  if (await isDataDirectory(fs, parent))
    throw new AppError(
      'STORAGE_UNSAFE',
      `${parent} is a data directory: a broker does not start where it finds another directory than a partition's.`,
      { path: parent },
    );
  await DataDirectory.create(fs, directory);
}

async function removeTree(fs: FileSystem, directory: string): Promise<void> {
  for (const { name, kind } of await fs.list(directory))
    await (kind === 'directory'
      ? removeTree(fs, join(directory, name))
      : fs.removeFile(join(directory, name)));
  await fs.removeDirectory(directory);
}

/** Files as old as their records, as in a log that has grown. */
async function finish(
  fs: FileSystem,
  path: string,
  { isDamaged, recordCount }: { isDamaged: boolean; recordCount: number },
): Promise<SampleLog> {
  const log = await Log.open(path, {}, { fs });
  const { segments, sizeInBytes } = log;
  const times = new Map<Offset, TimestampMs>();
  for (const { baseOffset } of segments) times.set(baseOffset, await log.largestTimestampOf(baseOffset));
  await log.close();
  if (isDamaged) await plantDamage(fs, path, segments);
  for (const [baseOffset, timestampMs] of times)
    if (timestampMs > 0) await fs.setModifiedAt(segmentPath(path, baseOffset, LOG_SUFFIX), timestampMs);
  return { path, recordCount, segmentCount: segments.length, sizeInBytes };
}

const STATUSES = ['placed', 'paid', 'packed', 'shipped', 'delivered', 'returned'];
const ITEMS = ['tea', 'lamp', 'chair', 'notebook', 'kettle', 'blanket', 'globe', 'bicycle bell'];
const CUSTOMERS = 400;
const TOMBSTONE_ONE_IN = 40;
const HEADERS_ONE_IN = 3;
const CENTS_MAX = 20_000;

/** Orders one after another, drawn from a seed. */
class Orders {
  #state: number;
  #atMs: number;
  readonly #stepMs: number;
  #number = 10_000;

  constructor(seed: number, { fromMs, stepMs }: { fromMs: TimestampMs; stepMs: number }) {
    this.#state = seed | 0;
    this.#atMs = fromMs;
    this.#stepMs = stepMs;
  }

  isOneIn(count: number): boolean {
    return this.#random() * count < 1;
  }

  next(): RecordInput {
    this.#atMs += this.#stepMs;
    // A few customers order most: the square draws towards the first ones.
    const customer = Math.floor(this.#random() ** 4 * CUSTOMERS);
    const record = {
      key: `customer-${String(customer).padStart(3, '0')}`,
      value: this.isOneIn(TOMBSTONE_ONE_IN) ? null : this.#order(customer),
      timestampMs: Math.floor(this.#atMs),
    };
    if (!this.isOneIn(HEADERS_ONE_IN)) return record;
    return {
      ...record,
      headers: [
        { name: 'source', value: 'web' },
        { name: 'trace', value: this.#hex() },
      ],
    };
  }

  #order(customer: number): string {
    const order = {
      order: this.#number++,
      customer,
      status: this.#oneOf(STATUSES),
      item: this.#oneOf(ITEMS),
      cents: Math.floor(this.#random() * CENTS_MAX),
    };
    return JSON.stringify(order);
  }

  #oneOf(words: readonly string[]): string {
    return words[Math.floor(this.#random() * words.length)]!;
  }

  #hex(): string {
    return Math.floor(this.#random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }

  /** mulberry32: 0 inclusive to 1 exclusive. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

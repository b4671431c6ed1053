/**
 * Noise for everything that takes bytes, text or names apart: bytes of Kafka's own that were changed, cut, repeated or
 * drawn. Only values and problems come back, never an exception, in bounded time and memory.
 *
 * Short in every run; `npm run test:long -- test/damage/fuzz.test.ts` does a million. STRATA_SEED draws the same again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { describe, expect, it } from 'vitest';
import { readLeaderEpochs, readOffsetCheckpoint } from '../../electron/engine/format/checkpoint-files';
import { decompress, Undecodable } from '../../electron/engine/format/codec';
import { parseLogDirectoryName, parseSegmentFileName } from '../../electron/engine/format/file-names';
import { readOffsetIndexEntries, readTimeIndexEntries } from '../../electron/engine/format/index-files';
import { readJavaProperties } from '../../electron/engine/format/java-properties';
import { readTopicId } from '../../electron/engine/format/partition-metadata';
import { readProducerSnapshot } from '../../electron/engine/format/producer-snapshot';
import { readTransactionIndex } from '../../electron/engine/format/transaction-index';
import { headerAt, plausibleSizeAt } from '../../electron/engine/inspect/batch-at';
import { checkBatch, recordsOf } from '../../electron/engine/inspect/check-batch';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { simulateLogStart } from '../../electron/engine/inspect/startup-log';
import { ClusterMetadata } from '../../electron/engine/internal-topics/cluster-metadata';
import { brokerDirectoryName, directoryRefusals } from '../../electron/engine/rules/startup-names';
import { fixtureInMemory } from '../support/fixture-in-memory';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';

const FIXTURES = join(import.meta.dirname, '../fixtures/kafka');
const RUNS = countFor({ short: 20_000, full: 1_000_000 });
const TREES = countFor({ short: 150, full: 10_000 });
const DECOMPRESSED_MAX = 64 * 1024 * 1024;
/** Of the processor's time, as a share of which machine this is says little. */
const CPU_MS_MAX = 400;
const TIMEOUT_MS = 3 * 3_600_000;
const random = seededRandom(SEED);
const below = (count: number) => Math.floor(random() * count);
const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;

/** The first batches of logs of every format and codec. */
function seedBatches(): Buffer[] {
  const logs = ['4.4.0/data-directory', '2.8.2/data-directory'].flatMap((place) =>
    readdirSync(join(FIXTURES, place)).map((name) => join(FIXTURES, place, name, '00000000000000000000.log')),
  );
  return logs.flatMap((path) => {
    const bytes = tryRead(path);
    if (bytes.length < 61) return [];
    return [bytes.subarray(0, 12 + bytes.readInt32BE(8))];
  });
}

function tryRead(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0); // a file beside the logs, or a log that begins later
  }
}

/** Some bytes changed, some left out, some twice, or all of them drawn. */
function mutated(seed: Buffer): Buffer {
  const bytes = Buffer.from(seed);
  for (let count = below(6); count >= 0 && bytes.length > 0; count--)
    bytes[below(bytes.length)] = pick([0, 1, 0x7f, 0x80, 0xff, below(256)]);
  const at = below(bytes.length + 1);
  const length = below(40);
  switch (below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    case 3:
      return Buffer.from(Array.from({ length: below(200) }, () => below(256)));
    default:
      return bytes;
  }
}

function mutatedText(seed: string): string {
  const at = below(seed.length + 1);
  const noise = ['\n', ' ', '-1', '9'.repeat(30), '\u0000', '\\u00', 'é', '1e9', '%', '.'];
  return seed.slice(0, at) + pick(noise).repeat(below(4)) + seed.slice(at + below(8));
}

const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const BATCHES = seedBatches();
const TEXTS = [
  '0\n2\norders 0 17\norders 1 3\n',
  '0\n1\n4 120\n',
  'version: 0\ntopic_id: JfS0N6q2C1twA4JBlOV7ig',
  'node.id=1\nlog.dirs=/a\\\n b\n',
];
const NAMES = [
  '00000000000000000042.log.swap',
  'orders-0',
  `orders-0.${'0a'.repeat(16)}-stray`,
  '__cluster_metadata-0',
];

/** A batch with a CRC that fits, so that what is behind it is looked at. */
function lookAtBatch(): void {
  const bytes = mutated(pick(BATCHES));
  if (bytes.length < 61) return;
  if (bytes.readInt8(16) === 2) bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  const place = { view: viewOf(bytes), at: 0, rest: bytes.length };
  const size = plausibleSizeAt(place);
  if (typeof size !== 'number' || size > bytes.length) return;
  const header = headerAt(place);
  const batch = bytes.subarray(0, size);
  checkBatch(header, batch);
  const { records } = recordsOf(header, batch);
  expect(records.length).toBeLessThanOrEqual(DECOMPRESSED_MAX);
}

function unpack(): void {
  const payload = mutated(pick(BATCHES).subarray(61));
  const found = decompress(pick(CODECS), payload, { magic: pick([0, 1, 2]) });
  if (!(found instanceof Undecodable)) expect(found.length).toBeLessThanOrEqual(DECOMPRESSED_MAX);
}

const TARGETS: Readonly<Record<string, () => void>> = {
  batch: lookAtBatch,
  decompression: unpack,
  'offset index': () => void readOffsetIndexEntries(viewOf(mutated(pick(BATCHES)))),
  'time index': () => void readTimeIndexEntries(viewOf(mutated(pick(BATCHES)))),
  'transaction index': () => void readTransactionIndex(mutated(pick(BATCHES))),
  snapshot() {
    const bytes = mutated(Buffer.concat([Buffer.from('0001000000000000000100', 'hex'), pick(BATCHES)]));
    if (bytes.length > 10) bytes.writeUInt32BE(crc32c(bytes.subarray(6)), 2);
    readProducerSnapshot(bytes);
  },
  checkpoint: () => void readOffsetCheckpoint(mutatedText(TEXTS[0]!)),
  'leader epochs': () => void readLeaderEpochs(mutatedText(TEXTS[1]!)),
  'topic id': () => void readTopicId(mutatedText(TEXTS[2]!)),
  properties: () => void readJavaProperties(mutatedText(TEXTS[3]!)),
  names() {
    const name = mutatedText(pick(NAMES));
    parseSegmentFileName(name);
    parseLogDirectoryName(name);
    brokerDirectoryName(name);
    directoryRefusals([name, pick(NAMES)]);
  },
  metadata: () => new ClusterMetadata().apply(mutated(pick(BATCHES))),
};

describe('every reader of bytes', () => {
  for (const [name, run] of Object.entries(TARGETS))
    it(`returns from noise: ${name}`, { timeout: TIMEOUT_MS }, () => {
      let slowestMs = 0;
      const runs = Math.ceil(RUNS / Object.keys(TARGETS).length);
      for (let count = 0; count < runs; count++) {
        const before = process.cpuUsage();
        run();
        const { user, system } = process.cpuUsage(before);
        slowestMs = Math.max(slowestMs, (user + system) / 1_000);
      }
      console.log(`fuzz: ${name}, seed ${SEED}: ${runs} runs, the slowest ${slowestMs.toFixed(1)} ms`);
      expect(slowestMs).toBeLessThan(CPU_MS_MAX);
    });

  it('returns from whole logs of noise, and plays through their start', { timeout: TIMEOUT_MS }, async () => {
    const { fs, log, paths } = fixtureInMemory('4.4.0/data-directory/transactions-0');
    const originals = new Map(paths.map((path) => [path, fs.contentOf(path)!]));
    const suffixes = ['', '', '', '.swap', '.cleaned', '.deleted', '.tmp'];
    for (let count = 0; count < TREES; count++) {
      const added = new Set<string>();
      for (let files = below(4); files >= 0; files--) {
        const path = pick(paths) + pick(suffixes);
        fs.put(path, mutated(originals.get(pick(paths))!));
        added.add(path);
      }
      await inspectLog(fs, log, { depth: pick(['glance', 'headers', 'records']), nowMs: 0 });
      const start = { path: log.path, isDeleted: random() < 0.1, hadCleanShutdown: random() < 0.5 };
      const offsets = { recoveryPoint: below(100), logStartCheckpoint: below(100), indexIntervalBytes: 300 };
      await simulateLogStart(fs, { ...start, ...offsets }, {});
      for (const path of added) {
        const original = originals.get(path);
        if (original === undefined) await fs.removeFile(path);
        else fs.put(path, original);
      }
    }
    console.log(`fuzz: directory trees, seed ${SEED}: ${TREES} runs`);
  });
});

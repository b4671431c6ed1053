/** The logs that Kafka wrote (test/fixtures/kafka), with what its own clients and tools said of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { LogDirectory } from '../../electron/engine/inspect/list-logs';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka');

type Base64 = string;
/** A value above 64 bytes stands as its hash. */
export type ManifestBytes = Base64 | null | { readonly sha256: string; readonly sizeInBytes: number };

export interface ManifestRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key: ManifestBytes;
  readonly value: ManifestBytes;
  readonly headers: readonly (readonly [string, ManifestBytes])[];
}

export interface ManifestBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly position: number;
  readonly sizeInBytes: number;
  readonly magic: number;
  readonly codec: string;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly offsets: readonly number[];
  readonly isControl: boolean;
  /** COMMIT and ABORT; empty for other batches. */
  readonly controlTypes: readonly string[];
}

export interface ManifestLog {
  readonly name: string;
  readonly path: string;
  /** Settings of the topic; absent for Kafka's own. */
  readonly config?: Readonly<Record<string, string | number>>;
  readonly logStartOffset?: number;
  readonly logEndOffset?: number;
  readonly lastStableOffset?: number;
  /** What a read_committed consumer was given. */
  readonly committedOffsets?: readonly number[];
  readonly records?: readonly ManifestRecord[];
  readonly recordCount: { readonly total: number; readonly data: number; readonly control: number };
  readonly segments: readonly {
    readonly baseOffset: number;
    readonly sizeInBytes: number;
    readonly batchCount: number;
    readonly recordCount: number;
    readonly batches: readonly ManifestBatch[];
  }[];
}

export interface KafkaFixture extends ManifestLog {
  /** As in `4.4.0/data-directory/orders-0`. */
  readonly id: string;
  readonly directory: LogDirectory;
}

/** All logs of all versions. */
export function kafkaFixtures(): KafkaFixture[] {
  return readdirSync(FIXTURES).flatMap((version) => {
    const manifest = JSON.parse(readFileSync(join(FIXTURES, version, 'manifest.json'), 'utf8'));
    return (manifest.logs as ManifestLog[]).map((log) => {
      const path = join(FIXTURES, version, log.path);
      const name = basename(path);
      const topic = name.slice(0, name.lastIndexOf('-'));
      const partition = Number(name.slice(topic.length + 1));
      const directory = { name, path, topic, partition, state: 'current', format: 'kafka' } as const;
      return { ...log, id: `${version}/${log.path}`, directory };
    });
  });
}

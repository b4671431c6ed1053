/**
 * What the records of `__cluster_metadata` say of topics and settings, replayed into a picture (metadata/*.json).
 *
 *   value = uvarint frame version 1, uvarint apiKey, uvarint version, flexible body
 *
 * Only what a reader of logs needs: topics with their ids and replicas, settings of topics and brokers. Records of a
 * transaction (Begin … End) count when it ended; other kinds are passed over. Opens no file.
 */
import { FlexibleReader, MalformedMessage } from '../format/flexible-reader';

export interface MetadataTopic {
  readonly name: string;
  /** 22 characters. */
  readonly topicId: string;
  /** Number of replicas by partition. */
  readonly replicaCounts: ReadonlyMap<number, number>;
}

export type ConfigResource = 'topic' | 'broker';

const FRAME_VERSION = 1;
const TOPIC = 2;
const PARTITION = 3;
const CONFIG = 4;
const PARTITION_CHANGE = 5;
const REMOVE_TOPIC = 9;
const BEGIN_TRANSACTION = 23;
const END_TRANSACTION = 24;
const ABORT_TRANSACTION = 25;

const RESOURCE_BY_TYPE: Readonly<Record<number, ConfigResource>> = { 2: 'topic', 4: 'broker' };
/** Tag of the new replicas in a PartitionChangeRecord. */
const CHANGED_REPLICAS_TAG = 2;

interface TopicState {
  readonly name: string;
  readonly topicId: string;
  readonly replicaCounts: Map<number, number>;
  /** Broker ids by partition. */
  readonly replicas: Map<number, readonly number[]>;
}

export class ClusterMetadata {
  readonly #topicsById = new Map<string, TopicState>();
  readonly #configs = new Map<string, Map<string, string>>();
  /** Records of the transaction that has not ended yet. */
  #pending: Uint8Array[] | null = null;
  /** Records that could not be read; a reader should say that the picture may be incomplete. */
  malformedCount = 0;

  /** Replays one record's value, in the order of the log. */
  apply(value: Uint8Array): void {
    const kind = this.#kindOf(value);
    if (kind === BEGIN_TRANSACTION) this.#pending = [];
    else if (kind === ABORT_TRANSACTION) this.#pending = null;
    else if (kind === END_TRANSACTION) {
      const records = this.#pending ?? [];
      this.#pending = null;
      for (const record of records) this.#replay(record);
    } else if (this.#pending !== null) this.#pending.push(value);
    else this.#replay(value);
  }

  /** Forgets everything: a snapshot follows. */
  reset(): void {
    this.#topicsById.clear();
    this.#configs.clear();
    this.#pending = null;
  }

  topic(name: string): MetadataTopic | null {
    return [...this.#topicsById.values()].find((topic) => topic.name === name) ?? null;
  }

  /** Broker ids of a partition, by the topic's id; null where there is no such partition. */
  replicasOf(topicId: string, partition: number): readonly number[] | null {
    return this.#topicsById.get(topicId)?.replicas.get(partition) ?? null;
  }

  /** What a broker holds, or should. */
  partitionsOf(brokerId: number): { readonly topic: string; readonly partition: number }[] {
    return [...this.#topicsById.values()].flatMap(({ name, replicas }) =>
      [...replicas].flatMap(([partition, ids]) =>
        ids.includes(brokerId) ? [{ topic: name, partition }] : [],
      ),
    );
  }

  /** Settings of a topic, of one broker (by its id), or of all brokers (an empty name). */
  configs(resource: ConfigResource, name: string): ReadonlyMap<string, string> {
    return this.#configs.get(`${resource} ${name}`) ?? new Map();
  }

  #kindOf(value: Uint8Array): number | null {
    try {
      const reader = new FlexibleReader(value);
      return reader.uvarint() === FRAME_VERSION ? reader.uvarint() : null;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return null; // counted when it is replayed
    }
  }

  #replay(value: Uint8Array): void {
    try {
      const reader = new FlexibleReader(value);
      const frame = reader.uvarint();
      if (frame !== FRAME_VERSION) throw new MalformedMessage(`the frame has version ${frame}`);
      const kind = reader.uvarint();
      reader.uvarint(); // the version: fields are only ever added behind those read here
      this.#replayKind(kind, reader);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.malformedCount++;
    }
  }

  #replayKind(kind: number, reader: FlexibleReader): void {
    switch (kind) {
      case TOPIC: {
        const name = reader.string();
        const topicId = reader.uuid();
        this.#topicsById.set(topicId, { name, topicId, replicaCounts: new Map(), replicas: new Map() });
        return;
      }
      case PARTITION: {
        const partition = reader.int32();
        const topicId = reader.uuid();
        const replicas = reader.array(() => reader.int32());
        this.#setReplicas(topicId, partition, replicas);
        return;
      }
      case PARTITION_CHANGE: {
        const partition = reader.int32();
        const topicId = reader.uuid();
        reader.taggedFields({
          [CHANGED_REPLICAS_TAG]: (field) => {
            const replicas = field.nullableArray(() => field.int32());
            if (replicas !== null) this.#setReplicas(topicId, partition, replicas);
          },
        });
        return;
      }
      case CONFIG:
        this.#setConfig(reader.int8(), reader.string(), reader.string(), reader.nullableString());
        return;
      case REMOVE_TOPIC:
        this.#removeTopic(reader.uuid());
        return;
      default:
    }
  }

  #setReplicas(topicId: string, partition: number, replicas: readonly number[]): void {
    const topic = this.#topicsById.get(topicId);
    topic?.replicaCounts.set(partition, replicas.length);
    topic?.replicas.set(partition, replicas);
  }

  #setConfig(type: number, name: string, key: string, value: string | null): void {
    const resource = RESOURCE_BY_TYPE[type];
    if (resource === undefined) return;
    const id = `${resource} ${name}`;
    const configs = this.#configs.get(id) ?? new Map<string, string>();
    this.#configs.set(id, configs);
    if (value === null) configs.delete(key);
    else configs.set(key, value);
  }

  #removeTopic(topicId: string): void {
    const topic = this.#topicsById.get(topicId);
    if (topic === undefined) return;
    this.#topicsById.delete(topicId);
    this.#configs.delete(`topic ${topic.name}`);
  }
}

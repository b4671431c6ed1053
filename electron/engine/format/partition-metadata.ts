/** partition.metadata: version and topic id of a partition (PartitionMetadataFile). Two lines, no newline at the end. */
import { LEADER_EPOCH_CHECKPOINT } from './checkpoint-files';

export const PARTITION_METADATA_FILE = 'partition.metadata';
/** Kafka's files of a log that are of no segment. */
export const SIDE_FILES: readonly string[] = [LEADER_EPOCH_CHECKPOINT, PARTITION_METADATA_FILE];

const SHAPE = /^version: 0\r?\ntopic_id: ([A-Za-z0-9_-]{22})\s*$/;
const UUID_BYTES = 16;

/** The topic id, 22 characters of URL-safe base64, or null where the text is none. */
export function readTopicId(text: string): string | null {
  return SHAPE.exec(text)?.[1] ?? null;
}

export function encodePartitionMetadata(topicId: string): Uint8Array {
  return new TextEncoder().encode(`version: 0\ntopic_id: ${topicId}`);
}

/** Kafka's text form of 16 random bytes (Uuid.randomUuid never begins with a dash: tools take it for an option). */
export function topicIdOf(random: Uint8Array): string {
  const text = Buffer.from(random.subarray(0, UUID_BYTES)).toString('base64url');
  return text.startsWith('-') ? `A${text.slice(1)}` : text;
}

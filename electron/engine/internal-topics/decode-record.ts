/**
 * Records of Kafka's own topics as names and values. Never fails: what cannot be decoded says why, and stays raw.
 *
 * Coordinators write a key of int16 type and fields, a value of int16 version and fields, and a null value to delete.
 * Controllers and tiered storage write no key, and a value in a frame: its version (1), type and version as varints.
 */
import { FlexibleReader, MalformedMessage } from '../format/flexible-reader';
import {
  CLUSTER_METADATA,
  CONSUMER_OFFSETS,
  REMOTE_LOG_METADATA,
  SHARE_GROUP_STATE,
  TRANSACTION_STATE,
} from './message-layouts';
import { type MessageLayout, parseLayouts } from './parse-layouts';
import { type JsonObject, readMessage } from './read-message';

export interface DecodedRecord {
  /** OffsetCommit, Topic, … in Kafka's words; null where the type is not known. */
  readonly name: string | null;
  /** As it stands in the record; null where even that cannot be read. */
  readonly type: number | null;
  /** Of the value; null without one. */
  readonly version: number | null;
  readonly key: JsonObject | null;
  readonly value: JsonObject | null;
  /** Why a part of it could not be decoded. */
  readonly flaw: string | null;
}

interface RecordContent {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const FRAME_VERSION = 1;

const COORDINATORS: Readonly<Record<string, string>> = {
  __consumer_offsets: CONSUMER_OFFSETS,
  __transaction_state: TRANSACTION_STATE,
  __share_group_state: SHARE_GROUP_STATE,
};
const FRAMED: Readonly<Record<string, string>> = {
  __cluster_metadata: CLUSTER_METADATA,
  __remote_log_metadata: REMOTE_LOG_METADATA,
};

const parsed = new Map<string, readonly MessageLayout[]>();

function layoutsOf(text: string): readonly MessageLayout[] {
  const known = parsed.get(text) ?? parseLayouts(text);
  parsed.set(text, known);
  return known;
}

/** null for a topic that is not one of Kafka's own. Control records are none of ours. */
export function decodeRecord(topic: string, content: RecordContent): DecodedRecord | null {
  if (!topic.startsWith('__')) return null;
  const coordinator = COORDINATORS[topic];
  if (coordinator !== undefined) return decodeCoordinator(layoutsOf(coordinator), content);
  const framed = FRAMED[topic];
  return framed === undefined ? null : decodeFramed(layoutsOf(framed), content);
}

/** What is known of a record before something in it stops the decoding. */
type Draft = { -readonly [Name in keyof DecodedRecord]: DecodedRecord[Name] };

const nothing = (): Draft => ({
  ...{ name: null, type: null, version: null, key: null, value: null, flaw: null },
});

function decodeCoordinator(layouts: readonly MessageLayout[], { key, value }: RecordContent): DecodedRecord {
  return drafted((draft) => {
    if (key === null) throw new MalformedMessage('the key is null');
    const reader = new FlexibleReader(key);
    const type = reader.int16();
    draft.type = type;
    const ofType = layouts.filter((layout) => layout.type === type);
    const keyLayout = ofType.find(({ side }) => side === 'key');
    if (keyLayout === undefined) throw new MalformedMessage(`type ${type} is not known`);
    draft.name = keyLayout.name;
    draft.key = readMessage(reader, keyLayout, keyLayout.versions.from);
    if (value === null) return;
    const valueReader = new FlexibleReader(value);
    draft.version = valueReader.int16();
    draft.value = readMessage(valueReader, ofType.find(({ side }) => side === 'value')!, draft.version);
  });
}

function decodeFramed(layouts: readonly MessageLayout[], { value }: RecordContent): DecodedRecord {
  return drafted((draft) => {
    if (value === null) throw new MalformedMessage('the value is null');
    const reader = new FlexibleReader(value);
    const frame = reader.uvarint();
    if (frame !== FRAME_VERSION) throw new MalformedMessage(`the frame has version ${frame}`);
    const type = reader.uvarint();
    draft.type = type;
    draft.version = reader.uvarint();
    const layout = layouts.find((each) => each.type === type);
    if (layout === undefined) throw new MalformedMessage(`type ${type} is not known`);
    draft.name = layout.name;
    draft.value = readMessage(reader, layout, draft.version);
  });
}

function drafted(decode: (draft: Draft) => void): DecodedRecord {
  const draft = nothing();
  try {
    decode(draft);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    draft.flaw = error.message;
  }
  return draft;
}

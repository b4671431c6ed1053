/**
 * Takes out of a report what must not leave unasked: keys, client ids, host names, paths and any text that is not known
 * to be harmless; and topic names, where that is asked for.
 *
 * Goes by the schema: enums and numbers stay, and a text whose field is not in the list below becomes a keyed hash. So
 * what an embedded schema gains later is hashed until somebody decides otherwise. With the same key the same text has
 * the same hash: redacted reports still compare.
 */
import { createHmac } from 'node:crypto';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { type Report, ReportSchema } from '../../shared/report';
import { LONE_LOG_START_FILE } from '../engine/format/checkpoint-files';
import { DATA_DIRECTORY_FILES, LOG_LOCK_FILE } from '../engine/format/file-names';
import { brokerDirectoryName } from '../engine/rules/startup-names';

export interface RedactionOptions {
  readonly key: string;
  readonly hashesTopics: boolean;
  /** Of the machine: taken out wherever it occurs, unless the report shall tell it. */
  readonly ownHostName: string;
}

const HASH_DIGITS = 12;
/** Shorter ones would be found inside of other words. */
const HOST_NAME_LENGTH_MIN = 3;

/** As scan-segment.ts words it. Over few bytes a CRC tells what they are. */
const CRC_IN_SENTENCE = /\b(CRC|have) ([0-9a-f]{8})\b/g;
/** Texts that tell nothing about contents: versions, endings of names, Kafka's own words. */
const HARMLESS = new Set([
  ...['schema', 'version', 'keyId', 'hostName', 'code', 'suffix', 'cleanupPolicy', 'format'],
  ...['runId', 'groupId'],
]);
/** Sentences of our own, in which paths, hosts and topics may occur; a directory's name to be that is made of those. */
const SENTENCES = new Set(['message', 'reason', 'refusal', 'consequence', 'detail', 'toName', 'flaw', 'why']);
/** Names of files that Kafka gives. Any other may tell something. */
const KAFKA_FILE =
  /^(\d{1,20}(-\d{10})?\.(log|index|timeindex|txnindex|snapshot|checkpoint)|leader-epoch-checkpoint|partition\.metadata|quorum-state|remote-log-index-cache)(\.(deleted|cleaned|swap|tmp))?$/;
/** What a compaction of the original log manager leaves behind. */
const LOG_MANAGER_FILE = /^\d{20}\.(log\.backup|compacted\.log)$/;
const FIXED_NAMES = new Set([...DATA_DIRECTORY_FILES, LONE_LOG_START_FILE, LOG_LOCK_FILE]);
/** What a setting that is no secret looks like: a number, or words of cleanup.policy. */
const HARMLESS_SETTING = /^[\s\d.,-]*$|^\s*(delete|compact)(\s*,\s*(delete|compact))*\s*$/;
/** Kafka's own topics are the same everywhere. */
const INTERNAL_TOPIC = /^__/;

export function redactReport(report: Report, options: RedactionOptions): Report {
  const redactor = new Redactor(report, options);
  const redacted = redactor.value(ReportSchema, report, '') as Report;
  return {
    ...redacted,
    redaction: { isOn: true, hashesTopics: options.hashesTopics, keyId: redactor.hash('Strata report key') },
  };
}

class Redactor {
  readonly #options: RedactionOptions;
  readonly #parent: string;
  readonly #host: string | null;
  /** Names of the directory, of logs and topics, with what stands in their place. */
  readonly #names = new Map<string, string>();
  readonly #namePattern: RegExp | null;

  constructor(report: Report, options: RedactionOptions) {
    this.#options = options;
    this.#parent = dirname(report.directory.path);
    const { ownHostName } = options;
    const isKept = report.hostName !== null || ownHostName.length < HOST_NAME_LENGTH_MIN;
    this.#host = isKept ? null : ownHostName;
    this.#names.set(report.directory.name, report.directory.name);
    for (const { name, topic } of report.logs) this.#addName(name, topic);
    for (const { log } of report.startup?.plan?.steps ?? []) this.#addDirectory(log ?? '');
    for (const { inspection } of report.logs)
      for (const { file } of inspection?.problems ?? []) this.#addDirectory(file);
    const longestFirst = [...this.#names]
      .filter(([name, shown]) => name !== shown)
      .map(([name]) => escaped(name))
      .sort((a, b) => b.length - a.length);
    this.#namePattern =
      longestFirst.length === 0
        ? null
        : new RegExp(`(?<![A-Za-z0-9._-])(${longestFirst.join('|')})(?![A-Za-z0-9_])`, 'g');
  }

  #addName(name: string, topic: string): void {
    const isHashed = this.#options.hashesTopics && !INTERNAL_TOPIC.test(topic);
    const shown = isHashed ? `topic-${this.hash(topic)}` : topic;
    this.#names.set(topic, shown);
    this.#names.set(name, name.startsWith(topic) ? shown + name.slice(topic.length) : this.hash(name));
  }

  /** One that is not among the logs, where its name says which topic's it is. */
  #addDirectory(name: string): void {
    if (this.#names.has(name) || isHarmlessFile(name)) return;
    const topic = brokerDirectoryName(name)?.topic;
    if (topic !== undefined) this.#addName(name, topic);
  }

  hash(text: string): string {
    return createHmac('sha256', this.#options.key).update(text).digest('hex').slice(0, HASH_DIGITS);
  }

  /** @param key Name of the field that the value stands in. @throws Error for a type that it does not know */
  value(schema: z.core.$ZodType, value: unknown, key: string): unknown {
    const { def } = (schema as z.ZodType)._zod as unknown as { def: SchemaDefinition };
    if (value === null || value === undefined) return value;
    switch (def.type) {
      case 'object':
        return this.#object(def.shape!, withoutBase64(value as Record<string, unknown>));
      case 'record':
        return Object.fromEntries(
          Object.entries(value as object).map(([name, inner]) => [
            name,
            this.value(def.valueType!, inner, name),
          ]),
        );
      case 'array':
        return (value as unknown[]).map((inner) => this.value(def.element!, inner, key));
      case 'nullable':
      case 'optional':
      case 'default':
        return this.value(def.innerType!, value, key);
      case 'union':
        return this.value(def.options!.find((option) => fits(option, value))!, value, key);
      case 'string':
        return this.#text(value as string, key);
      case 'number':
      case 'boolean':
      case 'enum':
      case 'literal':
        return value;
      case 'custom':
        if (value instanceof Int32Array && key === 'crcs') return this.#hashedCrcs(value);
        if (value instanceof Float64Array || value instanceof Int32Array) return value;
        throw new Error(`Bytes have no place in a report (${key}).`);
      default:
        throw new Error(`How to redact a ${def.type} is not known (${key}).`);
    }
  }

  /** Batches with the same bytes still have the same. */
  #hashedCrcs(crcs: Int32Array): Int32Array {
    const { key } = this.#options;
    return crcs.map((crc) => createHmac('sha256', key).update(`crc ${crc}`).digest().readInt32BE(0));
  }

  /** Without what the schema does not know. One loop: a report has a million small objects. */
  #object(shape: NonNullable<SchemaDefinition['shape']>, value: Record<string, unknown>): object {
    const shown: Record<string, unknown> = {};
    for (const name in value) {
      const schema = shape[name];
      if (schema !== undefined && value[name] !== undefined)
        shown[name] = this.value(schema, value[name], isNameOfFile(name, value) ? 'file' : name);
    }
    return shown;
  }

  #text(text: string, key: string): string {
    if (HARMLESS.has(key)) return text;
    if (key === 'path' || SENTENCES.has(key)) return this.#withoutHost(this.#sentence(text));
    // A topic's name is shown as it is, whatever else has that name: else it would not compare.
    if (key === 'name' || key === 'topic' || key === 'log') return this.#names.get(text) ?? this.hash(text);
    if (key === 'file') return this.#file(text);
    if (key === 'value' && HARMLESS_SETTING.test(text)) return text;
    return this.hash(text);
  }

  #file(text: string): string {
    const name = text.replace(/^\.\.[/\\]/, '');
    if (isHarmlessFile(name)) return text;
    return text.slice(0, text.length - name.length) + (this.#names.get(name) ?? this.hash(name));
  }

  #sentence(text: string): string {
    const isTop = this.#parent === '/' || this.#parent === '.';
    const short = (isTop ? text : text.replaceAll(this.#parent, '…')).replace(
      CRC_IN_SENTENCE,
      (_, word: string, crc: string) => `${word} ${this.hash(`crc ${crc}`)}`,
    );
    return this.#namePattern === null
      ? short
      : short.replace(this.#namePattern, (name) => this.#names.get(name) ?? name);
  }

  #withoutHost(text: string): string {
    return this.#host === null ? text : text.replaceAll(this.#host, `host-${this.hash(this.#host)}`);
  }
}

/** The empty one is none: that of a step about a directory. */
function isHarmlessFile(name: string): boolean {
  if (name === '' || KAFKA_FILE.test(name) || LOG_MANAGER_FILE.test(name)) return true;
  return FIXED_NAMES.has(name.replace(/\.tmp$/, ''));
}

/**
 * Of a step of a start-up: what a file is called afterwards. Without a file it is a directory's. Of an index file that would
 * be rebuilt: its own.
 */
function isNameOfFile(field: string, value: Record<string, unknown>): boolean {
  return (field === 'toName' && value['file'] !== '') || (field === 'name' && 'entriesAfter' in value);
}

/** Contents that are no text come as base64; what is left of them, a hash, is a text. */
function withoutBase64(value: Record<string, unknown>): Record<string, unknown> {
  if ('nameBase64' in value) {
    const { nameBase64, ...rest } = value;
    return { ...rest, nameText: `base64 ${nameBase64}` };
  }
  if ('keyBase64' in value) {
    const { keyBase64, ...rest } = value;
    return { ...rest, keyText: `base64 ${keyBase64}` };
  }
  return value;
}

/** What of a schema's definition is looked at; each type has some of it. */
interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

function fits(schema: z.core.$ZodType, value: unknown): boolean {
  return (schema as z.ZodType).safeParse(value).success;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

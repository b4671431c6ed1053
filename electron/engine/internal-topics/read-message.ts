/**
 * One message of Kafka's protocol from its bytes to plain JSON, by its layout and version: fields by their names, uuids as
 * Kafka prints them, bytes in base64, integers outside of 2^53 as their digits.
 *
 * Before its first flexible version a message has int16 lengths for strings and int32 for bytes and arrays, -1 for null.
 * Tagged fields (KIP-482) are in the result where they are in the bytes; unknown tags are left out.
 */
import { type FlexibleReader, MalformedMessage } from '../format/flexible-reader';
import type { Field, FieldType, MessageLayout, Primitive } from './parse-layouts';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** @throws MalformedMessage where the bytes do not fit the layout, or are not used up */
export function readMessage(reader: FlexibleReader, layout: MessageLayout, version: number): JsonObject {
  const { versions, flexibleFrom, fields, name } = layout;
  if (version < versions.from || version > versions.to)
    throw new MalformedMessage(`version ${version} of ${name} is not known`);
  const isFlexible = flexibleFrom !== null && version >= flexibleFrom;
  const message = new MessageReader(version, isFlexible).struct(reader, fields);
  if (reader.remaining > 0) throw new MalformedMessage(`${reader.remaining} bytes are left behind ${name}`);
  return message;
}

class MessageReader {
  readonly #version: number;
  readonly #isFlexible: boolean;

  constructor(version: number, isFlexible: boolean) {
    this.#version = version;
    this.#isFlexible = isFlexible;
  }

  struct(reader: FlexibleReader, fields: readonly Field[]): JsonObject {
    const result: Record<string, Json> = {};
    const tagged: Record<number, (field: FlexibleReader) => void> = {};
    for (const { name, type, versions, tag } of fields) {
      if (this.#version < versions.from || this.#version > versions.to) continue;
      if (tag === null || !this.#isFlexible) result[name] = this.#value(reader, type);
      else
        tagged[tag] = (field) => {
          result[name] = this.#taggedValue(field, type);
        };
    }
    if (this.#isFlexible) reader.taggedFields(tagged);
    return result;
  }

  #value(reader: FlexibleReader, type: FieldType): Json {
    if (type.kind === 'primitive') return this.#primitive(reader, type.name);
    if (type.kind === 'array') return this.#array(reader, type.of);
    return type.isNullable && reader.int8() < 0 ? null : this.struct(reader, type.fields);
  }

  /** A struct that may be null has a varint before it there: 0 for null. */
  #taggedValue(reader: FlexibleReader, type: FieldType): Json {
    if (type.kind !== 'struct' || !type.isNullable) return this.#value(reader, type);
    return reader.uvarint() === 0 ? null : this.struct(reader, type.fields);
  }

  #array(reader: FlexibleReader, of: FieldType): Json {
    if (this.#isFlexible) return reader.nullableArray(() => this.#value(reader, of));
    const count = reader.int32();
    if (count < 0) return null;
    if (count > reader.remaining) throw new MalformedMessage(`an array says it has ${count} elements`);
    return Array.from({ length: count }, () => this.#value(reader, of));
  }

  #primitive(reader: FlexibleReader, name: Primitive): Json {
    switch (name) {
      case 'bool':
        return reader.boolean();
      case 'uuid':
        return reader.uuid();
      case 'int64':
        return exactly(reader.bigInt64());
      case 'string':
        return this.#bytes(reader, () => reader.int16())?.toString('utf8') ?? null;
      case 'bytes':
        return this.#bytes(reader, () => reader.int32())?.toString('base64') ?? null;
      default:
        return reader[name]();
    }
  }

  #bytes(reader: FlexibleReader, length: () => number): Buffer | null {
    if (this.#isFlexible) {
      const bytes = reader.compactBytes();
      return bytes === null ? null : Buffer.from(bytes);
    }
    const size = length();
    return size < 0 ? null : Buffer.from(reader.raw(size));
  }
}

function exactly(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

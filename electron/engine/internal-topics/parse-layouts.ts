/** Layouts of messages from their text (message-layouts.ts) to what read-message.ts goes by. Knows no bytes. */

export type Primitive =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes';

export type FieldType =
  | { readonly kind: 'primitive'; readonly name: Primitive }
  | { readonly kind: 'array'; readonly of: FieldType }
  | { readonly kind: 'struct'; readonly fields: readonly Field[]; readonly isNullable: boolean };

/** Both inclusive. */
export interface Versions {
  readonly from: number;
  readonly to: number;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Versions of the message that have it. */
  readonly versions: Versions;
  /** null where it stands in its place among the others. */
  readonly tag: number | null;
}

export interface MessageLayout {
  readonly side: 'key' | 'value';
  readonly type: number;
  readonly name: string;
  readonly versions: Versions;
  /** From this version on it is a flexible message; null where none is. */
  readonly flexibleFrom: number | null;
  readonly fields: readonly Field[];
}

const ALL: Versions = { from: 0, to: Number.POSITIVE_INFINITY };
const HEAD = /^(?:(key|value) )?(\d+) (\w+) (\d+(?:-\d+)?)(?: flexible (\d+)\+)?$/;

export function parseLayouts(text: string): MessageLayout[] {
  const lines = text.replaceAll(/\n\s+/g, ' ').split('\n');
  return lines.filter((line) => line !== '').map(parseLayout);
}

function parseLayout(line: string): MessageLayout {
  const colon = line.indexOf(':');
  const head = HEAD.exec(line.slice(0, colon));
  if (head === null) throw new Error(`no layout: ${line}`);
  const [, side = 'value', type, name, versions, flexibleFrom] = head;
  return {
    side: side as MessageLayout['side'],
    type: Number(type),
    name: name!,
    versions: versionsOf(versions!),
    flexibleFrom: flexibleFrom === undefined ? null : Number(flexibleFrom),
    fields: new FieldParser(line.slice(colon + 1)).fields(),
  };
}

/** `3`, `3+`, `1-2`. */
function versionsOf(text: string): Versions {
  const [from, to] = text.replace('+', '').split('-').map(Number);
  return { from: from!, to: text.endsWith('+') ? Number.POSITIVE_INFINITY : (to ?? from!) };
}

class FieldParser {
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#words = text.match(/\[\]|\{|\}\??|,|[^\s,{}[\]]+/g) ?? [];
  }

  /** Up to the end, or to the brace that closes the struct. */
  fields(): Field[] {
    const fields: Field[] = [];
    while (this.#at < this.#words.length && !this.#words[this.#at]!.startsWith('}')) {
      fields.push(this.#field());
      if (this.#words[this.#at] === ',') this.#at++;
    }
    return fields;
  }

  #field(): Field {
    const name = this.#next();
    const type = this.#type();
    let versions = this.#versions();
    let tag: number | null = null;
    if (this.#words[this.#at] === 'tag') {
      this.#at++;
      tag = Number(this.#next());
      versions = this.#versions() ?? versions;
    }
    return { name, type, versions: versions ?? ALL, tag };
  }

  #type(): FieldType {
    const word = this.#next();
    if (word === '[]') return { kind: 'array', of: this.#type() };
    if (word !== '{') return { kind: 'primitive', name: word as Primitive };
    const fields = this.fields();
    return { kind: 'struct', fields, isNullable: this.#next() === '}?' };
  }

  #versions(): Versions | null {
    const word = this.#words[this.#at] ?? '';
    return /^\d/.test(word) ? versionsOf(this.#next()) : null;
  }

  #next(): string {
    return this.#words[this.#at++] ?? '';
  }
}

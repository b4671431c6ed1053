/** Key and value bytes in the forms people read. */
import { describe, expect, it } from 'vitest';
import {
  beginningOf,
  bytesOf,
  contentLine,
  contentOf,
  formatsOf,
  formattedContent,
} from '../../shared/content-formats';

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

describe('contentOf', () => {
  it('tells null from empty', () => {
    expect(contentOf(null, undefined)).toBeNull();
    expect(bytesOf(contentOf('', undefined)!).length).toBe(0);
  });
});

describe('beginningOf', () => {
  it('takes whole characters of a text, and whole bytes of what is none', () => {
    const text = contentOf('ab☃😀c', undefined)!;
    const beginnings = [4, 5, 8, 9].map((bytesMax) => beginningOf(text, bytesMax).text);
    expect(beginnings).toEqual(['ab', 'ab☃', 'ab☃', 'ab☃😀']);
    const bytes = beginningOf(contentOf(undefined, base64(250, 251, 252, 253, 254))!, 4);
    expect([...bytesOf(bytes)]).toEqual([250, 251, 252]);
  });

  it('leaves what is no longer as it is', () => {
    const content = contentOf(undefined, base64(250, 251))!;
    expect(beginningOf(content, 3)).toBe(content);
    expect(beginningOf(content, 2)).toBe(content);
    expect(beginningOf(contentOf('abc', undefined)!, 3).text).toBe('abc');
  });
});

describe('formatsOf', () => {
  it('guesses JSON only for what parses', () => {
    expect(formatsOf(contentOf('{"a":1}', undefined)!)[0]).toBe('JSON');
    expect(formatsOf(contentOf('{a:1}', undefined)!)[0]).toBe('text');
    expect(formatsOf(contentOf('17', undefined)!)[0]).toBe('text');
  });

  it('takes UTF-8 with a NUL for a text last of all: it is a small integer, as the key of a control record', () => {
    expect(formatsOf(contentOf('\0\0\0\u0001', undefined)!)).toEqual(['integer', 'hex', 'base64', 'text']);
  });

  it('offers integers and UUIDs by the number of bytes', () => {
    expect(formatsOf(contentOf(undefined, base64(255, 255, 255, 254))!)).toEqual([
      'integer',
      'hex',
      'base64',
    ]);
    expect(formatsOf(contentOf(undefined, base64(...Array(16).fill(200)))!)).toContain('UUID');
  });
});

describe('formattedContent', () => {
  it('reads integers as Kafka serializes them', () => {
    expect(formattedContent(contentOf(undefined, base64(255, 255, 255, 254))!, 'integer')).toBe('-2');
    expect(formattedContent(contentOf(undefined, base64(0, 0, 0, 0, 0, 0, 1, 0))!, 'integer')).toBe('256');
  });

  it('writes hexadecimal sixteen a line, and a UUID in groups', () => {
    const content = contentOf(undefined, base64(...Array.from({ length: 16 }, (_, index) => index)))!;
    expect(formattedContent(content, 'hex')).toBe('00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f');
    expect(formattedContent(content, 'UUID')).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
  });
});

describe('contentLine', () => {
  it('writes JSON on one line with its digits and strings as they are, and hexadecimal in one row', () => {
    const json = '{\n  "id": 9007199254740993,\n  "note": "a  \\" b\\n",\t"list": [ 1, 2 ]\n}';
    expect(contentLine(contentOf(json, undefined)!, 'JSON')).toBe(
      '{"id":9007199254740993,"note":"a  \\" b\\n","list":[1,2]}',
    );
    expect(contentLine(contentOf(undefined, base64(...Array(17).fill(255)))!, 'hex')).toBe(
      Array(17).fill('ff').join(' '),
    );
  });

  it('takes whatever parses for JSON, of any kind and length', () => {
    const line = (text: string) => contentLine(contentOf(text, undefined)!, 'JSON');
    expect(['42', ' true ', '-1.5e3', 'null', '"a\t"'].map(line)).toEqual([
      '42',
      'true',
      '-1.5e3',
      'null',
      null,
    ]);
    const list = Array.from({ length: 300_000 }, (_, index) => index);
    expect(line(JSON.stringify(list, null, 1))).toBe(JSON.stringify(list));
    const quotes = JSON.stringify(['"'.repeat(10_000_000), ' \\']);
    expect(line(` ${quotes}\n`) === quotes).toBe(true);
  });

  it('writes all bytes, given as text or base64, as Node does', () => {
    const text = Array.from({ length: 5_000 }, (_, index) => String.fromCodePoint(index)).join('');
    for (const bytes of [Buffer.of(), Buffer.of(0), Buffer.from(text), Buffer.from(text, 'latin1')]) {
      const isText = Buffer.from(bytes.toString()).equals(bytes);
      const contents = [
        contentOf(undefined, bytes.toString('base64'))!,
        ...(isText ? [contentOf(bytes.toString(), undefined)!] : []),
      ];
      for (const content of contents) {
        expect(contentLine(content, 'base64')).toBe(bytes.toString('base64'));
        expect(contentLine(content, 'hex')).toBe(bytes.toString('hex').replaceAll(/(..)(?=.)/g, '$1 '));
      }
    }
  });

  it('has none for what is no such content', () => {
    expect(contentLine(contentOf('{a:1}', undefined)!, 'JSON')).toBeNull();
    expect(contentLine(contentOf(undefined, base64(255))!, 'text')).toBeNull();
    expect(contentLine(contentOf('five5', undefined)!, 'integer')).toBeNull();
    expect(contentLine(contentOf('five5', undefined)!, 'UUID')).toBeNull();
  });
});

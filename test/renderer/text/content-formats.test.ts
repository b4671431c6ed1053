/** Key and value bytes in the forms people read. */
import { describe, expect, it } from 'vitest';
import { contentOf, formatsOf, formattedContent, previewText } from '../../../renderer/text/content-formats';

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

describe('contentOf', () => {
  it('tells null from empty', () => {
    expect(contentOf(null, undefined)).toBeNull();
    expect(contentOf('', undefined)?.bytes.length).toBe(0);
  });
});

describe('formatsOf', () => {
  it('guesses JSON only for what parses', () => {
    expect(formatsOf(contentOf('{"a":1}', undefined)!)[0]).toBe('JSON');
    expect(formatsOf(contentOf('{a:1}', undefined)!)[0]).toBe('text');
    expect(formatsOf(contentOf('17', undefined)!)[0]).toBe('text');
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

describe('previewText', () => {
  it('is one line', () => {
    expect(previewText('a\n b\tc', undefined)).toBe('a b c');
    expect(previewText(undefined, base64(0, 255))).toBe('0x00ff');
    expect(previewText(null, undefined)).toBeNull();
  });
});

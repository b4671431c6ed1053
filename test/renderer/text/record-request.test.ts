/** What is typed into the records screen's field. */
import { describe, expect, it } from 'vitest';
import { parseRecordRequest } from '../../../renderer/text/record-request';

describe('parseRecordRequest', () => {
  it('reads offsets with and without separators, and refuses what is none', () => {
    expect(parseRecordRequest('offset', '1 200')).toEqual({ start: { kind: 'offset', offset: 1200 } });
    for (const text of ['-1', '1.5', 'abc', '99999999999999999999'])
      expect(parseRecordRequest('offset', text)).toHaveProperty('mistake');
  });

  it('reads times in ms and as ISO 8601', () => {
    expect(parseRecordRequest('time', '1700000000000')).toEqual({
      start: { kind: 'time', timestampMs: 1_700_000_000_000 },
    });
    expect(parseRecordRequest('time', '2023-11-14T22:13:20Z')).toEqual({
      start: { kind: 'time', timestampMs: 1_700_000_000_000 },
    });
    expect(parseRecordRequest('time', 'yesterday')).toHaveProperty('mistake');
  });

  it('searches keys exactly, everything without regard to case', () => {
    expect(parseRecordRequest('key', 'User-1')).toMatchObject({
      start: { pattern: { kind: 'text', pattern: 'User-1', isCaseSensitive: true, places: ['key'] } },
    });
    expect(parseRecordRequest('text', 'x')).toMatchObject({ start: { pattern: { isCaseSensitive: false } } });
  });

  it('refuses broken expressions and odd digits before anything is read', () => {
    expect(parseRecordRequest('regex', '(')).toEqual({ mistake: 'Unterminated group.' });
    expect(parseRecordRequest('bytes', '0f f')).toHaveProperty('mistake');
    expect(parseRecordRequest('bytes', '0F ff')).toMatchObject({ start: { pattern: { pattern: '0Fff' } } });
  });
});

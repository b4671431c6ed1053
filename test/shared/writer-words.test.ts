/** Who writes in a directory, in a few words. */
import { describe, expect, it } from 'vitest';
import { liveWriterText, writerWords } from '../../shared/writer-words';

describe('writerWords', () => {
  it.each([
    ['live', 'engine', 'engine live'],
    ['crashed', 'broker', 'broker crashed'],
    ['clean', 'engine', 'engine stopped cleanly'],
    ['detached', null, 'no broker'],
    ['unknown', null, 'broker unknown'],
  ] as const)('says of %s, %s: %s', (verdict, writer, words) => {
    expect(writerWords({ verdict, writer })).toBe(words);
  });
});

describe('liveWriterText', () => {
  it('names who would have to crash', () => {
    expect(liveWriterText('broker')).toMatch(/^A broker runs here/);
    expect(liveWriterText('engine')).toMatch(/^Strata's engine is at work here/);
  });
});

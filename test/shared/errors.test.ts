/** The codes of errors are told to whoever uses the engine: in the comment that its types bring along. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = readFileSync(join(import.meta.dirname, '../../shared/errors.ts'), 'utf8');

describe('ErrorCode', () => {
  it('says of every code what it means, and of no other', () => {
    const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code);
    const lines = [...source.matchAll(/^ \* - ((?:`[A-Z_]+`(?:, )?)+):/gm)].map(([, names]) => names!);
    const described = lines.flatMap((names) => [...names.matchAll(/[A-Z_]+/g)].map(([code]) => code));
    expect(described.length).toBeGreaterThan(20);
    expect(described.toSorted()).toEqual(codes.toSorted());
  });
});

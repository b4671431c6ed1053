/** Which columns the list of records has, and how much room keys take. */
import { describe, expect, it } from 'vitest';
import { recordColumns } from '../../../../renderer/views/records/record-columns';
import type { RecordRow } from '../../../../shared/inspection';

const FORMATS = { key: null, value: null, header: null };

function records(keyText: string, valueText: string): RecordRow[] {
  const content = { keyText, valueText, decoded: null };
  return [{ ...content, headers: [], transactionState: null } as unknown as RecordRow];
}

const keyWidth = (rows: readonly RecordRow[]) =>
  recordColumns(FORMATS, rows).find(({ key }) => key === 'key')?.width;

describe('recordColumns', () => {
  it('leaves out what says nothing of any record', () => {
    const keys = recordColumns(FORMATS, records('k', 'v')).map(({ key }) => key);
    expect(keys).not.toContain('transaction');
    expect(keys).not.toContain('headers');
  });

  it('gives short keys little room, and long ones no more than values', () => {
    expect(keyWidth(records('customer-000', 'v'.repeat(80)))).toBe('minmax(112px, 0.15fr)');
    expect(keyWidth(records('k'.repeat(40), 'v'.repeat(80)))).toBe('minmax(112px, 0.50fr)');
    expect(keyWidth(records('k'.repeat(400), ''))).toBe('minmax(112px, 0.60fr)');
    expect(keyWidth([])).toBe('minmax(112px, 0.15fr)');
  });
});

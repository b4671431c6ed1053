/** Every record of one key: which of them stays and why the others go, by the rules of the cleaner. Pure. */
import type { CompactionFindings } from '../../../shared/compaction';
import type { RecordRow } from '../../../shared/inspection';
import type { Eligibility } from '../../../shared/plan/compaction-eligibility';
import { countText, timeText } from '../../text/quantities';

export interface KeyRecord {
  readonly record: RecordRow;
  readonly stays: boolean;
  readonly why: string;
}

/**
 * @param rows Of the key, ascending, control records not among them.
 * @param findings Of the last analysis, for the horizons of tombstones; null where there is none.
 */
export function keyHistory(
  rows: readonly RecordRow[],
  { firstDirtyOffset, cleanableEndOffset }: Pick<Eligibility, 'firstDirtyOffset' | 'cleanableEndOffset'>,
  findings: CompactionFindings | null,
): KeyRecord[] {
  const latest = rows.findLast(
    ({ offset, transactionState }) =>
      offset >= firstDirtyOffset && offset < cleanableEndOffset && transactionState !== 'aborted',
  );
  return rows.map((record) => {
    const { offset } = record;
    const verdict = (stays: boolean, why: string) => ({ record, stays, why });
    if (offset >= cleanableEndOffset) return verdict(true, 'It is not below the cleanable end.');
    if (record.transactionState === 'aborted') return verdict(false, 'Its transaction was aborted.');
    if (latest !== undefined && offset < latest.offset)
      return verdict(false, `Superseded by offset ${countText(latest.offset)}.`);
    if (record.valueSizeInBytes === null) return { record, ...ofTombstone(record, findings) };
    if (latest === undefined) return verdict(true, 'No dirty record of the key supersedes it.');
    return verdict(true, 'It is the last of its key in the part that is cleaned.');
  });
}

function ofTombstone(
  { batchBaseOffset, magic }: RecordRow,
  findings: CompactionFindings | null,
): { readonly stays: boolean; readonly why: string } {
  if (findings === null) return { stays: true, why: 'A tombstone; how long it stays, an analysis tells.' };
  const batch = findings.tombstoneBatches.find(({ baseOffset }) => baseOffset === batchBaseOffset);
  if (batch?.deleteHorizonMs != null)
    return { stays: true, why: `A tombstone, which may go from ${timeText(batch.deleteHorizonMs)} on.` };
  if (batch !== undefined || magic < 2)
    return { stays: true, why: 'A tombstone of an old format: it goes by the time of its segment’s file.' };
  if (findings.tombstoneBatches.length < findings.tombstoneBatchCount)
    return { stays: true, why: 'A tombstone of a batch that the analysis did not list.' };
  return { stays: false, why: 'A tombstone whose delete horizon is over.' };
}

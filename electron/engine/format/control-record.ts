/**
 * Control records: the one record of a batch with attribute bit 5 (ControlRecordType, EndTransactionMarker).
 *
 *   key:    int16 version, int16 type      value of ABORT and COMMIT:  int16 version, int32 coordinatorEpoch
 */
export const CONTROL_TYPES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const;
export type ControlType = (typeof CONTROL_TYPES)[number] | 'UNKNOWN';

const KEY_SIZE = 4;
const TYPE_AT = 2;

/** The type of a control record by its key, UNKNOWN for a newer one, or null where the key is none. */
export function controlTypeOf(key: Uint8Array | null): ControlType | null {
  if (key === null || key.length < KEY_SIZE) return null;
  const type = new DataView(key.buffer, key.byteOffset, key.byteLength).getInt16(TYPE_AT);
  return CONTROL_TYPES[type] ?? 'UNKNOWN';
}

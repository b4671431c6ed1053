/** What a compaction costs in space and in writing, from the sizes before and after. Pure. */
import type { Bytes } from '../units';

export interface SizesAfter {
  /** Of the whole log. */
  readonly bytesBefore: Bytes;
  readonly bytesAfter: Bytes;
  /** As they are afterwards. */
  readonly segments: readonly { readonly isCleaned: boolean; readonly bytesAfter: Bytes }[];
}

export interface SpaceNeeds {
  /** Beside the old segments, which stay until their space is freed. */
  readonly whileItRunsBytes: number;
  /** Bytes written for each byte that is freed; null where nothing is. */
  readonly writeAmplification: number | null;
  /** Size of the log for each byte that stays in it, before; null where nothing stays. */
  readonly spaceAmplification: number | null;
}

export function spaceNeeds(plan: SizesAfter): SpaceNeeds {
  const whileItRunsBytes = plan.segments.reduce(
    (sum, { isCleaned, bytesAfter }) => (isCleaned ? sum + bytesAfter : sum),
    0,
  );
  const freedBytes = plan.bytesBefore - plan.bytesAfter;
  return {
    whileItRunsBytes,
    writeAmplification: freedBytes > 0 ? whileItRunsBytes / freedBytes : null,
    spaceAmplification: plan.bytesAfter > 0 ? plan.bytesBefore / plan.bytesAfter : null,
  };
}

/** Of the bytes before, those that go; 0 where there are none. May be below 0: a horizon lengthens its batch. */
export function savedShare({ bytesBefore, bytesAfter }: Omit<SizesAfter, 'segments'>): number {
  return bytesBefore === 0 ? 0 : (bytesBefore - bytesAfter) / bytesBefore;
}

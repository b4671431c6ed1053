/**
 * An analysis of compaction as it goes from a worker through main to the page: its lists of segments packed into one text.
 *
 * As objects the segments of a log of 40,000 hold the page up for several times as long: Electron hands over an object
 * property by property. Knows no segment.
 */
import type { CompactionAnalysis, SentAnalysis } from './compaction';
import { packLists, unpackLists } from './packed-rows';

export function sentAnalysis({ plan, ...rest }: CompactionAnalysis): SentAnalysis {
  const { segments, sources, ...figures } = plan;
  return { ...rest, plan: figures, segmentLists: JSON.stringify(packLists({ segments, sources })) };
}

export function receivedAnalysis({ plan, segmentLists, ...rest }: SentAnalysis): CompactionAnalysis {
  const lists = unpackLists(JSON.parse(segmentLists)) as unknown as Pick<
    CompactionAnalysis['plan'],
    'segments' | 'sources'
  >;
  return { ...rest, plan: { ...plan, ...lists } };
}

/**
 * From the usage columns of a directory to what the Disk screen shows: a row a log, the tree of the treemap, totals by
 * kind of file, and the runway. Pure.
 */
import type { LogSummary } from '../../../shared/contract';
import type { DiskUsage, LogPolicy } from '../../../shared/disk-usage';
import { FILE_KINDS } from '../../../shared/file-kinds';
import { type DiskRunway, diskRunway } from '../../../shared/plan/disk-runway';
import { DAY_MS, type IngestRate, ingestRates } from '../../../shared/plan/ingest-rate';
import type { SegmentFacts } from '../../../shared/plan/retention-plan';
import type { TreemapNode } from '../../../shared/treemap/treemap-layout';
import { DISK_TONES, logNode, nodeOf, OTHER_TONE, usageByTone } from '../../../shared/treemap/usage-tree';
import type { DiskFocus, DiskRate } from '../../store/disk-slice';
import { countText } from '../../text/quantities';

const KIND_COUNT = FILE_KINDS.length;
const DELETED = FILE_KINDS.indexOf('deleted');
const LOG = FILE_KINDS.indexOf('log');
/** How far ahead the runway is looked at. */
export const RUNWAY_DAYS = 90;

/** What a colour of the treemap says, in the order of its tones. */
export const TONES = DISK_TONES.map(({ title, colour }) => ({ title, fill: `var(--${colour})` }));

export interface DiskRow {
  readonly log: LogSummary;
  readonly policy: LogPolicy | null;
  /** By the order of TONES. */
  readonly bytesByTone: readonly number[];
  /** Of all files of the directory. */
  readonly sizeInBytes: number;
  /** Where its segments stand in the columns; from is inclusive, to is not. */
  readonly from: number;
  readonly to: number;
}

/** In the order of the directory's logs; of one that was not looked at yet everything is 0. */
export function diskRows(usage: DiskUsage | null, logs: readonly LogSummary[]): DiskRow[] {
  const places = new Map<string, { index: number; from: number; to: number }>();
  let from = 0;
  usage?.logIds.forEach((logId, index) => {
    const to = from + usage.segmentCounts[index]!;
    places.set(logId, { index, from, to });
    from = to;
  });
  return logs.map((log) => {
    const place = places.get(log.logId);
    if (usage === null || place === undefined)
      return { log, policy: null, bytesByTone: TONES.map(() => 0), sizeInBytes: 0, from: 0, to: 0 };
    const bytesByTone = usageByTone({ ...usage, otherBytes: usage.otherBytes[place.index]!, ...place });
    const sizeInBytes = bytesByTone.reduce((sum, bytes) => sum + bytes, 0);
    return {
      ...{ log, bytesByTone, sizeInBytes, from: place.from, to: place.to },
      policy: usage.policies[place.index] ?? null,
    };
  });
}

export function rowsIn(rows: readonly DiskRow[], focus: DiskFocus): readonly DiskRow[] {
  if (focus.kind === 'topic') return rows.filter(({ log }) => log.topic === focus.topic);
  if (focus.kind === 'log') return rows.filter(({ log }) => log.logId === focus.logId);
  return rows;
}

export function bytesByTone(rows: readonly DiskRow[]): number[] {
  return TONES.map((_, tone) => rows.reduce((sum, row) => sum + row.bytesByTone[tone]!, 0));
}

/** Topic > partition > segment > file kind, from the focus on. */
export function diskTree(usage: DiskUsage, rows: readonly DiskRow[], focus: DiskFocus): TreemapNode {
  const shown = rowsIn(rows, focus);
  if (focus.kind === 'log') return shown[0] === undefined ? EMPTY : nodeOfLog(usage, shown[0]);
  if (focus.kind === 'topic')
    return nodeOf(
      focus.topic,
      focus.topic,
      shown.map((row) => nodeOfLog(usage, row)),
    );
  const byTopic = new Map<string, DiskRow[]>();
  for (const row of shown) byTopic.set(row.log.topic, [...(byTopic.get(row.log.topic) ?? []), row]);
  const topics = [...byTopic].map(([topic, own]) =>
    nodeOf(
      topic,
      topic,
      own.map((row) => nodeOfLog(usage, row)),
    ),
  );
  return nodeOf('', '', topics);
}

const EMPTY: TreemapNode = { key: '', name: '', sizeInBytes: 0, tone: 0, children: [] };

function nodeOfLog(usage: DiskUsage, { log, bytesByTone: tones, from, to }: DiskRow): TreemapNode {
  const names = {
    ...{ key: log.logId, name: log.name },
    segmentName: (baseOffset: number) => `segment ${countText(baseOffset)}`,
  };
  return logNode(names, { ...usage, otherBytes: tones[OTHER_TONE]!, from, to });
}

/** Of a log, by the timestamps of its segments. Deleted ones are gone for it. */
export function segmentFacts(usage: DiskUsage, { from, to }: DiskRow): SegmentFacts[] {
  const facts: SegmentFacts[] = [];
  for (let index = from; index < to; index++) {
    const isDeleted = usage.bytes[index * KIND_COUNT + DELETED]! > 0;
    const sizeInBytes = usage.bytes[index * KIND_COUNT + LOG]!;
    if (isDeleted && sizeInBytes === 0) continue;
    facts.push({
      ...{ baseOffset: usage.baseOffsets[index]!, sizeInBytes, largestTimestampSource: 'time-index' },
      largestTimestampMs: usage.largestTimestampsMs[index]!,
    });
  }
  return facts;
}

export interface DiskGrowth {
  readonly runway: DiskRunway;
  /** Of each log, by its id; null where its segments tell of a single time. */
  readonly rates: ReadonlyMap<string, IngestRate | null>;
}

/** Of current logs: a broker appends to no other. */
export function diskGrowth(
  usage: DiskUsage,
  rows: readonly DiskRow[],
  { rate, nowMs }: { readonly rate: DiskRate; readonly nowMs: number },
): DiskGrowth {
  const rates = new Map<string, IngestRate | null>();
  const logs = rows
    .filter(({ log, policy }) => log.state === 'current' && policy !== null)
    .map((row) => {
      const segments = segmentFacts(usage, row);
      const own = ingestRates(segments, nowMs)[rate];
      rates.set(row.log.logId, own);
      return { segments, rate: own, policy: row.policy! };
    });
  const runway = diskRunway(logs, {
    ...{ availableBytes: usage.space.availableBytes, nowMs },
    ...{ horizonMs: RUNWAY_DAYS * DAY_MS, pointCount: RUNWAY_DAYS },
  });
  return { runway, rates };
}

/**
 * What takes the space of a log as the nodes of a treemap: its segments, and in them the kinds of files, each in the tone
 * of its kind. Pure; colours and words of numbers are the caller's.
 */
import { FILE_KINDS } from '../file-kinds';
import type { TreemapNode } from './treemap-layout';

const KIND_COUNT = FILE_KINDS.length;

/** What a tone says, and the name of its colour. */
export const DISK_TONES = [
  { title: 'log', colour: 'kind-log' },
  { title: 'indexes', colour: 'kind-index' },
  { title: 'snapshots', colour: 'kind-snapshot' },
  { title: 'deleted', colour: 'kind-deleted' },
  { title: 'other', colour: 'kind-other' },
] as const;
/** By the order of FILE_KINDS. */
const TONE_OF_KIND = [0, 1, 1, 1, 2, 3];
export const OTHER_TONE = DISK_TONES.length - 1;

/** Rows [from, to) of the columns of disk-usage.ts. */
export interface UsageRows {
  readonly baseOffsets: Float64Array;
  readonly bytes: Float64Array;
  readonly otherBytes: number;
  readonly from: number;
  readonly to: number;
}

export function usageByTone({ bytes, otherBytes, from, to }: UsageRows): number[] {
  const found = DISK_TONES.map(() => 0);
  for (let at = from * KIND_COUNT; at < to * KIND_COUNT; at++)
    found[TONE_OF_KIND[at % KIND_COUNT]!]! += bytes[at]!;
  found[OTHER_TONE] = otherBytes;
  return found;
}

export function nodeOf(key: string, name: string, children: readonly TreemapNode[]): TreemapNode {
  const sizeInBytes = children.reduce((sum, child) => sum + child.sizeInBytes, 0);
  return { key, name, sizeInBytes, tone: toneOfLargest(children), children };
}

function toneOfLargest(children: readonly TreemapNode[]): number {
  let largest: TreemapNode | null = null;
  for (const child of children) if (child.sizeInBytes > (largest?.sizeInBytes ?? 0)) largest = child;
  return largest?.tone ?? 0;
}

export interface LogNodeNames {
  readonly key: string;
  readonly name: string;
  readonly segmentName: (baseOffset: number) => string;
}

/** What is in a log is made when the layout asks: of 40,000 segments few have room. */
export function logNode({ key, name, segmentName }: LogNodeNames, usage: UsageRows): TreemapNode {
  const tones = usageByTone(usage);
  let children: readonly TreemapNode[] | null = null;
  return {
    ...{ key, name, tone: tones.indexOf(Math.max(...tones)) },
    sizeInBytes: tones.reduce((sum, bytes) => sum + bytes, 0),
    get children() {
      children ??= [
        ...Array.from({ length: usage.to - usage.from }, (_, index) =>
          segmentNode(usage, usage.from + index, segmentName),
        ),
        {
          ...{ key: 'other', name: 'checkpoints and others', tone: OTHER_TONE, children: [] },
          sizeInBytes: usage.otherBytes,
        },
      ];
      return children;
    },
  };
}

function segmentNode(
  { baseOffsets, bytes }: UsageRows,
  index: number,
  segmentName: LogNodeNames['segmentName'],
): TreemapNode {
  const kinds = FILE_KINDS.map((kind, at) => ({
    ...{ key: kind, name: kind, tone: TONE_OF_KIND[at]!, children: [] },
    sizeInBytes: bytes[index * KIND_COUNT + at]!,
  }));
  const baseOffset = baseOffsets[index]!;
  return nodeOf(String(baseOffset), segmentName(baseOffset), kinds);
}

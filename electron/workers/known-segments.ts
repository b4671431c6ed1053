/**
 * What an earlier inspection still says about a log that changed since: the rows of its unchanged segments.
 *
 * A segment is unchanged where name, size, time and identity of each of its files are; never the active one,
 * then or now. So a growing log costs its last segment, not all of it. Pure; reads no file.
 */
import type { z } from 'zod';
import type { LogSchema } from '../../shared/inspection';
import type { KnownSegment } from '../engine/inspect/inspect-log';
import type { FileState } from './packed-files';
import { type PackedList, packList } from './packed-list';

type Inspection = z.infer<typeof LogSchema>;

/** Files of a segment start with its base offset in 20 digits (LogFileUtils). */
const SEGMENT_FILE = /^(\d{20})\./;
const OFFSET_DIGITS = 20;

/** Base offsets, as text, of the closed segments whose files are the same on both sides. */
export function unchangedSegments(
  before: readonly FileState[],
  after: readonly FileState[],
): ReadonlySet<string> {
  const [old, now] = [filesBySegment(before), filesBySegment(after)];
  const unchanged = new Set<string>();
  for (const [baseOffset, files] of now.segments) {
    const isActive = baseOffset === now.active || baseOffset === old.active;
    if (!isActive && old.segments.get(baseOffset) === files) unchanged.add(baseOffset);
  }
  return unchanged;
}

/** The files of each segment as one text that is equal exactly where they are the same. */
function filesBySegment(files: readonly FileState[]) {
  const segments = new Map<string, string>();
  let active = '';
  for (const file of files) {
    const baseOffset = SEGMENT_FILE.exec(file.name)?.[1];
    if (baseOffset === undefined) continue;
    segments.set(baseOffset, (segments.get(baseOffset) ?? '') + JSON.stringify(file));
    if (file.name.endsWith('.log') && baseOffset > active) active = baseOffset;
  }
  return { segments, active };
}

/**
 * What the next inspection may take over. A segment in which more is wrong than that is read again: a damaged one may have
 * a problem for each of its million batches, which as JSON is more than a string can hold.
 */
const KEPT_PROBLEMS_MAX = 1000;

export function packKnown(segments: readonly KnownSegment[]): Promise<PackedList> {
  return packList(segments.filter(({ problems }) => problems.length <= KEPT_PROBLEMS_MAX));
}

/** What the engine can take over of an earlier inspection, by base offset. @param unchanged As `unchangedSegments` has them. */
export function unchangedKnown(
  known: readonly KnownSegment[],
  unchanged: ReadonlySet<string>,
): ReadonlyMap<number, KnownSegment> {
  const segments = known.filter(({ segment }) => unchanged.has(nameOf(segment.baseOffset)));
  return new Map(segments.map((segment) => [segment.segment.baseOffset, segment]));
}

function nameOf(baseOffset: number): string {
  return String(baseOffset).padStart(OFFSET_DIGITS, '0');
}

/**
 * A glance with the counts and problems that a deeper, earlier inspection found in segments unchanged since.
 * Counts of the others, and of the log as a whole, stay as the glance has them.
 * @param unchanged As `unchangedSegments` has them.
 */
export function takeOverKnown(
  glance: Inspection,
  known: Pick<Inspection, 'segments' | 'problems'>,
  unchanged: ReadonlySet<string>,
): Inspection {
  const isKnown = (file: string) => unchanged.has(SEGMENT_FILE.exec(file)?.[1] ?? '');
  const knownRows = new Map(known.segments.map((segment) => [segment.baseOffset, segment]));
  return {
    ...glance,
    segments: glance.segments.map((segment) =>
      unchanged.has(nameOf(segment.baseOffset)) ? (knownRows.get(segment.baseOffset) ?? segment) : segment,
    ),
    problems: [
      ...known.problems.filter(({ file }) => isKnown(file)),
      ...glance.problems.filter(({ file }) => !isKnown(file)),
    ],
  };
}

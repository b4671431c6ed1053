/**
 * How fast retention is: planning a log of very many segments, and deleting segments against bare renames of as many
 * files.
 *
 * Inside the time of deleting: the check that the files are the plan's, the journal's record before and after, the log
 * start that is raised first, and every sync. The bare renames take turns with it on the same files, one at a time as
 * well; without a sync and, for reference, with one a segment, which a log that stands alone has too (delete-prefix.ts).
 * Outside: the plan and the undo.
 */
import { mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem as fs } from '../../electron/engine/file-system';
import { runRetention, undoRun } from '../../electron/engine/log/retention-run';
import { RunJournal, type RunRecord } from '../../electron/engine/log/run-journal';
import { planRetention, type RetentionPlan, type SegmentFacts } from '../../shared/plan/retention-plan';
import { writeManySegments } from '../support/many-segments';
import type { Measured } from './scan-bench';

const PLANNED_SEGMENTS = 40_000;
const DELETED_SEGMENTS = 1000;
const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
/** What the plan should take at most; machines differ, so it is no limit. */
const REFERENCE_MS = 20;

export async function benchRetention(rounds: number): Promise<Measured[]> {
  return [planning(rounds), ...(await deleting(rounds))];
}

/** Size takes a third, time another; the rest is kept, each segment with its reason and when it is due. */
function planning(rounds: number): Measured {
  const segments = Array.from({ length: PLANNED_SEGMENTS }, (_, index) => ({
    baseOffset: index * 1000,
    sizeInBytes: GIB,
    largestTimestampMs: NOW_MS - DAY_MS * (PLANNED_SEGMENTS - index),
    largestTimestampSource: 'time-index' as const,
  }));
  const policy = {
    ...{ deletes: true, compacts: false },
    retentionMs: (PLANNED_SEGMENTS / 3) * DAY_MS,
    retentionBytes: ((PLANNED_SEGMENTS * 2) / 3) * GIB,
  };
  const tookMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const startedAtMs = performance.now();
    const plan = planned(segments, policy);
    tookMs.push(performance.now() - startedAtMs);
    if (plan.deletions.length < PLANNED_SEGMENTS / 2) throw new Error('The plan deletes too little.');
  }
  const [first, ...warm] = tookMs;
  return {
    ...{ name: `planning retention of ${PLANNED_SEGMENTS} segments`, ratio: null, limit: null },
    figures: `${middle(warm).toFixed(1)} ms, ${first!.toFixed(1)} ms the first time (reference ${REFERENCE_MS} ms)`,
  };
}

function planned(segments: readonly SegmentFacts[], policy: Parameters<typeof planRetention>[1]) {
  const { baseOffset, sizeInBytes } = segments.at(-1)!;
  const logEndOffset = baseOffset + sizeInBytes;
  const state = { logStartOffset: 0, logEndOffset, highWatermark: logEndOffset };
  return planRetention(segments, policy, state, NOW_MS);
}

async function deleting(rounds: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const directory = join(folder, 'many-0');
    writeManySegments(directory, DELETED_SEGMENTS + 1);
    const names = (await readdir(directory)).sort().slice(0, -3);
    const plan = await planOf(directory);
    const journal = new RunJournal(fs, join(folder, 'state'));
    const run = { plan, logEndOffset: DELETED_SEGMENTS + 1, journal, groupId: 'bench', fileDeleteDelayMs: 0 };
    const times = {
      bare: [] as number[],
      synced: [] as number[],
      ours: [] as number[],
      alone: [] as number[],
    };
    const places = { ours: folder, alone: null };
    for (let round = 0; round <= rounds; round++) {
      times.bare.push(await timed(() => renameAll(directory, names, ['', '.deleted'], false)));
      await renameAll(directory, names, ['.deleted', ''], false);
      times.synced.push(await timed(() => renameAll(directory, names, ['', '.deleted'], true)));
      await renameAll(directory, names, ['.deleted', ''], false);
      for (const place of ['ours', 'alone'] as const) {
        const lock = { directory, dataDirectory: places[place] };
        let done: RunRecord | null = null;
        times[place].push(
          await timed(async () => {
            done = await runRetention(fs, { ...run, lock, nowMs: NOW_MS + round });
          }),
        );
        await undoRun(fs, lock, journal, done!);
      }
    }
    const measured = (
      what: string,
      ours: readonly number[],
      theirs: readonly number[],
      limit: number | null,
    ) => ({
      name: `deleting ${DELETED_SEGMENTS} segments${what}`,
      ratio: middle(ours.map((ms, round) => theirs[round]! / ms).slice(1)),
      limit,
      figures: `${middle(ours).toFixed(0)} ms against ${middle(theirs).toFixed(0)} ms`,
    });
    const bare = ` / bare renames of their ${names.length} files`;
    const synced = `${bare}, the directory synced after each segment`;
    return [
      measured(bare, times.ours, times.bare, 0.5),
      measured(synced, times.ours, times.synced, null),
      measured(` of a log that stands alone${synced}`, times.alone, times.synced, null),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** All but the last segment, by size. */
async function planOf(directory: string): Promise<RetentionPlan> {
  const segments: SegmentFacts[] = [];
  for (let baseOffset = 0; baseOffset <= DELETED_SEGMENTS; baseOffset++) {
    const status = await fs.status(join(directory, `${String(baseOffset).padStart(20, '0')}.log`));
    segments.push({
      ...{ baseOffset, sizeInBytes: status!.sizeInBytes },
      ...{ largestTimestampMs: baseOffset, largestTimestampSource: 'time-index' },
    });
  }
  const retentionBytes = segments.at(-1)!.sizeInBytes;
  return planned(segments, { deletes: true, compacts: false, retentionMs: -1, retentionBytes });
}

async function renameAll(
  directory: string,
  names: readonly string[],
  [from, to]: readonly [string, string],
  isSynced: boolean,
): Promise<void> {
  const folder = await open(directory);
  for (const [index, name] of names.entries()) {
    await rename(join(directory, name + from), join(directory, name + to));
    if (isSynced && index % 3 === 2) await folder.sync();
  }
  await folder.close();
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

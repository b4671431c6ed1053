/** When runs are purged by themselves: at their time, at the next opening, and again where it could not be done. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../electron/engine/log/run-journal';
import { DuePurges } from '../../../electron/ipc/due-purges';
import { AppError } from '../../../shared/errors';
import { ManualTimers } from '../../support/manual-timers';

const START_MS = 1_000_000;
const DELAY_MS = 60_000;

function run(runId: string, logPath: string, part: Partial<RunRecord> = {}): RunRecord {
  return {
    ...{ schema: 'strata.run/1', runId, groupId: runId, kind: 'retention', logPath, startedAtMs: START_MS },
    ...{ state: 'done', deletedBaseOffsets: [0], newBaseOffsets: [], deletedFiles: [], freedBytes: 1 },
    purgeDueAtMs: START_MS + DELAY_MS,
    ...part,
  };
}

let timers: ManualTimers;
let journal: RunRecord[];
let purged: string[];
let failed: unknown[];
let purges: DuePurges;
let obstacle: AppError | null;

beforeEach(() => {
  timers = new ManualTimers(START_MS);
  [journal, purged, failed, obstacle] = [[], [], [], null];
  purges = new DuePurges({
    runsOn: async (directory) => journal.filter(({ logPath }) => logPath.startsWith(directory)),
    async purge(_path, runId) {
      if (obstacle !== null) throw obstacle;
      purged.push(runId);
      journal = journal.map((each) => (each.runId === runId ? { ...each, state: 'purged' } : each));
    },
    timers,
    onFailed: (error) => void failed.push(error),
  });
});

describe('DuePurges', () => {
  it('purges at the ms that a run is due, not before', async () => {
    journal = [run('a', '/data/a-0'), run('b', '/data/b-0', { purgeDueAtMs: START_MS + 2 * DELAY_MS })];
    purges.open('/data');
    await timers.advance(DELAY_MS - 1);
    expect(purged).toEqual([]);
    await timers.advance(1);
    expect(purged).toEqual(['a']);
    await timers.advance(DELAY_MS);
    expect([purged, timers.waitingCount]).toEqual([['a', 'b'], 0]);
  });

  it('purges what came due while nothing was open, of the opened directory only', async () => {
    const due = { purgeDueAtMs: START_MS - 1 };
    journal = [run('a', '/data/a-0', due), run('b', '/other/b-0', due)];
    purges.open('/data');
    await timers.advance(0);
    expect(purged).toEqual(['a']);
  });

  it('leaves undone runs, and those that were cut off, alone', async () => {
    journal = [run('a', '/data/a-0', { state: 'undone' }), run('b', '/data/b-0', { state: 'running' })];
    purges.open('/data');
    await timers.advance(DELAY_MS * 10);
    expect([purged, timers.waitingCount]).toEqual([[], 0]);
  });

  it('watches a copy that a run changed', async () => {
    purges.open('/data');
    journal = [run('a', '/copies/a-0')];
    purges.runEnded('/copies/a-0');
    await timers.advance(DELAY_MS);
    expect(purged).toEqual(['a']);
  });

  it('tries again what could not be done, and forgets it when the directory is closed', async () => {
    journal = [run('a', '/data/a-0')];
    obstacle = new AppError('LOCKED', 'A broker is at work.');
    purges.open('/data');
    await timers.advance(DELAY_MS + 29_999);
    obstacle = null;
    expect(purged).toEqual([]);
    await timers.advance(1);
    expect([purged, failed]).toEqual([['a'], []]);
    journal = [run('c', '/data/a-0', { purgeDueAtMs: START_MS + 10 * DELAY_MS })];
    purges.open(null);
    await timers.advance(20 * DELAY_MS);
    expect(purged).toEqual(['a']);
  });

  it('does nothing more once it is closed', async () => {
    journal = [run('a', '/data/a-0')];
    purges.open('/data');
    await timers.advance(0);
    await purges.close();
    await timers.advance(2 * DELAY_MS);
    expect(purged).toEqual([]);
  });
});

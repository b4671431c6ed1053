/** The watcher over a file system made of plain values, a system watcher played by the test, and manual timers. */
import { describe, expect, it } from 'vitest';
import { type Subscribe, watchLogDirs } from '../../../electron/watch/log-dir-watcher';
import { type PackedFiles, packFiles } from '../../../electron/workers/packed-files';
import { ManualTimers } from '../../support/manual-timers';

const state = (sizeInBytes: number): PackedFiles =>
  packFiles([{ name: '0.log', sizeInBytes, modifiedAtMs: 0, inode: 1 }]);

function start({ subscribe }: { subscribe?: Subscribe } = {}) {
  const timers = new ManualTimers();
  const disk = new Map<string, PackedFiles | null>([
    ['/data/a-0', state(1)],
    ['/data/b-0', state(1)],
  ]);
  const told: string[] = [];
  const looks: string[][] = [];
  let hint: (path: string) => void = () => {};
  let unsubscribed = false;
  let lookDurationMs = 0;
  const watcher = watchLogDirs({
    directory: '/data',
    timers,
    async readFiles(paths) {
      looks.push([...paths]);
      const states = paths.map((path) => disk.get(path) ?? null);
      if (lookDurationMs > 0) await new Promise<void>((resolve) => timers.after(lookDurationMs, resolve));
      return states;
    },
    onLogChanged: (path) => told.push(path),
    onListingChanged: () => told.push('listing'),
    onFailed: (error) => told.push(`failed ${String(error)}`),
    subscribe:
      subscribe ??
      (async (_directory, onDirty) => {
        hint = onDirty;
        return async () => {
          unsubscribed = true;
        };
      }),
  });
  for (const [path, files] of disk) watcher.watch(path, files);
  return {
    timers,
    disk,
    told,
    looks,
    watcher,
    hint: (path: string) => hint(path),
    isUnsubscribed: () => unsubscribed,
    setLookDuration: (durationMs: number) => {
      lookDurationMs = durationMs;
    },
  };
}

describe('watchLogDirs', () => {
  it('tells of a hinted log whose files changed, and of no other', async () => {
    const { timers, disk, told, hint } = start();
    disk.set('/data/a-0', state(2));
    disk.set('/data/b-0', state(2));
    hint('/data/a-0/0.log');
    await timers.advance(300);
    expect(told).toEqual(['/data/a-0']);
  });

  it('stays silent where a hint turns out to be nothing', async () => {
    const { timers, told, looks, hint } = start();
    hint('/data/a-0/0.log');
    await timers.advance(300);
    expect([told, looks]).toEqual([[], [['/data/a-0']]]);
  });

  it('tells at most four times a second of a log that grows all the time', async () => {
    const { timers, disk, told, hint } = start();
    for (let i = 0; i < 99; i++) {
      disk.set('/data/a-0', state(2 + i));
      hint('/data/a-0/0.log');
      await timers.advance(10);
    }
    expect(told.length).toBeLessThanOrEqual(4);
    expect(told.length).toBeGreaterThan(1);
  });

  it('finds a change without any hint: in a second on the screen, else in half a minute', async () => {
    const { timers, disk, told, watcher } = start();
    watcher.focus('/data/a-0');
    disk.set('/data/a-0', state(2));
    disk.set('/data/b-0', state(2));
    await timers.advance(1_100);
    expect(told).toEqual(['/data/a-0']);
    await timers.advance(30_000);
    expect(told).toEqual(['/data/a-0', '/data/b-0']);
  });

  it('goes on polling where the system cannot watch', async () => {
    const refuse: Subscribe = () => Promise.reject(new Error('no inotify'));
    const { timers, disk, told, watcher } = start({ subscribe: refuse });
    watcher.focus('/data/a-0');
    disk.set('/data/a-0', state(0));
    await timers.advance(1_100);
    expect(told).toEqual(['failed Error: no inotify', '/data/a-0']);
    await watcher.close();
  });

  it('asks for the listing when an entry of the data directory or a watched log comes or goes', async () => {
    const { timers, disk, told, hint } = start();
    hint('/data/c-0');
    await timers.advance(300);
    expect(told).toEqual(['listing']);
    disk.set('/data/b-0', null);
    hint('/data/b-0');
    await timers.advance(300);
    expect(told).toEqual(['listing', 'listing']);
  });

  it('takes the counters beside a log, written every second, for no change', async () => {
    const { timers, told, looks, hint } = start();
    hint('/data/a-0.metrics.json');
    hint('/data/a-0.metrics.json.tmp');
    await timers.advance(300);
    expect([told, looks]).toEqual([[], []]);
  });

  it('counts a log that it never looked at as changed once hinted, and as a start otherwise', async () => {
    const { timers, disk, told, watcher, hint } = start();
    disk.set('/data/c-0', state(1));
    disk.set('/data/d-0', state(1));
    watcher.watch('/data/c-0', null);
    watcher.watch('/data/d-0', null);
    hint('/data/c-0/0.log');
    await timers.advance(31_000);
    expect(told).toEqual(['/data/c-0']);
  });

  it('keeps what it saw first when it is told of a log again', async () => {
    const { timers, disk, told, watcher, hint } = start();
    disk.set('/data/a-0', state(2));
    watcher.watch('/data/a-0', state(2));
    hint('/data/a-0/0.log');
    await timers.advance(300);
    expect(told).toEqual(['/data/a-0']);
  });

  it('looks less often where a look takes long', async () => {
    const { timers, looks, watcher, setLookDuration } = start();
    watcher.focus('/data/a-0');
    setLookDuration(500);
    await timers.advance(20_000);
    expect(looks.length).toBeLessThanOrEqual(3);
  });

  it('forgets a log that is no longer watched', async () => {
    const { timers, disk, told, watcher } = start();
    watcher.unwatch('/data/a-0');
    disk.set('/data/a-0', state(2));
    await timers.advance(31_000);
    expect(told).toEqual([]);
  });

  it('unsubscribes, stops its timers and is silent after it was closed', async () => {
    const { timers, disk, told, watcher, hint, isUnsubscribed } = start();
    await watcher.close();
    disk.set('/data/a-0', state(2));
    hint('/data/a-0/0.log');
    await timers.advance(60_000);
    expect([told, isUnsubscribed(), timers.waitingCount]).toEqual([[], true, 0]);
  });
});

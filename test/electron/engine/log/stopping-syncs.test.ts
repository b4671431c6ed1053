/** An fsync that fails once, at every place of a log at work: nothing is written after it. */
import { describe, expect, it } from 'vitest';
import { Log } from '../../../../electron/engine/log/log';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

describe('stoppingSyncs', () => {
  const isSync = (kind: string) => kind === 'sync' || kind === 'sync-directory';
  const records = Array.from({ length: 6 }, (_, index) => ({ value: String(index).padEnd(40, '.') }));
  const settings = {
    segmentBytes: 600,
    segmentIndexBytes: 480,
    batchBytes: 250,
    retentionBytes: 700,
    fsync: 'always',
  } as const;
  const codeOf = (failed: unknown) => (failed as { code?: string } | null)?.code ?? null;

  /** Fails the n-th fsync. @returns null where a log at work has not so many, else the codes of what came from then on */
  async function failedAt(place: number) {
    const fs = new MemFileSystem();
    const open = () => Log.open('/data/orders-0', settings, { fs, clock: new FakeClock(1_700_000_000_000) });
    const log = await open();
    let count = 0;
    const struck: string[] = [];
    fs.before = ({ kind, path }) => {
      if (!isSync(kind) || count++ !== place) return;
      struck.push(path.split('/').at(-1)!);
      throw storageError('EIO', path);
    };
    const codes: (string | null)[] = [];
    for (let step = 0; step < 5; step++) {
      const work = step === 3 ? log.applyRetention() : log.appendMany(records);
      const code = codeOf(
        await work.then(
          () => null,
          (error: unknown) => error,
        ),
      );
      if (struck.length > 0) codes.push(code);
    }
    const [file = null] = struck;
    await log.close().catch(() => {});
    fs.before = null;
    const again = await open();
    await again.close();
    return file === null ? null : { file, codes };
  }

  it('ends writing with the first fsync that fails, whatever file it is of, until the log is opened again', async () => {
    const files = new Set<string>();
    for (let place = 0; ; place++) {
      const outcome = await failedAt(place);
      if (outcome === null) break;
      files.add(outcome.file.replace(/^\d+/, ''));
      expect(outcome.codes.slice(1), `after fsync ${place}, of ${outcome.file}`).toEqual(
        outcome.codes.slice(1).map(() => 'STORAGE_FAILED'),
      );
    }
    expect([...files].sort()).toEqual([
      ...['.index', '.log', '.snapshot', '.timeindex', 'leader-epoch-checkpoint.tmp', 'orders-0'],
    ]);
  });
});

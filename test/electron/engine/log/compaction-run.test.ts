/** Compaction runs on small logs in memory: what stays, cancel, weak hashes, rounds, and every crash point. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readBatches } from '../../../../electron/engine/log/batch-stream';
import { runCompaction, undoCompaction } from '../../../../electron/engine/log/compaction-run';
import { RunJournal, type RunRecord } from '../../../../electron/engine/log/run-journal';
import type { CleaningTask, SourceSegment } from '../../../../electron/engine/rules/clean-log';
import { gzippedBatch, type KeyedRecord, keyedBatch, putKeyedLog } from '../../../support/keyed-log';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

const LOG = '/logs/keyed-0';
const text = (list: string): KeyedRecord[] =>
  list.split(' ').map((word) => {
    const [key, value] = word.split('=');
    return { key: key === '' ? null : key!, value: value === undefined ? null : value };
  });
const SEED = [text('a=1 b=1 a=2 c=1 b=2'), text('z=0')];
const LONGER = [text('a=1 b=1 c=1'), text('a=2 d=1 b'), text('c=2 a=3'), text('e=1 a=4')];

/** Of LONGER, before and after. */
const OLD = '0:a=1 1:b=1 2:c=1 3:a=2 4:d=1 5:b 6:c=2 7:a=3 8:e=1 9:a=4';
const NEW = '4:d=1 5:b 6:c=2 7:a=3 8:e=1 9:a=4';

let fs: MemFileSystem;
let segments: SourceSegment[];
let journal: RunJournal;
beforeEach(() => {
  fs = new MemFileSystem();
  fs.makeDirectory('/state');
  journal = new RunJournal(fs, '/state');
});

function use(records: readonly KeyedRecord[][]): void {
  segments = putKeyedLog(fs, LOG, records);
}

function task(given: Partial<CleaningTask> = {}): CleaningTask {
  return {
    firstDirtyOffset: 0,
    endOffset: segments.at(-1)!.baseOffset,
    highWatermark: 1000,
    nowMs: 1_800_000_000_000,
    deleteRetentionMs: 1000,
    segmentBytes: 1_000_000,
    segmentIndexBytes: 4096,
    dedupeBufferBytes: 1_000_000,
    producers: new Map(),
    aborted: [],
    ...given,
  };
}

function run(given: Partial<Parameters<typeof runCompaction>[1]> = {}): Promise<RunRecord> {
  return runCompaction(fs, {
    lock: { directory: LOG, dataDirectory: null },
    segments,
    task: task(),
    indexIntervalBytes: 0,
    journal,
    groupId: 'group',
    nowMs: 1_800_000_000_000,
    fileDeleteDelayMs: 1000,
    ...given,
  });
}

/** `0:a=1 …` of all current segments in the order of their names; tombstones without a value. */
async function recordsIn(system: MemFileSystem): Promise<string> {
  const names = (await system.list(LOG)).map(({ name }) => name).filter((name) => name.endsWith('.log'));
  const words: string[] = [];
  for (const fileName of names.sort()) {
    const path = `${LOG}/${fileName}`;
    const { sizeInBytes } = (await system.status(path))!;
    for await (const batch of readBatches(system, { path, fileName, sizeInBytes }))
      for (const { offset, key, value } of batch.records())
        words.push(`${offset}:${key ?? ''}${value === null ? '' : `=${value}`}`);
  }
  return words.join(' ');
}

async function namesIn(system: MemFileSystem, part: string): Promise<string[]> {
  return (await system.list(LOG)).map(({ name }) => name).filter((name) => name.includes(part));
}

function seededRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

describe('runCompaction', () => {
  it('saves 40 % on five records of three keys', async () => {
    use(SEED);
    const { freedBytes } = await run();
    expect(freedBytes / segments[0]!.sizeInBytes).toBeCloseTo(0.4);
    expect(await recordsIn(fs)).toBe('2:a=2 3:c=1 4:b=2 5:z=0');
  });

  it('keeps the last record of each key and its offset, tombstones at first, and drops null keys', async () => {
    use([...LONGER.slice(0, 1), text('=null a=2 d=1 b'), ...LONGER.slice(2)]);
    await run();
    expect(await recordsIn(fs)).toBe('5:d=1 6:b 7:c=2 8:a=3 9:e=1 10:a=4');
  });

  it('needs as many rounds as the map is small, and comes to the same', async () => {
    use(LONGER);
    await run({ task: task({ dedupeBufferBytes: 24 * 2 }) });
    expect(await recordsIn(fs)).toBe(NEW);
  });

  it('reads a log twice however far apart its offsets are', async () => {
    const spacing = 50_000_000;
    segments = putKeyedLog(fs, LOG, LONGER, spacing);
    let openCount = 0;
    fs.before = ({ kind, path }) => {
      if (kind === 'open' && path.endsWith(`${'0'.repeat(20)}.log`)) openCount++;
    };
    await run({ task: task({ highWatermark: 20 * spacing }) });
    expect(openCount).toBe(2);
    expect(await recordsIn(fs)).toBe(NEW.replaceAll(/(\d+):/g, (_, offset) => `${offset * spacing}:`));
  });

  it('leaves a group by its size', async () => {
    use(LONGER);
    const { newBaseOffsets } = await run({ task: task({ segmentBytes: segments[0]!.sizeInBytes }) });
    expect(newBaseOffsets).toEqual([0, 3, 6]);
    expect(await namesIn(fs, '.log')).toContain('00000000000000000003.log');
  });

  it('notices keys that a weak hash takes for one, and leaves the log as it was', async () => {
    use(LONGER);
    const before = await fs.list(LOG);
    const hash = (_bytes: Uint8Array, _from: number, _to: number, lanes: Int32Array) => void lanes.fill(7);
    await expect(run({ hash })).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await fs.list(LOG)).toEqual(before);
    expect(await recordsIn(fs)).toBe(OLD);
    expect((await journal.runsOn(LOG)).map(({ state }) => state)).toEqual(['undone']);
  });

  it('notices what a disk makes of the new segment, and leaves the log as it was', async () => {
    use(LONGER);
    const sizeInBytes = 100;
    for (let position = 0; position < sizeInBytes; position += 9) {
      const written = fs.openForWriting.bind(fs);
      fs.openForWriting = async (path, mode) => {
        const file = await written(path, mode);
        if (!path.endsWith('.log.cleaned')) return file;
        const write = file.write.bind(file);
        file.write = async (bytes, at) => {
          await write(bytes, at);
          await write(Uint8Array.of(bytes[position]! ^ 1), at + position);
        };
        return file;
      };
      await expect(run(), `byte ${position}`).rejects.toMatchObject({ code: 'CORRUPT' });
      fs.openForWriting = written;
      expect(await recordsIn(fs)).toBe(OLD);
      expect(await namesIn(fs, '.cleaned')).toEqual([]);
    }
  });

  it.each([
    ['plain', keyedBatch],
    ['compressed', gzippedBatch],
  ])(
    'names the segment with a damaged %s batch, be it one that stays or one that goes, and leaves the log as it was',
    async (_, batchOf) => {
      segments = putKeyedLog(fs, LOG, LONGER, 1, batchOf);
      const before = await fs.list(LOG);
      // Whichever pass is the first to see the batch: for the map, for its next round, for the cleaning.
      const tasks = [task(), task({ dedupeBufferBytes: 24 * 2 }), task({ firstDirtyOffset: 6 })];
      for (const { baseOffset } of segments.slice(0, -1)) {
        const fileName = `${String(baseOffset).padStart(20, '0')}.log`;
        const path = `${LOG}/${fileName}`;
        const bytes = fs.contentOf(path)!;
        for await (const batch of readBatches(fs, { path, fileName, sizeInBytes: bytes.length })) {
          // The length of the record, and the last byte of the value or of the key; of a gzip stream its magic and its size.
          for (const at of [61, batch.bytes.length - 2]) {
            const damaged = Buffer.from(bytes);
            damaged[batch.position + at]! ^= 1 << 1;
            fs.put(path, damaged);
            for (const [index, given] of tasks.entries())
              await expect(
                run({ task: given }),
                `offset ${batch.header.baseOffset}, byte ${at}, task ${index}`,
              ).rejects.toMatchObject({
                code: 'CORRUPT',
                details: { file: fileName, position: batch.position },
              });
          }
        }
        fs.put(path, bytes);
        expect(await fs.list(LOG)).toEqual(before);
      }
    },
  );

  it('stops when it is cancelled, and leaves the log as it was', async () => {
    use(LONGER);
    const before = await fs.list(LOG);
    const abort = new AbortController();
    fs.before = ({ kind, path }) => {
      if (kind === 'write' && path.endsWith('.cleaned')) abort.abort(new Error('stop'));
    };
    await expect(run({ signal: abort.signal })).rejects.toThrow('stop');
    expect(await fs.list(LOG)).toEqual(before);
  });

  it('leaves the log as it was wherever it is cancelled, until it is done', async () => {
    const outcomes = new Map<string, number>();
    for (let at = 0; ; at++) {
      fs = new MemFileSystem();
      fs.makeDirectory('/state');
      journal = new RunJournal(fs, '/state');
      use(LONGER);
      const before = await fs.list(LOG);
      const abort = new AbortController();
      let count = 0;
      fs.before = () => {
        if (count++ === at) abort.abort(new Error('stop'));
      };
      const isDone = await run({ signal: abort.signal }).then(
        () => true,
        () => false,
      );
      fs.before = null;
      if (!isDone) expect(await fs.list(LOG)).toEqual(before);
      const outcome = await recordsIn(fs);
      expect(outcome).toBe(isDone ? NEW : OLD);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (!abort.signal.aborted) break;
    }
    expect(outcomes.get(OLD)).toBeGreaterThan(20);
    expect(outcomes.get(NEW)).toBeGreaterThan(20);
  });

  it('leaves the log as it was wherever the disk is full, or can be taken back', async () => {
    const counts = { asItWas: 0, takenBack: 0 };
    for (let at = 0, isDone = false; !isDone; at++) {
      fs = new MemFileSystem();
      fs.makeDirectory('/state');
      journal = new RunJournal(fs, '/state');
      use(LONGER);
      let count = 0;
      fs.before = ({ kind, path }) => {
        if (!path.startsWith(LOG) || !['create', 'write', 'rename', 'sync'].includes(kind)) return;
        if (count++ === at) throw storageError('ENOSPC', path);
      };
      isDone = await run().then(
        () => true,
        (error) => {
          expect(error).toMatchObject({ code: 'DISK_FULL' });
          return false;
        },
      );
      fs.before = null;
      if (isDone) break;
      const [record] = await journal.runsOn(LOG);
      if (record!.state === 'undone') counts.asItWas++;
      else {
        counts.takenBack++;
        await undoCompaction(fs, { directory: LOG, dataDirectory: null }, record!);
      }
      expect(await recordsIn(fs)).toBe(OLD);
      expect(await namesIn(fs, '.swap')).toEqual([]);
      expect(await namesIn(fs, '.cleaned')).toEqual([]);
    }
    expect(counts.asItWas).toBeGreaterThan(5);
    expect(counts.takenBack).toBeGreaterThan(5);
  });

  it('refuses a directory with files of an interrupted swap, and clears those of a cleaning that was not finished', async () => {
    use(LONGER);
    fs.put(`${LOG}/00000000000000000003.log.swap`, 'all that is left of some records');
    await expect(run()).rejects.toMatchObject({ code: 'RECOVERY_NEEDED' });
    expect(await namesIn(fs, '.swap')).toHaveLength(1);
    await fs.removeFile(`${LOG}/00000000000000000003.log.swap`);
    fs.put(`${LOG}/00000000000000000003.log.cleaned`, 'half');
    await run();
    expect(await namesIn(fs, '.cleaned')).toEqual([]);
    expect(await recordsIn(fs)).toBe(NEW);
  });

  it('refuses beside a run that was cut off, before it reads any of the log', async () => {
    use(LONGER);
    const earlier = await run();
    await journal.write({ ...earlier, state: 'running' });
    use(LONGER);
    let openCount = 0;
    fs.before = ({ kind, path }) => {
      if (kind === 'open' && path.startsWith(LOG)) openCount++;
    };
    await expect(run()).rejects.toMatchObject({ code: 'STORAGE_UNSAFE', message: /was cut off/ });
    expect(openCount).toBe(0);
    expect((await journal.runsOn(LOG)).map(({ runId }) => runId)).toEqual([earlier.runId]);
  });

  it('refuses where the log changed since the plan', async () => {
    use(LONGER);
    fs.put(`${LOG}/00000000000000000008.log`, 'grown');
    await expect(run()).rejects.toMatchObject({ code: 'PLAN_OUTDATED' });
  });
});

describe('undoCompaction', () => {
  const lock = { directory: LOG, dataDirectory: null };

  it('refuses where the segments were compacted again since', async () => {
    use(LONGER);
    const record = await run();
    const path = `${LOG}/00000000000000000000.log`;
    fs.put(path, fs.contentOf(path)!.subarray(0, 80));
    await expect(undoCompaction(fs, lock, record)).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
  });

  it('brings the old segments back and leaves nothing behind', async () => {
    use(LONGER);
    const before = (await fs.list(LOG)).map(({ name }) => name).sort();
    await undoCompaction(fs, lock, await run());
    expect(await recordsIn(fs)).toBe(OLD);
    expect((await fs.list(LOG)).map(({ name }) => name).sort()).toEqual(before);
  });

  it('brings the old log back wherever a run was cut off, by a crash that keeps any part of what was not synced', async () => {
    use(LONGER);
    const images: MemFileSystem[] = [];
    const random = seededRandom();
    fs.before = ({ kind }) => {
      if (kind === 'read' || kind === 'open') return;
      for (let image = 0; image < 8; image++) images.push(fs.crashImage(random));
    };
    await run();
    const outcomes = new Map<string, number>();
    for (const image of images) {
      const [record] = await new RunJournal(image, '/state').runsOn(LOG);
      if (record !== undefined) await undoCompaction(image, lock, record);
      const outcome = await recordsIn(image);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (record?.state === 'running') expect(await namesIn(image, '.swap')).toEqual([]);
    }
    expect([...outcomes.keys()]).toEqual([OLD]);
    expect(images.length).toBeGreaterThan(300);
  });

  it('can be asked again where the undo itself was cut off', async () => {
    use(LONGER);
    const record = await run();
    const images: MemFileSystem[] = [];
    const random = seededRandom();
    fs.before = ({ kind }) => {
      if (kind === 'read' || kind === 'open') return;
      for (let image = 0; image < 8; image++) images.push(fs.crashImage(random));
    };
    await undoCompaction(fs, lock, record);
    for (const image of images) {
      const isUndone = (await recordsIn(image)) === OLD && (await namesIn(image, '.swap')).length === 0;
      if (!isUndone) await undoCompaction(image, lock, record);
      expect(await recordsIn(image)).toBe(OLD);
    }
    expect(images.length).toBeGreaterThan(150);
  });
});

/** The writer of a log, asked from outside: what the lock says, and counters that may be anything at all. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { type LockState, queryLock } from '../../../electron/engine/inspect/lock-query';
import { Log } from '../../../electron/engine/log/log';
import { readEngineWriter } from '../../../electron/workers/engine-writer';

let folder: string;
let path: string;
let counters: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-writer-'));
  path = join(folder, 'data/orders-0');
  counters = `${path}.metrics.json`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (state: LockState = 'absent') =>
  readEngineWriter(fs, { path, nowMs: 5, query: async () => ({ state, reason: '' }) });

async function closedLog(): Promise<void> {
  const log = await Log.open(path, { metricsIntervalMs: 1000 });
  await log.append({ value: 'x' });
  await log.close();
}

describe('readEngineWriter', () => {
  it('knows nothing of a log that the engine never wrote with counters', async () => {
    mkdirSync(path, { recursive: true });
    expect(await read()).toBeNull();
    expect(await readEngineWriter(fs, { path, nowMs: 5 })).toBeNull();
  });

  it('reads the last counters of a closed log', async () => {
    await closedLog();
    expect(await read()).toMatchObject({
      ...{ state: 'closed', flaw: null, readAtMs: 5 },
      metrics: { isClosed: true, logEndOffset: 1, metrics: { appendCount: 1 } },
    });
  });

  it('tells by the lock who is at work', async () => {
    await closedLog();
    expect((await read('held'))?.state).toBe('open');
    writeFileSync(join(path, '.strata-lock'), '');
    expect((await read('unknown'))?.state).toBe('unknown');
    expect((await read('free'))?.state).toBe('closed');
    writeFileSync(join(path, '.strata-lock'), 'open\n');
    expect((await read('free'))?.state).toBe('abandoned');
  });

  it('tells without a lock that can be asked as much as the counters do', async () => {
    const log = await Log.open(path, { metricsIntervalMs: 1000 });
    await expect.poll(() => existsSync(counters)).toBe(true);
    const text = readFileSync(counters, 'utf8');
    const { writtenAtMs, hostName } = JSON.parse(text);
    await log.close();
    writeFileSync(counters, text);
    const lock = join(path, '.strata-lock');
    writeFileSync(lock, 'open\n');
    utimesSync(lock, (writtenAtMs - 10) / 1000, (writtenAtMs - 10) / 1000);
    const stateOf = async (
      options: Partial<Parameters<typeof readEngineWriter>[1]> & { there?: boolean },
    ) => {
      const { there = true, ...question } = options;
      const writer = await readEngineWriter(fs, {
        ...{ path, nowMs: writtenAtMs + 1000, processes: { hostName, isThere: () => there } },
        ...{ query: (file) => queryLock(file, 'darwin'), ...question },
      });
      return writer?.state;
    };
    expect(await stateOf({})).toBe('open');
    expect(await stateOf({ there: false })).toBe('abandoned');
    expect(await stateOf({ nowMs: writtenAtMs + 3001 })).toBe('unknown');
    expect(await stateOf({ nowMs: writtenAtMs - 1 })).toBe('unknown');
    const elsewhere = { hostName: 'another', isThere: () => false };
    expect(await stateOf({ processes: elsewhere })).toBe('unknown');
    // Another program, without counters, has opened the log since.
    utimesSync(lock, writtenAtMs / 1000 + 1, writtenAtMs / 1000 + 1);
    expect(await stateOf({ there: false })).toBe('unknown');
    rmSync(lock);
    expect(await stateOf({ there: false })).toBe('closed');
  });

  it('finds its own process, and one that is no more', async () => {
    await closedLog();
    const text = readFileSync(counters, 'utf8').replace('"isClosed":true', '"isClosed":false');
    writeFileSync(join(path, '.strata-lock'), 'open\n');
    const stateAt = async (processId: number) => {
      const writtenAtMs = Date.now() + 1;
      const own = { ...JSON.parse(text), processId, writtenAtMs };
      writeFileSync(counters, JSON.stringify(own));
      const query = async () => ({ state: 'unknown', reason: '' }) as const;
      return (await readEngineWriter(fs, { path, nowMs: writtenAtMs, query }))?.state;
    };
    const ended = spawnSync(process.execPath, ['--version']).pid;
    expect([await stateAt(process.pid), await stateAt(ended)]).toEqual(['open', 'abandoned']);
  });

  it('says what is wrong with a file of any other kind, and writes nothing', async () => {
    await closedLog();
    const names = readdirSync(join(folder, 'data'));
    const flawOf = async (make: () => void) => {
      rmSync(counters, { force: true });
      make();
      const writer = await read();
      expect(writer).toMatchObject({ state: 'closed', metrics: null });
      return writer!.flaw;
    };
    expect(await flawOf(() => writeFileSync(counters, ''))).toBe('it is not JSON');
    expect(await flawOf(() => writeFileSync(counters, '{"schema":"strata.metr'))).toBe('it is not JSON');
    expect(await flawOf(() => writeFileSync(counters, '{"schema":"strata.metrics/2"}'))).toMatch(/^schema: /);
    expect(await flawOf(() => writeFileSync(counters, 'null'))).not.toBeNull();
    expect(await flawOf(() => writeFileSync(counters, '['.repeat(60_000)))).toBe('it is not JSON');
    const huge = () => {
      writeFileSync(counters, '{}');
      truncateSync(counters, 2 ** 40);
    };
    expect(await flawOf(huge)).toBe(`it has ${2 ** 40} bytes`);
    expect(await flawOf(() => mkdirSync(counters))).toMatch(/not a regular file/);
    rmSync(counters, { recursive: true });
    expect(await flawOf(() => execFileSync('mkfifo', [counters]))).toMatch(/not a regular file/);
    expect(await flawOf(() => symlinkSync('/dev/zero', counters))).not.toBeNull();
    rmSync(counters);
    expect(readdirSync(join(folder, 'data'))).toEqual(names.filter((name) => !name.endsWith('.json')));
  });

  it.each<[string, (text: string) => string]>([
    ['appendCount', (text) => text.replace('"appendCount":1', '"appendCount":-1')],
    ['appendedBytes', (text) => text.replace(/"appendedBytes":\d+/, '"appendedBytes":1e300')],
    ['p99Ms', (text) => text.replace(/"p99Ms":[\d.]+/, '"p99Ms":"<b>"')],
    ['processId', (text) => text.replace(/"processId":\d+/, '"processId":null')],
  ])('names %s where it has no sense', async (field, change) => {
    await closedLog();
    const text = readFileSync(counters, 'utf8');
    writeFileSync(counters, change(text));
    expect((await read())?.flaw).toContain(field);
  });
});

/** The writer of a log, asked from outside: what the lock says, and counters that may be anything at all. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import type { LockState } from '../../../electron/engine/inspect/lock-query';
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
    expect((await read('unknown'))?.state).toBe('unknown');
    writeFileSync(join(path, '.strata-lock'), '');
    expect((await read('free'))?.state).toBe('closed');
    writeFileSync(join(path, '.strata-lock'), 'open\n');
    expect((await read('free'))?.state).toBe('abandoned');
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

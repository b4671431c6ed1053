/** Is a broker there? With real lock holders: another process with a POSIX lock, and one with an OFD lock. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { queryLock } from '../../../../electron/engine/inspect/lock-query';
import { Log } from '../../../../electron/engine/log/log';

let directory: string;
let partition: string;
const holders: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-broker-'));
  partition = join(directory, 'orders-0');
  await mkdir(partition);
});
afterEach(async () => {
  for (const holder of holders.splice(0)) {
    holder.kill();
    await once(holder, 'exit');
  }
  await rm(directory, { recursive: true });
});

const put = (...names: string[]) => Promise.all(names.map((name) => writeFile(join(directory, name), '')));

const HOLD_POSIX =
  'import fcntl,sys;f=open(sys.argv[1],"r+");fcntl.lockf(f,fcntl.LOCK_EX);print("held",flush=True);sys.stdin.read()';
/** 37 is F_OFD_SETLK. */
const HOLD_OFD = `import fcntl,struct,sys
f=open(sys.argv[1],"r+")
fcntl.fcntl(f,37,struct.pack("hhqqi4x",fcntl.F_WRLCK,0,0,0,0))
print("held",flush=True);sys.stdin.read()`;

async function hold(script: string, file = '.lock'): Promise<void> {
  const holder = spawn('python3', ['-c', script, join(directory, file)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(holder);
  await once(holder.stdout!, 'data');
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('not run: live locks of other processes (python3 is missing)');

describe('readBrokerState', () => {
  const verdict = async (path: string) => (await readBrokerState(fs, path)).verdict;

  it('calls a partition detached whose parent is no data directory', async () => {
    expect(await verdict(partition)).toBe('detached');
  });

  it('calls a data directory crashed whose lock file is there but free, without a clean-shutdown marker', async () => {
    await put('.lock', 'meta.properties');
    expect([await verdict(directory), await verdict(partition)]).toEqual(['crashed', 'crashed']);
  });

  it('calls it clean with the marker, with or without a lock file', async () => {
    await put('.kafka_cleanshutdown', 'meta.properties');
    expect(await verdict(directory)).toBe('clean');
    await put('.lock');
    expect(await verdict(partition)).toBe('clean');
  });

  it('calls a copy without lock file and marker detached', async () => {
    await put('meta.properties', 'recovery-point-offset-checkpoint');
    expect(await verdict(directory)).toBe('detached');
  });

  it('says why where the query fails', async () => {
    await put('.lock');
    const state = await readBrokerState(fs, directory, async () => ({ state: 'unknown', reason: 'ENOLCK' }));
    expect(state).toEqual({
      ...{ verdict: 'unknown', writer: 'engine' },
      reason: 'The lock on .lock could not be queried: ENOLCK.',
    });
  });

  describe('where the engine is, or was, at work', () => {
    const stateOf = (path: string) => readBrokerState(fs, path);
    const inOwn = () => join(directory, 'own', 'orders-0');

    it('tells its open log from a broker, in the log, beside it and in the directory above', async () => {
      const log = await Log.open(inOwn());
      await mkdir(join(directory, 'own', 'neighbour-0'));
      const own = await stateOf(inOwn());
      expect(own).toMatchObject({ verdict: 'live', writer: 'engine' });
      expect(own.reason).toContain('has orders-0 open');
      expect(await stateOf(join(directory, 'own'))).toEqual(own);
      const neighbour = await stateOf(join(directory, 'own', 'neighbour-0'));
      expect(neighbour).toMatchObject({ verdict: 'live', writer: 'engine' });
      expect(neighbour.reason).not.toContain('orders');
      await log.close();
      expect(await stateOf(inOwn())).toMatchObject({ verdict: 'clean', writer: 'engine' });
    });

    it('tells a log that stands alone, and one beside nothing of a data directory', async () => {
      const log = await Log.open(partition);
      for (const path of [partition, directory])
        expect(await stateOf(path)).toMatchObject({ verdict: 'live', writer: 'engine' });
      await log.close();
      expect(await stateOf(partition)).toMatchObject({ verdict: 'detached', writer: null });
    });

    it('tells a program that did not close its log', async () => {
      const log = await Log.open(inOwn());
      const lone = await Log.open(partition);
      await log.append({ value: 'x' });
      await cp(join(directory, 'own'), join(directory, 'copy'), { recursive: true });
      await cp(partition, join(directory, 'lone-0'), { recursive: true });
      await Promise.all([log.close(), lone.close()]);
      for (const path of ['copy', 'copy/orders-0', 'lone-0']) {
        const state = await stateOf(join(directory, path));
        expect(state).toMatchObject({ verdict: 'crashed', writer: 'engine' });
        expect(state.reason).toMatch(/ended without closing (orders|lone)-0/);
      }
    });

    it('tells who left a lock file by the properties of a broker', async () => {
      await put('.lock');
      expect(await stateOf(directory)).toMatchObject({ verdict: 'crashed', writer: 'engine' });
      await put('meta.properties');
      expect(await stateOf(directory)).toMatchObject({ verdict: 'crashed', writer: 'broker' });
    });

    it('claims nothing of a log marked open where no lock can be asked', async () => {
      const query = (path: string) => queryLock(path, 'darwin');
      expect(await readBrokerState(fs, partition, query)).toMatchObject({ verdict: 'detached' });
      await writeFile(join(partition, '.strata-lock'), 'open\n');
      expect(await readBrokerState(fs, partition, query)).toMatchObject({
        ...{ verdict: 'unknown', writer: 'engine' },
      });
      await put('.kafka_cleanshutdown', 'meta.properties');
      expect(await readBrokerState(fs, partition, query)).toMatchObject({
        ...{ verdict: 'clean', writer: 'broker' },
      });
    });

    it('claims nothing of a data directory where the lock of a log marked open cannot be asked', async () => {
      await put('meta.properties');
      for (const name of ['orders-0', 'payments-0']) {
        await mkdir(join(directory, name), { recursive: true });
        await writeFile(join(directory, name, '.strata-lock'), 'open\n');
      }
      const query = async (path: string) =>
        path.includes('payments-0') ? { state: 'unknown' as const, reason: 'EACCES' } : queryLock(path);
      for (const path of [directory, partition])
        expect(await readBrokerState(fs, path, query)).toEqual({
          ...{ verdict: 'unknown', writer: 'engine' },
          reason: 'The lock on .strata-lock could not be queried: EACCES.',
        });
    });

    it.runIf(hasPython)('still tells a broker in a directory that the engine has worked in', async () => {
      await put('.lock', 'meta.properties');
      await writeFile(join(partition, '.strata-lock'), 'open\n');
      await hold(HOLD_POSIX);
      expect(await stateOf(partition)).toMatchObject({ verdict: 'live', writer: 'broker' });
    });
  });

  it('does not wait on a lock file that is a FIFO', async () => {
    spawnSync('mkfifo', [join(directory, '.lock')]);
    expect(await verdict(directory)).toBe('unknown');
  });

  it.runIf(hasPython).each([
    ['a POSIX lock, as Java takes it', HOLD_POSIX],
    ['an OFD lock', HOLD_OFD],
  ])('calls it live while another process holds %s', async (_what, script) => {
    await put('.lock', '.kafka_cleanshutdown');
    await hold(script);
    expect([await verdict(directory), await verdict(partition)]).toEqual(['live', 'live']);
  });
});

describe('queryLock', () => {
  it.runIf(hasPython)(
    'takes no lock: another process gets it right after, and between two queries',
    async () => {
      await put('.lock');
      const path = join(directory, '.lock');
      expect((await queryLock(path)).state).toBe('free');
      await hold(HOLD_POSIX);
      expect((await queryLock(path)).state).toBe('held');
    },
  );

  it('knows a missing file, on any system', async () => {
    const path = join(directory, '.lock');
    expect(await queryLock(path)).toEqual({ state: 'absent', reason: '' });
    expect(await queryLock(path, 'win32')).toEqual({ state: 'absent', reason: '' });
    await put('.lock');
    expect(await queryLock(path, 'win32')).toEqual({
      ...{ state: 'unknown', reason: 'locks cannot be queried on win32' },
    });
  });

  it.runIf(hasPython)(
    'tells a lock of an opened file, as the engine takes it, from a process’s',
    async () => {
      await put('.lock');
      await hold(HOLD_POSIX);
      expect(await queryLock(join(directory, '.lock'))).toMatchObject({ isOpenFileLock: false });
      await put('.other');
      await hold(HOLD_OFD, '.other');
      expect(await queryLock(join(directory, '.other'))).toMatchObject({ isOpenFileLock: true });
    },
  );
});

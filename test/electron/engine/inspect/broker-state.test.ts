/** Is a broker there? With real lock holders: another process with a POSIX lock, and one with an OFD lock. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { queryLock } from '../../../../electron/engine/inspect/lock-query';

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

async function hold(script: string): Promise<void> {
  const holder = spawn('python3', ['-c', script, join(directory, '.lock')], {
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
    expect(state).toEqual({ verdict: 'unknown', reason: 'The lock on .lock could not be queried: ENOLCK.' });
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

  it('knows a missing file', async () => {
    expect(await queryLock(join(directory, '.lock'))).toEqual({ state: 'absent', reason: '' });
  });
});

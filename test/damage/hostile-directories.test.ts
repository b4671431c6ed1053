/**
 * Directories that were made to hang, exhaust or mislead: whatever stands in them, each command ends in time with a
 * documented status or a typed error, allocates little, and prints nothing that could move the cursor.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command, Terminal } from '../../electron/cli/command';
import { inspect, verify } from '../../electron/cli/inspect';
import { records } from '../../electron/cli/records';
import { startup } from '../../electron/cli/startup';
import { stats } from '../../electron/cli/stats';
import { AppError } from '../../shared/errors';
import { fakeTerminal } from '../support/fake-terminal';
import { countFor } from '../support/run-size';

const FIXTURE = join(import.meta.dirname, '../fixtures/kafka/4.4.0/data-directory');
const LOG = '00000000000000000000.log';
const MANY = countFor({ short: 200, full: 1_000_000 });
const TIB = 2 ** 40;
/** Two of the largest batches that are read, the first of them not collected yet, and the pieces around them. */
const MEMORY_MAX = (2 * 256 + 64) * 1024 * 1024;
/** Of a directory of many: what is known of a file, and of what was said of it, before it is collected. */
const MEMORY_MAX_PER_FILE = 2 * 1024;
const MEMORY_MAX_OF_MANY = MEMORY_MAX + MANY * MEMORY_MAX_PER_FILE;
const TIME_MAX_MS = countFor({ short: 60_000, full: 600_000 });
const COMMANDS: readonly Command[] = [inspect, verify, startup, records, stats];
/** Each with a status, or the code of an error. */
const OUTCOMES = /^inspect \w+, verify \w+, startup \w+, records \w+, stats \w+$/;
/** Owns nothing. */
const NOBODY = 65_534;

let root: string;
const servers: Server[] = [];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-hostile-'));
});
let triedCount = 0;
afterAll(async () => {
  console.log(
    `hostile directories: ${triedCount} commands on ${Object.keys({ ...LOG_CASES, ...DIRECTORY_CASES }).length + 1} kinds, ${MANY} files in those of many`,
  );
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

type Make = (directory: string) => void | Promise<void>;

const fifo = (path: string) => void execFileSync('mkfifo', [path]);
const device = (path: string) => symlinkSync('/dev/zero', path);
const socket = (path: string) =>
  new Promise<void>((resolve) => {
    servers.push(createServer().listen(path, resolve));
  });
const withBatch =
  (change: (batch: Buffer) => Buffer | undefined): Make =>
  (directory) => {
    const bytes = readFileSync(join(directory, LOG));
    const size = 12 + bytes.readInt32BE(8);
    const batch = Buffer.from(bytes.subarray(0, size));
    const changed = change(batch) ?? batch;
    changed.writeUInt32BE(crc32c(changed.subarray(21)), 17);
    writeFileSync(join(directory, LOG), Buffer.concat([changed, bytes.subarray(size)]));
  };
/** Records of a batch replaced, with a codec in its attributes. */
const withRecords = (codec: number, payload: Buffer): Make =>
  withBatch((batch) => {
    const changed = Buffer.concat([batch.subarray(0, 61), payload]);
    changed.writeInt32BE(changed.length - 12, 8);
    changed.writeInt16BE(codec, 21);
    return changed;
  });
const field = (at: number, size: 2 | 4 | 8, value: bigint): Make =>
  withBatch((batch) => {
    if (size === 8) batch.writeBigInt64BE(value, at);
    else if (size === 4) batch.writeInt32BE(Number(value), at);
    else batch.writeInt16BE(Number(value), at);
    return undefined;
  });
/** Without making the CRC fit. */
const raw =
  (at: number, value: number): Make =>
  (directory) => {
    const bytes = readFileSync(join(directory, LOG));
    bytes.writeInt32BE(value, at);
    writeFileSync(join(directory, LOG), bytes);
  };
const replaced =
  (name: string, content: string | Buffer): Make =>
  (directory) =>
    writeFileSync(join(directory, name), content);
const instead =
  (name: string, make: (path: string) => void | Promise<void>): Make =>
  async (directory) => {
    rmSync(join(directory, name), { force: true, recursive: true });
    await make(join(directory, name));
  };
const sparse =
  (sizeInBytes: number): Make =>
  (directory) =>
    truncateSync(join(directory, LOG), sizeInBytes);
/** A header at the start of a huge hole, whose length field reaches far into it. */
const sparseBatch =
  (length: number): Make =>
  (directory) => {
    const file = openSync(join(directory, LOG), 'r+');
    const header = Buffer.alloc(61);
    header.writeInt32BE(length, 8);
    header.writeInt8(2, 16);
    writeSync(file, header, 0, header.length, 0);
    truncateSync(join(directory, LOG), 15 * TIB);
  };
const many =
  (nameOf: (index: number) => string): Make =>
  (directory) => {
    for (let index = 0; index < MANY; index++) writeFileSync(join(directory, nameOf(index)), '');
  };
const xerialBomb = (blocks: number) =>
  Buffer.concat([
    Buffer.from('82534e41505059000000000100000001', 'hex'),
    ...Array.from({ length: blocks }, () => Buffer.from('00000006ffffffff0f00', 'hex')),
  ]);

/** Of one log, a copy of Kafka's codec-none-0 (five segments). */
const LOG_CASES: Readonly<Record<string, Make>> = {
  'a FIFO for a segment': instead(LOG, fifo),
  'a FIFO for an offset index': instead('00000000000000000018.index', fifo),
  'a FIFO for a time index': instead('00000000000000000018.timeindex', fifo),
  'a FIFO for a transaction index': instead('00000000000000000018.txnindex', fifo),
  'a FIFO for a snapshot': instead('00000000000000000018.snapshot', fifo),
  'a FIFO for leader-epoch-checkpoint': instead('leader-epoch-checkpoint', fifo),
  'a FIFO for partition.metadata': instead('partition.metadata', fifo),
  'a FIFO for a .swap segment': instead('00000000000000000000.log.swap', fifo),
  'a socket for a segment': instead(LOG, socket),
  'a link to a device for a segment': instead(LOG, device),
  'a link to a device for an index': instead('00000000000000000018.index', device),
  'a link to a file outside': instead(LOG, (path) => symlinkSync('/etc/passwd', path)),
  'a link to itself': instead(LOG, (path) => symlinkSync(path, path)),
  'a link to nothing': instead(LOG, (path) => symlinkSync('/nowhere/at/all', path)),
  'a directory for a segment': instead(LOG, (path) => mkdirSync(path)),
  'a directory for an index': instead('00000000000000000018.index', (path) => mkdirSync(path)),
  'a directory for a snapshot': instead('00000000000000000018.snapshot', (path) => mkdirSync(path)),
  'a hard link to another segment': instead(LOG, (path) =>
    linkSync(path.replace(LOG, '00000000000000000018.log'), path),
  ),
  'an empty segment': replaced(LOG, ''),
  'all segments empty': (directory) => {
    for (const base of [0, 18, 36, 54, 72])
      writeFileSync(join(directory, `${String(base).padStart(20, '0')}.log`), '');
  },
  'empty indexes': replaced('00000000000000000018.index', ''),
  'an empty snapshot': replaced('00000000000000000018.snapshot', ''),
  'a sparse segment of 15 TiB': sparse(15 * TIB),
  'a sparse segment of 3 GiB': sparse(3 * 2 ** 30),
  'a sparse index of 1 TiB': (directory) => truncateSync(join(directory, '00000000000000000018.index'), TIB),
  'a sparse time index of 1 TiB': (directory) =>
    truncateSync(join(directory, '00000000000000000018.timeindex'), TIB),
  'a sparse snapshot of 1 TiB': (directory) =>
    truncateSync(join(directory, '00000000000000000018.snapshot'), TIB),
  'a sparse checkpoint of 1 TiB': (directory) =>
    truncateSync(join(directory, 'leader-epoch-checkpoint'), TIB),
  'a batch of 600 MiB in a hole': sparseBatch(600 * 2 ** 20),
  'a batch of 255 MiB in a hole': sparseBatch(255 * 2 ** 20),
  'a length of -1': raw(8, -1),
  'a length of 0': raw(8, 0),
  'a length of 2 GiB': raw(8, 0x7fff_ffff),
  'a count of 2^31-1 records': field(57, 4, 0x7fff_ffffn),
  'a count of -1 records': field(57, 4, -1n),
  'a last offset delta of 2^31-1': field(23, 4, 0x7fff_ffffn),
  'a negative last offset delta': field(23, 4, -5n),
  'an offset of 2^63-1': field(0, 8, 2n ** 63n - 1n),
  'an offset of -1': field(0, 8, -1n),
  'a timestamp of -2^63': field(27, 8, -(2n ** 63n)),
  'a timestamp of 2^63-1': field(35, 8, 2n ** 63n - 1n),
  'all attribute bits': field(21, 2, -1n),
  'a gzip bomb': withRecords(1, gzipSync(Buffer.alloc(200 * 1024 * 1024))),
  'gzip that is cut short': withRecords(1, gzipSync(Buffer.alloc(5_000)).subarray(0, 20)),
  'deflate for gzip': withRecords(1, deflateRawSync(Buffer.alloc(5_000))),
  'a snappy bomb': withRecords(2, Buffer.from('ffffffff0f00', 'hex')),
  'a framed snappy bomb': withRecords(2, xerialBomb(1_000)),
  'a snappy block of -1': withRecords(2, Buffer.from('82534e41505059000000000100000001ffffffff', 'hex')),
  'an lz4 block of 2 GiB': withRecords(3, Buffer.from('04224d18604082ffffff7f00', 'hex')),
  'a zstd frame that claims 2^63 bytes': withRecords(
    4,
    Buffer.from('28b52ffde0ffffffffffffff7f010000', 'hex'),
  ),
  'zstd of nothing': withRecords(4, Buffer.alloc(0)),
  'records of one varint that never ends': withRecords(0, Buffer.alloc(64, 0xff)),
  'a record of -1 bytes': withRecords(0, Buffer.from('01', 'hex')),
  'a record with a key of 2 GiB': withRecords(0, Buffer.from('3000000000feffffff0f000000000000', 'hex')),
  'a record with 2^31 headers': withRecords(0, Buffer.from('1600000001010000feffffff0f', 'hex')),
  'a snapshot with 2^31-1 producers': replaced(
    '00000000000000000018.snapshot',
    Buffer.from('0001000000007fffffff', 'hex'),
  ),
  'a checkpoint that announces 2^53 entries': replaced(
    'leader-epoch-checkpoint',
    '0\n9007199254740993\n0 0\n',
  ),
  'a checkpoint of one line without an end': replaced('leader-epoch-checkpoint', '0'.repeat(1_000_000)),
  'a checkpoint of zeros': replaced('leader-epoch-checkpoint', Buffer.alloc(4096)),
  'a segment name above 2^53': replaced('99999999999999999999.log', 'x'),
  'a segment name of one digit': replaced('7.log', 'x'),
  'two names for one offset': replaced('0.log', 'x'),
  'names that are no offsets': (directory) => {
    for (const name of ['.log', 'x.log', '-1.index', '1e3.log', '..swap', 'a.b.cleaned'])
      writeFileSync(join(directory, name), '');
  },
  'names with escape sequences': (directory) => {
    for (const name of ['\u001b[2J\u001b]0;x\u0007.log', 'a\rb.swap', '\u202egol.log', 'x\ny.index'])
      writeFileSync(join(directory, name), 'x');
  },
  'names with markup': replaced('<img src=x onerror=alert(1)>.log', ''),
  'a name of 255 bytes': replaced(`${'n'.repeat(251)}.log`, ''),
  'a name that is no UTF-8': (directory) =>
    writeFileSync(
      Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.log')]),
      '',
    ),
  'many files of no segment': many((index) => `notes-${index}.txt`),
  'many empty segments': many((index) => `${String(1_000_000 + index).padStart(20, '0')}.log`),
  'many leftovers': many((index) => `${String(index).padStart(20, '0')}.log.deleted`),
  'many snapshots': many((index) => `${String(1_000 + index).padStart(20, '0')}.snapshot`),
  'a segment that grows to twice its size': (directory) =>
    appendFileSync(join(directory, LOG), readFileSync(join(directory, LOG))),
};

/** Of a data directory. */
const DIRECTORY_CASES: Readonly<Record<string, Make>> = {
  'a loop of links': (directory) => symlinkSync(directory, join(directory, 'loop-0')),
  'a FIFO named like a partition': (directory) => fifo(join(directory, 'pipe-0')),
  'a FIFO for a checkpoint': instead('recovery-point-offset-checkpoint', fifo),
  'a FIFO for meta.properties': instead('meta.properties', fifo),
  'a FIFO for the marker': instead('.kafka_cleanshutdown', fifo),
  'a FIFO for the lock': instead('.lock', fifo),
  'a partition of 2^31': (directory) => mkdirSync(join(directory, 'orders-2147483648')),
  'a partition with a hostile name': (directory) =>
    cpSync(join(directory, 'orders-0'), join(directory, '\u001b[31m"\u202e-0'), { recursive: true }),
  'a checkpoint with another field': replaced('log-start-offset-checkpoint', '0\n1\norders 0\n'),
  'a checkpoint of 2^63': replaced('log-start-offset-checkpoint', '0\n1\norders 0 9223372036854775807\n'),
  'many empty partitions': (directory) => {
    for (let index = 0; index < Math.min(MANY, 20_000); index++) mkdirSync(join(directory, `empty-${index}`));
  },
  'a metadata log of noise': (directory) => {
    mkdirSync(join(directory, '__cluster_metadata-0'));
    writeFileSync(join(directory, '__cluster_metadata-0', LOG), Buffer.alloc(100_000, 7));
  },
};

// A tab stands between fields of records.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

/** Looks at each piece that is written, and keeps none: of a million files they are too long for one text. */
function lookingTerminal(): Terminal & { readonly isSafe: () => boolean } {
  let isSafe = true;
  const out = async (text: string) => {
    isSafe &&= !UNSAFE.test(text);
  };
  return { ...fakeTerminal(), out, isSafe: () => isSafe };
}

/** @returns What the command answered: its status, or the code of its error. */
async function outcomeOf(command: Command, directory: string): Promise<string> {
  const terminal = lookingTerminal();
  const args = command === records ? [directory, '--limit', '20'] : [directory];
  try {
    const status = await command.run(args, terminal);
    expect(terminal.isSafe()).toBe(true);
    expect([0, 1, 2]).toContain(status);
    return String(status);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

async function tryCommands(directory: string, memoryMax = MEMORY_MAX): Promise<string> {
  const outcomes: string[] = [];
  for (const command of COMMANDS) {
    const before = process.memoryUsage();
    const startedAtMs = performance.now();
    triedCount++;
    outcomes.push(`${command.name} ${await outcomeOf(command, directory)}`);
    const after = process.memoryUsage();
    expect(performance.now() - startedAtMs).toBeLessThan(TIME_MAX_MS);
    const grown = after.external + after.heapUsed - before.external - before.heapUsed;
    expect(grown).toBeLessThan(memoryMax);
  }
  return outcomes.join(', ');
}

/** Root may read everything: then the commands run as somebody else. */
async function asOrdinaryUser<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid!(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid!(0);
  }
}

describe('every command', () => {
  it('is tried with about seventy kinds of directories', () => {
    expect(Object.keys({ ...LOG_CASES, ...DIRECTORY_CASES }).length).toBeGreaterThanOrEqual(80);
  });

  for (const [what, make] of Object.entries(LOG_CASES))
    it(`ends on a log with ${what}`, { timeout: TIME_MAX_MS * COMMANDS.length }, async () => {
      const directory = join(root, `case-${what.replace(/\W+/g, '-')}-0`);
      cpSync(join(FIXTURE, 'codec-none-0'), directory, { recursive: true });
      await make(directory);
      const outcome = await tryCommands(directory, what.startsWith('many') ? MEMORY_MAX_OF_MANY : MEMORY_MAX);
      expect(outcome).toMatch(OUTCOMES);
      rmSync(directory, { recursive: true, force: true });
    });

  it('ends on a log of which no file may be read', async () => {
    const directory = join(root, 'locked-0');
    cpSync(join(FIXTURE, 'codec-none-0'), directory, { recursive: true });
    await tryCommands(directory); // what they load on first use is loaded by then
    chmodSync(root, 0o755);
    execFileSync('chmod', ['-R', 'a-r,a+X', directory]);
    chmodSync(directory, 0o755);
    expect(await asOrdinaryUser(() => tryCommands(directory))).toMatch(
      /verify 1, .*records PERMISSION_DENIED/,
    );
    chmodSync(directory, 0o311);
    expect(await asOrdinaryUser(() => tryCommands(directory))).toMatch(
      /^inspect PERMISSION_DENIED, verify PERMISSION_DENIED/,
    );
    chmodSync(directory, 0o755);
  });

  for (const [what, make] of Object.entries(DIRECTORY_CASES))
    it(`ends on a data directory with ${what}`, { timeout: TIME_MAX_MS * COMMANDS.length }, async () => {
      const directory = join(root, `directory-${what.replace(/\W+/g, '-')}`);
      mkdirSync(directory);
      cpSync(join(FIXTURE, 'codec-none-0'), join(directory, 'orders-0'), { recursive: true });
      for (const name of ['meta.properties', 'recovery-point-offset-checkpoint', '.kafka_cleanshutdown'])
        cpSync(join(FIXTURE, name), join(directory, name));
      await make(directory);
      const outcome = await tryCommands(directory);
      expect(outcome).toMatch(OUTCOMES);
      rmSync(directory, { recursive: true, force: true });
    });
});

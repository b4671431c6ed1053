/** The inspect and verify commands, as a user runs them, on good and on bad directories. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspect, verify } from '../../../electron/cli/inspect';
import { Log } from '../../../electron/engine/log/log';
import { AppError } from '../../../shared/errors';
import { type Inspection, InspectionSchema } from '../../../shared/inspection';
import { fakeTerminal } from '../../support/fake-terminal';
import { BATCH_SIZE, batches, segmentFile, writeLog } from '../../support/one-record-log';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  log = join(folder, 'orders-0');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(command: typeof inspect, ...args: string[]) {
  const terminal = fakeTerminal();
  const status = await command.run([...args, '--json'], terminal);
  const inspection: Inspection = InspectionSchema.parse(JSON.parse(terminal.output()));
  const codes = inspection.logs.flatMap(({ problems }) => problems.map(({ code }) => code));
  return { status, inspection, codes };
}

async function errorCode(path: string): Promise<string> {
  const error = await inspect.run([path], fakeTerminal()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  return (error as AppError).code;
}

async function damage(baseOffset: number, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(join(log, segmentFile(baseOffset)), 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}

describe('inspect', () => {
  it('counts one log from its headers', async () => {
    await writeLog(log, [0, 3], 5);
    const { status, inspection } = await run(inspect, log);
    expect(status).toBe(0);
    expect(inspection.logs[0]).toMatchObject({
      name: 'orders-0',
      logStartOffset: 0,
      logEndOffset: 5,
      sizeInBytes: 5 * BATCH_SIZE,
      recordCount: 5,
      recordCountIsExact: true,
      problems: [],
    });
    expect(
      inspection.logs[0]!.segments.map(({ baseOffset, batchCount }) => [baseOffset, batchCount]),
    ).toEqual([
      [0, 3],
      [3, 2],
    ]);
  });

  it('counts a data directory only when asked to', async () => {
    await writeLog(log, [0], 2);
    await writeLog(join(folder, 'orders-1'), [7], 9);
    const glance = await run(inspect, folder);
    expect(glance.inspection.logs.map(({ name, recordCount }) => [name, recordCount])).toEqual([
      ['orders-0', null],
      ['orders-1', null],
    ]);
    const counted = await run(inspect, folder, '--counts');
    expect(
      counted.inspection.logs.map(({ recordCount, logEndOffset }) => [recordCount, logEndOffset]),
    ).toEqual([
      [2, 2],
      [2, 9],
    ]);
  });

  it('prints segments and problems as text', async () => {
    await writeLog(log, [0], 2);
    await rm(join(log, segmentFile(0, 'timeindex')));
    const terminal = fakeTerminal();
    expect(await inspect.run([log], terminal)).toBe(1);
    expect(terminal.output()).toContain('1 segment, 140 B, records: 2');
    expect(terminal.output()).toContain('warning: time-index-missing: 00000000000000000000.timeindex');
  });

  it('says who is at work there, and who was', async () => {
    const engineLog = join(folder, 'data/orders-0');
    const open = await Log.open(engineLog);
    await open.append({ value: 'x' });
    const { inspection } = await run(inspect, join(folder, 'data'));
    expect(inspection.broker).toMatchObject({ verdict: 'live', writer: 'engine' });
    await open.close();
    const terminal = fakeTerminal();
    await inspect.run([engineLog], terminal);
    expect(terminal.output()).toMatch(
      /^.*data\/orders-0\nengine stopped cleanly: \.kafka_cleanshutdown is there/,
    );
  });

  it("says it of each log where they lie together in nobody's data directory", async () => {
    await writeLog(join(folder, 'data/orders-1'), [0], 2);
    const open = await Log.open(join(folder, 'data/orders-0'));
    const { inspection } = await run(inspect, join(folder, 'data'));
    expect(inspection.logs.map(({ broker }) => [broker?.verdict, broker?.writer])).toEqual([
      ['live', 'engine'],
      ['detached', null],
    ]);
    const terminal = fakeTerminal();
    await inspect.run([join(folder, 'data')], terminal);
    expect(terminal.output()).toMatch(/orders-0 .* engine live\n(.*\n)*orders-1 .* no broker\n/);
    await open.close();
  });

  it('says what is wrong with a directory that is no log', async () => {
    expect(await errorCode(join(folder, 'nowhere'))).toBe('NOT_FOUND');
    expect(await errorCode(folder)).toBe('EMPTY_DIRECTORY');
    await writeFile(join(folder, 'notes.txt'), 'x');
    expect(await errorCode(folder)).toBe('NOT_A_LOG');
    expect(await errorCode(join(folder, 'notes.txt'))).toBe('NOT_A_DIRECTORY');
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
    expect(await errorCode(join(folder, 'dangling'))).toBe('NOT_FOUND');
  });

  it('takes directories that are only named like partitions for none', async () => {
    await mkdir(join(folder, 'dbus-1'));
    await writeFile(join(folder, 'dbus-1/session.conf'), 'x');
    expect(await errorCode(folder)).toBe('NOT_A_LOG');
    await writeFile(join(folder, 'meta.properties'), 'version=1');
    expect((await run(inspect, folder)).inspection.logs.map(({ name }) => name)).toEqual(['dbus-1']);
  });

  it('names the directory inside that was probably meant', async () => {
    await mkdir(join(folder, 'notes'));
    await writeLog(join(folder, 'broker/orders-0'), [0], 2);
    await writeFile(join(folder, 'broker/meta.properties'), 'version=1');
    await expect(inspect.run([folder], fakeTerminal())).rejects.toThrow('Its directory broker does');
  });

  it('follows a link to a directory', async () => {
    await writeLog(log, [0], 2);
    await symlink(log, join(folder, 'link-0'));
    const { inspection } = await run(inspect, join(folder, 'link-0'));
    expect(inspection.logs[0]!.recordCount).toBe(2);
  });

  it('does not hang at a pipe, a directory or a link in the place of a segment', async () => {
    await writeLog(log, [0], 2);
    execFileSync('mkfifo', [join(log, segmentFile(2))]);
    await mkdir(join(log, segmentFile(4)));
    await symlink('/etc/passwd', join(log, segmentFile(6)));
    const { status, codes } = await run(verify, log);
    expect(status).toBe(1);
    expect(codes.filter((code) => code === 'file-not-regular')).toHaveLength(3);
  });
});

describe('verify', () => {
  beforeEach(() => writeLog(log, [0, 4], 8));

  it('is silent on a sound log', async () => {
    expect(await run(verify, log)).toMatchObject({
      status: 0,
      codes: [],
      inspection: { schema: 'strata.verify/1' },
    });
  });

  it.each([
    ['a flipped bit in a record', 2 * BATCH_SIZE + 68, [0xff], 'batch-crc-mismatch'],
    ['an unknown magic', 2 * BATCH_SIZE + 16, [9], 'batch-magic-unknown'],
    ['a length that is too small', 2 * BATCH_SIZE + 8, [0, 0, 0, 3], 'batch-length-invalid'],
    ['a length that reaches past the end', 2 * BATCH_SIZE + 8, [0x7f, 0, 0, 3], 'batch-length-invalid'],
    ['zeros', 2 * BATCH_SIZE, new Uint8Array(BATCH_SIZE), 'segment-zero-bytes'],
    ['an offset outside 2^53', 2 * BATCH_SIZE, [0x7f], 'batch-header-out-of-range'],
    ['an offset that was there', 2 * BATCH_SIZE + 7, [1], 'batch-offset-out-of-order'],
  ])('names %s and reads on behind it', async (_name, position, bytes, code) => {
    await damage(0, position, Uint8Array.from(bytes));
    const { status, codes, inspection } = await run(verify, log);
    expect(status).toBe(1);
    expect(codes).toEqual([code]);
    expect(inspection.logs[0]!.logEndOffset).toBe(8);
  });

  it('names a truncated segment', async () => {
    await writeFile(join(log, segmentFile(4)), batches(4, 8).subarray(0, 3 * BATCH_SIZE + 20));
    expect((await run(verify, log)).codes).toEqual(['segment-torn-tail']);
  });

  it('names an index that is longer than its log', async () => {
    const entry = Buffer.alloc(8);
    entry.writeInt32BE(3, 0);
    entry.writeInt32BE(9_000, 4);
    await appendFile(join(log, segmentFile(0, 'index')), entry);
    expect((await run(verify, log)).codes).toEqual(['offset-index-beyond-log']);
  });
});

/** `strata adopt` into a copy of a directory that a real broker closed; the run with a broker is test/kafka/engine.mjs. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { adopt } from '../../../electron/cli/adopt';
import { inspect } from '../../../electron/cli/inspect';
import { type FileSystem, nodeFileSystem } from '../../../electron/engine/file-system';
import { adoptLog } from '../../../electron/engine/log/adopt-log';
import { Log } from '../../../electron/engine/log/log';
import { fakeTerminal } from '../../support/fake-terminal';

const CLOSED = join(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory');
let broker: string;
let source: string;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-adopt-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  broker = join(folder, 'broker');
  cpSync(CLOSED, broker, { recursive: true });
  source = join(folder, 'events-0');
  const log = await Log.open(source);
  await log.appendMany([{ value: 'a' }, { value: 'b' }]);
  await log.close();
});

const run = (...args: string[]) => adopt.run(args, fakeTerminal());

async function inspected(path: string): Promise<unknown> {
  const terminal = fakeTerminal();
  await inspect.run([path, '--json'], terminal);
  return JSON.parse(terminal.output());
}

describe('strata adopt', () => {
  it('puts the log into an empty partition, beside the metadata of the broker', async () => {
    const metadata = readFileSync(join(broker, 'empty-0/partition.metadata'), 'utf8');
    const terminal = fakeTerminal();
    expect(await adopt.run([source, '--into', broker, '--topic', 'empty', '--json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.output())).toMatchObject({
      schema: 'strata.adopt/1',
      segmentCount: 1,
      logEndOffset: 2,
    });
    expect(readFileSync(join(broker, 'empty-0/partition.metadata'), 'utf8')).toBe(metadata);
    expect(readFileSync(join(broker, 'empty-0/00000000000000000000.log'))).toEqual(
      readFileSync(join(source, '00000000000000000000.log')),
    );
    expect(readFileSync(join(broker, '.kafka_cleanshutdown'))).toEqual(
      readFileSync(join(CLOSED, '.kafka_cleanshutdown')),
    );
  });

  it('leaves behind what lies below the log start, and tells the broker of it', async () => {
    const checkpoint = join(broker, 'log-start-offset-checkpoint');
    const started = join(source, '../started-0');
    const log = await Log.open(started);
    for (const value of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await log.append({ value });
      if ((log.logEndOffset & 1) === 0) await log.roll();
    }
    await log.close();
    writeFileSync(join(started, '.strata-log-start'), '3\n');
    const terminal = fakeTerminal();
    await adopt.run([started, '--into', broker, '--topic', 'empty', '--json'], terminal);
    expect(JSON.parse(terminal.output())).toMatchObject({ firstOffset: 3, logEndOffset: 6 });
    const bases = readdirSync(join(broker, 'empty-0')).filter((name) => name.endsWith('.log'));
    expect(bases.sort().map((name) => Number.parseInt(name, 10))).toEqual([2, 4, 6]);
    expect(readFileSync(checkpoint, 'utf8')).toContain('empty 0 3\n');
    const { logs } = (await inspected(join(broker, 'empty-0'))) as { logs: { logStartOffset: number }[] };
    expect(logs[0]!.logStartOffset).toBe(3);
  });

  it('takes away the log start of records that the topic once had', async () => {
    writeFileSync(join(broker, 'log-start-offset-checkpoint'), '0\n1\nempty 0 500\n');
    expect(await run(source, '--into', broker, '--topic', 'empty')).toBe(0);
    expect(readFileSync(join(broker, 'log-start-offset-checkpoint'), 'utf8')).not.toContain('empty');
  });

  it.each(['1', '3\n'])(
    'refuses a source whose log start is damaged, or behind its end, with nothing changed: %j',
    async (logStart) => {
      const checkpoint = join(broker, 'log-start-offset-checkpoint');
      const before = readFileSync(checkpoint, 'utf8');
      writeFileSync(join(source, '.strata-log-start'), logStart);
      await expect(run(source, '--into', broker, '--topic', 'empty')).rejects.toMatchObject({
        code: 'CORRUPT',
      });
      expect(readFileSync(join(broker, 'empty-0/00000000000000000000.log'))).toHaveLength(0);
      expect(readFileSync(checkpoint, 'utf8')).toBe(before);
    },
  );

  it('sets the log start before any file is there that it is of', async () => {
    const checkpoint = join(broker, 'log-start-offset-checkpoint');
    writeFileSync(checkpoint, '0\n1\nempty 0 500\n');
    const writing: FileSystem = {
      ...nodeFileSystem,
      removeFile: (path) =>
        path.endsWith('00000000000000000000.log')
          ? Promise.reject(new Error('cut off'))
          : nodeFileSystem.removeFile(path),
    };
    const adoption = { source, dataDirectory: broker, topic: 'empty', partition: 0 };
    await expect(adoptLog(writing, adoption)).rejects.toThrow('cut off');
    expect(readFileSync(checkpoint, 'utf8')).not.toContain('empty');
  });

  it('refuses topics that the broker does not have, or that have records', async () => {
    await expect(run(source, '--into', broker, '--topic', 'nowhere')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(run(source, '--into', broker, '--topic', 'transactions')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(run(source, '--into', join(broker, 'empty-0'), '--topic', 'x')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(run(source)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('refuses a broker and a source that were not closed', async () => {
    const open = join(broker, '../open-0');
    mkdirSync(open);
    const log = await Log.open(open);
    await log.append({ value: 'x' });
    const copy = join(broker, '../left-0');
    cpSync(open, copy, { recursive: true });
    await log.close();
    await expect(run(copy, '--into', broker, '--topic', 'empty')).rejects.toMatchObject({
      code: 'RECOVERY_NEEDED',
    });
    rmSync(join(broker, '.kafka_cleanshutdown'));
    await expect(run(source, '--into', broker, '--topic', 'empty')).rejects.toMatchObject({
      code: 'RECOVERY_NEEDED',
    });
  });
});

/** `strata adopt` into a copy of a directory that a real broker closed; the run with a broker is test/kafka/engine.mjs. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { adopt } from '../../../electron/cli/adopt';
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

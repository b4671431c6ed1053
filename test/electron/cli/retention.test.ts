/** Plans and runs on copies of directories that Kafka wrote. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retention } from '../../../electron/cli/retention';
import { purge, undo } from '../../../electron/cli/undo';
import { lockDataDirectory } from '../../../electron/engine/directory-lock';
import { nodeFileSystem as fs } from '../../../electron/engine/file-system';
import { Log } from '../../../electron/engine/log/log';
import { quickReadingFileSystem } from '../../../electron/engine/quick-file-system';
import { AppError } from '../../../shared/errors';
import { RetentionReportSchema } from '../../../shared/retention';
import { fakeTerminal } from '../../support/fake-terminal';
import { fileHashes } from '../../support/file-hashes';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory');
let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-retention-'));
  data = join(folder, 'data');
  await cp(FIXTURE, data, { recursive: true, preserveTimestamps: true });
  process.env['STRATA_STATE_DIR'] = join(folder, 'state');
});
afterEach(async () => {
  delete process.env['STRATA_STATE_DIR'];
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
  const status = await retention.run([...args, '--json'], terminal);
  const report = RetentionReportSchema.parse(JSON.parse(terminal.output()));
  return { status, report, log: report.logs[0]! };
}

const given = ['--cleanup-policy', 'delete', '--retention-bytes', '4KiB'];
const codecNone = () => join(data, 'codec-none-0');

describe('retention', () => {
  it('takes settings from the metadata log and says so', async () => {
    const { log } = await run(join(data, 'one-record-0'));
    expect(log).toMatchObject({
      cleanupPolicy: 'compact,delete',
      policySource: 'metadata',
      settings: {
        'retention.ms': { value: '3155760000000', source: 'metadata-topic' },
        'retention.bytes': { value: '100000', source: 'metadata-topic' },
      },
    });
  });

  it('plans a whole data directory without touching it', async () => {
    const before = await fileHashes(data);
    const { status, report } = await run(data, '--retention-ms', '1');
    expect(status).toBe(0);
    expect(report.logs).toHaveLength(24);
    const deleted = report.logs.filter(({ deletions }) => deletions.length > 0).map(({ name }) => name);
    expect(deleted).toContain('codec-none-0');
    expect(deleted).not.toContain('compacted-0');
    expect(await fileHashes(data)).toEqual(before);
  });

  it('tells each reason with its numbers, as the screen does', async () => {
    const textOf = async (...args: string[]) => {
      const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
      await retention.run(args, terminal);
      return terminal.output();
    };
    const bySize = await textOf(codecNone(), '--retention-bytes', '7000');
    expect(bySize).toContain('The log stays at or above retention.bytes 6.8 KiB without its 1.9 KiB.');
    expect(bySize).toMatch(
      /Without its 1\.8 KiB the log would be [\d.]+ (B|KiB) under retention\.bytes 6\.8 KiB/,
    );
    const byTime = await textOf(codecNone(), '--retention-ms', '1d');
    expect(byTime).toMatch(/Its newest record is \d+ d \d+ h old, more than retention\.ms 1 d\./);
    const future = await textOf(join(data, 'odd-times-0'), '--retention-ms', '1d');
    expect(future).toContain('2100-01-01 00:00:00Z. It is that of record 10 in the batch at 10.');
    expect(await textOf(join(data, 'compacted-0'), '--retention-ms', '1')).toContain(
      'cleanup.policy is compact: only the log start offset removes segments',
    );
  });

  it('tells the plan without the record of a future timestamp where that cannot be read', async () => {
    const unreadable = join(codecNone(), '00000000000000000054.log');
    let openCount = 0;
    const { openForReading } = quickReadingFileSystem;
    const spy = vi.spyOn(quickReadingFileSystem, 'openForReading').mockImplementation((path) => {
      if (path !== unreadable) return openForReading.call(quickReadingFileSystem, path);
      openCount++;
      return Promise.reject(new AppError('PERMISSION_DENIED', `${path} is closed to us.`));
    });
    try {
      const before = ['--retention-ms', '1d', '--now', '2000-01-01T00:00:00Z'];
      expect((await run(data, ...before)).status).toBe(0);
      expect(openCount, 'as JSON, which tells no record').toBe(0);
      const terminal = fakeTerminal();
      expect(await retention.run([data, ...before], terminal)).toBe(0);
      expect(openCount).toBe(1);
      const told = terminal
        .output()
        .split('\n\n')
        .find((log) => log.startsWith('codec-none-0:'))!;
      expect(told).toContain('cleanup.policy');
      expect(told).not.toContain('It is that of record');
      expect(terminal.output()).toContain('It is that of record');
    } finally {
      spy.mockRestore();
    }
  });

  it('says what was deleted, and who frees the space when', async () => {
    const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
    await retention.run([codecNone(), ...given, '--apply'], terminal);
    expect(terminal.output()).toMatch(
      /freed by `strata purge`, by the window once it is due \(2027-01-15 08:01:00Z\)/,
    );
    expect(terminal.output()).toMatch(/\n2 segments deleted, 3\.7 KiB to be freed\n$/);
    const again = fakeTerminal({ nowMs: 1_800_000_000_000 });
    await retention.run([codecNone(), '--retention-bytes', '1', '--apply'], again);
    expect(again.output()).toMatch(/Refused: .*\n\n0 segments deleted, 0 B to be freed\n$/);
  });

  it('takes no file for a server.properties that holds no property', async () => {
    const segment = join(codecNone(), '00000000000000000000.log');
    const notes = join(folder, 'notes');
    await writeFile(notes, 'retention is a day\n');
    for (const path of [segment, notes])
      await expect(run(codecNone(), '--broker-config', path)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: `${path} holds no property of a broker, such as log.dirs.`,
      });
  });

  it('plans for an empty cleanup.policy, which Kafka has since 4.2, and then deletes nothing', async () => {
    const { log } = await run(codecNone(), '--cleanup-policy', '', '--retention-bytes', '1');
    expect([log.cleanupPolicy, log.policySource, log.deletions]).toEqual(['', 'given', []]);
  });

  it('refuses to apply an assumed policy, one that contradicts the topic, and the metadata log', async () => {
    const before = await fileHashes(data);
    const assumed = await run(codecNone(), '--retention-bytes', '1', '--apply');
    expect([assumed.status, assumed.log.policySource]).toEqual([1, 'assumed']);
    expect(assumed.log.refusal).toContain('assumed');
    const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
    await retention.run([codecNone(), '--retention-bytes', '1'], terminal);
    expect(terminal.output()).toContain('Give --cleanup-policy or --broker-config.');
    const compacted = await run(join(data, 'compacted-0'), ...given, '--apply');
    expect([compacted.status, compacted.log.refusal]).toEqual([
      1,
      "The topic's own cleanup.policy is compact.",
    ]);
    const metadata = await run(join(data, '__cluster_metadata-0'), ...given, '--apply');
    expect([metadata.status, metadata.log.applied]).toEqual([1, null]);
    expect(await fileHashes(data)).toEqual(before);
  });

  it('refuses beside a broker', async () => {
    const lock = await lockDataDirectory(fs, data);
    try {
      const { status, log } = await run(codecNone(), ...given, '--apply');
      expect([status, log.applied]).toEqual([1, null]);
      expect(log.refusal).toMatch(/^Strata's engine is at work here\. A process holds the lock on \.lock/);
    } finally {
      await lock.release();
    }
  });

  it('refuses, with its plan, a log that stands alone while a program has it open', async () => {
    const lone = join(data, '../lone-0');
    await mkdir(lone);
    const open = await Log.open(lone);
    await open.append({ value: 'x' });
    await open.roll();
    const { status, log } = await run(lone, ...given, '--apply');
    await open.close();
    expect([status, log.applied]).toEqual([1, null]);
    expect(log.refusal).toMatch(/^Strata's engine is at work here\..* has lone-0 open/);
    expect((await run(lone, ...given)).log.refusal).toBeNull();
  });

  it('refuses of logs outside a data directory the open one only, whichever comes first', async () => {
    for (const openName of ['a-0', 'b-0']) {
      const logs = join(folder, `beside-${openName}`);
      await Promise.all(['a-0', 'b-0'].map((name) => cp(codecNone(), join(logs, name), { recursive: true })));
      const open = await Log.open(join(logs, openName));
      const planned = await run(logs, ...given);
      const { status, report } = await run(logs, ...given, '--apply');
      await open.close();
      expect(status).toBe(1);
      for (const { name, refusal, applied, deletions } of report.logs) {
        expect([name, deletions.length > 0]).toEqual([name, true]);
        if (name === openName) expect(refusal).toContain(`has ${name} open`);
        else expect([name, refusal]).toEqual([name, null]);
        expect([name, applied !== null]).toEqual([name, name !== openName]);
        expect(planned.report.logs.find((log) => log.name === name)!.refusal).toBe(refusal);
      }
    }
  });

  it('applies what it planned, and undo takes it back byte for byte', async () => {
    const before = await fileHashes(data);
    const planned = await run(codecNone(), ...given);
    const { status, log } = await run(codecNone(), ...given, '--apply');
    expect([status, log.applied!.deletedSegmentCount]).toEqual([0, 2]);
    expect(log.deletions).toEqual(planned.log.deletions);
    const names = await readdir(codecNone());
    expect(names).toContain('00000000000000000018.snapshot.deleted');
    expect(names.filter((name) => name.endsWith('.log'))).toHaveLength(3);
    expect(await undo.run([data], fakeTerminal())).toBe(0);
    expect(await fileHashes(data)).toEqual(before);
    expect(await undo.run([data], fakeTerminal())).toBe(1);
  });

  it('leaves the mark of a clean stop where an undo is refused', async () => {
    const marker = join(data, '.kafka_cleanshutdown');
    await writeFile(marker, '{"version":0,"brokerEpoch":7}');
    await run(codecNone(), ...given, '--apply');
    const deleted = (await readdir(codecNone())).filter((name) => name.endsWith('.log.deleted')).sort();
    await rm(join(codecNone(), deleted[1]!));
    expect(await undo.run([data], fakeTerminal())).toBe(1);
    expect(await readFile(marker, 'utf8')).toBe('{"version":0,"brokerEpoch":7}');
  });

  it('has nothing to do a second time, and purge frees the space for good', async () => {
    await run(codecNone(), ...given, '--apply');
    expect((await run(codecNone(), ...given, '--apply')).status).toBe(1);
    expect(await purge.run([codecNone()], fakeTerminal())).toBe(0);
    expect((await readdir(codecNone())).filter((name) => name.endsWith('.deleted'))).toEqual([]);
    expect(await undo.run([codecNone()], fakeTerminal())).toBe(1);
  });

  it('rolls an empty segment where everything goes', async () => {
    const all = ['--cleanup-policy', 'delete', '--retention-ms', '1', '--apply'];
    const { log } = await run(codecNone(), ...all);
    expect([log.rollsActiveSegment, log.logStartOffsetAfter]).toEqual([true, 90]);
    expect((await readdir(codecNone())).filter((name) => name.endsWith('.log'))).toEqual([
      '00000000000000000090.log',
    ]);
    await undo.run([codecNone()], fakeTerminal());
    expect((await readdir(codecNone())).filter((name) => name.endsWith('.log'))).toHaveLength(5);
  });

  it('applies to a copy and archives what goes, leaving the original alone', async () => {
    const before = await fileHashes(data);
    const { status, log } = await run(
      codecNone(),
      '--retention-bytes',
      '4KiB',
      '--apply',
      '--copy-to',
      join(folder, 'copy'),
      '--archive-to',
      join(folder, 'archive'),
    );
    expect([status, log.applied!.directory]).toEqual([0, join(folder, 'copy/codec-none-0')]);
    expect(await fileHashes(data)).toEqual(before);
    const archived = await readFile(join(folder, 'archive/codec-none-0/00000000000000000018.log'));
    expect(archived).toEqual(await readFile(join(codecNone(), '00000000000000000018.log')));
  });
});

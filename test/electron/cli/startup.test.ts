/**
 * What a broker would do at its next start, told for Kafka's own directories. Whether it is true, a running broker says
 * (test/kafka/startup.mjs); here, that the plan is told, counted and exits as documented, and that nothing is written.
 */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../../electron/cli/inspect';
import { startup } from '../../../electron/cli/startup';
import { InspectionSchema } from '../../../shared/inspection';
import { type StartupPlan, StartupPlanSchema } from '../../../shared/startup';
import { fakeTerminal } from '../../support/fake-terminal';

const FIXTURE = join(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory');
const MARKER = '.kafka_cleanshutdown';
const LOG = 'codec-none-0';
let data: string;
beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'strata-startup-')), 'data');
  for (const name of readdirSync(FIXTURE))
    if (!name.endsWith('-0') || name === LOG || name === 'transactions-0' || name === '__cluster_metadata-0')
      cpSync(join(FIXTURE, name), join(data, name), { recursive: true });
});
afterEach(() => rmSync(join(data, '..'), { recursive: true, force: true }));

async function planOf(path: string): Promise<{ plan: StartupPlan; status: number }> {
  const terminal = fakeTerminal();
  const status = await startup.run([path, '--json'], terminal);
  return { status, plan: StartupPlanSchema.parse(JSON.parse(terminal.output())) };
}

const changesOf = ({ steps }: StartupPlan, log: string) =>
  steps
    .filter((step) => step.log === log && step.action !== 'keep')
    .map(({ action, file, reason }) => `${action} ${file} ${reason}`);

const name = (offset: number, suffix: string) => `${String(offset).padStart(20, '0')}.${suffix}`;

describe('startup', () => {
  it('takes only the marker from a directory that was closed in order', async () => {
    const { plan, status } = await planOf(data);
    expect(status).toBe(0);
    expect(plan).toMatchObject({ hadCleanShutdown: true, areAssignmentsKnown: true, liveWriter: null });
    expect(changesOf(plan, LOG)).toEqual([]);
    expect(plan.steps.find(({ file }) => file === MARKER)).toMatchObject({ action: 'delete' });
    expect(plan.logs.find((log) => log.name === LOG)).toMatchObject({ logEndOffset: 90, bytesToCheck: 0 });
  });

  it('checks from the recovery point on, cuts at the first bad batch, and drops what lies behind', async () => {
    rmSync(join(data, MARKER));
    writeFileSync(join(data, 'recovery-point-offset-checkpoint'), '0\n1\ncodec-none 0 20\n');
    const path = join(data, LOG, name(36, 'log'));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
    const { plan } = await planOf(join(data, LOG));
    const told = changesOf(plan, LOG);
    expect(told).toContain(`check ${name(18, 'log')} unflushed`);
    expect(told).toContain(`truncate ${name(36, 'log')} bad-batch`);
    expect(told).toContain(`delete-later ${name(54, 'log')} behind-cut`);
    expect(told).not.toContain(`check ${name(0, 'log')} unflushed`);
    expect(plan.logs[0]!.logEndOffset).toBe(48);
  });

  it('goes by the order of the names, and makes the file of twenty digits of a name with fewer', async () => {
    const log = join(data, LOG);
    for (const short of ['0.log', '18.log', '95.log']) cpSync(join(log, name(36, 'log')), join(log, short));
    writeFileSync(join(log, name(95, 'index')), '');
    rmSync(join(log, name(18, 'log')));
    const { plan, status } = await planOf(log);
    expect(status).toBe(0);
    expect(changesOf(plan, LOG).filter((step) => !step.includes('snapshot'))).toEqual([
      ...[
        `rebuild ${name(18, 'index')} offset-index-missing`,
        `create ${name(18, 'log')} name-without-twenty-digits`,
      ],
      `rebuild ${name(18, 'timeindex')} offset-index-missing`,
      ...[
        `rebuild ${name(95, 'index')} offset-index-missing`,
        `create ${name(95, 'log')} name-without-twenty-digits`,
      ],
      `create ${name(95, 'timeindex')} offset-index-missing`,
    ]);
    expect(plan.logs[0]!.logEndOffset).toBe(95);
  });

  it('tells what goes, what is completed and what is made', async () => {
    const log = join(data, LOG);
    writeFileSync(join(log, name(5, 'index')), '');
    renameSync(join(log, name(18, 'index')), join(log, name(18, 'index.deleted')));
    cpSync(join(log, name(0, 'log')), join(log, name(0, 'log.swap')));
    rmSync(join(log, name(36, 'timeindex')));
    const { plan } = await planOf(log);
    expect(changesOf(plan, LOG)).toEqual([
      `rebuild ${name(0, 'index')} swap-index-missing`,
      `delete ${name(0, 'log')} replaced-by-swap`,
      `rename ${name(0, 'log.swap')} swap-complete`,
      `rebuild ${name(0, 'timeindex')} time-index-missing`,
      `delete ${name(5, 'index')} replaced-by-swap`,
      `create ${name(18, 'index')} offset-index-missing`,
      `delete ${name(18, 'index.deleted')} deleted`,
      `check ${name(18, 'log')} offset-index-missing`,
      `rebuild ${name(18, 'timeindex')} offset-index-missing`,
      `rebuild ${name(36, 'snapshot')} snapshot-due`,
      `create ${name(36, 'timeindex')} time-index-missing`,
      `rebuild ${name(54, 'snapshot')} snapshot-due`,
      `rebuild ${name(72, 'snapshot')} snapshot-due`,
      `rebuild ${name(90, 'snapshot')} snapshot-due`,
    ]);
  });

  const refusals: readonly [string, string, (path: string) => void][] = [
    [
      'name-not-topic-partition',
      'directory-not-topic-partition',
      (path) => mkdirSync(join(path, 'lost+found')),
    ],
    [
      'partition-twice',
      'directory-partition-twice',
      (path) => cpSync(join(path, LOG), join(path, 'codec-none-00'), { recursive: true }),
    ],
    [
      'future-beside-current',
      'directory-future-beside-current',
      (path) => cpSync(join(path, LOG), join(path, `${LOG}.${'0af1'.repeat(8)}-future`), { recursive: true }),
    ],
    [
      'offset-in-name-unreadable',
      'file-name-without-offset',
      (path) => writeFileSync(join(path, LOG, 'a.swap'), ''),
    ],
    [
      'batch-length-too-small',
      'segment-zero-bytes',
      (path) => appendFileSync(join(path, LOG, name(72, 'log')), Buffer.alloc(4096)),
    ],
    [
      'transaction-index-version',
      'transaction-index-version-unknown',
      (path) => writeFileSync(join(path, 'transactions-0', name(12, 'txnindex')), Buffer.alloc(34, 1)),
    ],
    [
      'leader-epoch-checkpoint-malformed',
      'leader-epoch-checkpoint-malformed',
      (path) => writeFileSync(join(path, LOG, 'leader-epoch-checkpoint'), '0\nx\n'),
    ],
  ];
  for (const [reason, code, plant] of refusals)
    it(`says that a broker would not start: ${reason}; and verify warns of it`, async () => {
      plant(data);
      const { plan, status } = await planOf(data);
      expect(status).toBe(1);
      const refused = plan.steps.filter(({ action }) => action === 'refuse');
      expect(refused.map((step) => step.reason)).toEqual([reason]);
      expect(plan.stopsBeforeLoading).toBe(reason === 'name-not-topic-partition');
      const terminal = fakeTerminal();
      expect(await verify.run([data, '--json'], terminal)).toBe(1);
      const { logs, problems } = InspectionSchema.parse(JSON.parse(terminal.output()));
      const found = [...problems, ...logs.flatMap((log) => log.problems)];
      expect(found.map((problem) => problem.code)).toContain(code);
      expect(found.find((problem) => problem.code === code)!.consequence).toMatch(/refuses to start|offline/);
    });

  it('predicts an end of the log that the broker believes through a wrong index', async () => {
    const entry = Buffer.alloc(8);
    entry.writeInt32BE(1_000, 0);
    appendFileSync(join(data, LOG, name(72, 'index')), entry);
    const { plan } = await planOf(join(data, LOG));
    expect(plan.logs[0]!.logEndOffset).toBe(72);
  });

  it('sets aside what the metadata does not give to this broker, and makes what it misses', async () => {
    rmSync(join(data, LOG, 'partition.metadata'));
    const { plan } = await planOf(data);
    const ofDirectories = plan.steps.filter(({ file, log }) => file === '' && log === LOG);
    expect(ofDirectories.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      'set-aside topic-id-missing',
      'create assigned-and-missing',
    ]);
  });

  it('says in words what happens, and counts what stays', async () => {
    truncateSync(join(data, LOG, name(72, 'log')), 1_000);
    rmSync(join(data, MARKER));
    const terminal = fakeTerminal();
    expect(await startup.run([join(data, LOG)], terminal)).toBe(0);
    expect(terminal.output()).toContain('The broker would start.');
    expect(terminal.output()).toMatch(/truncates +\d+ B +The first bytes that are no sound batch/);
    expect(terminal.output()).toMatch(/files stay as they are/);
  });

  it('writes nothing', async () => {
    const before = readdirSync(data, { recursive: true }).sort();
    await planOf(data);
    expect(readdirSync(data, { recursive: true }).sort()).toEqual(before);
  });
});

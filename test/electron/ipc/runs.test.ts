/** Runs of the window on copies of directories that Kafka wrote, with the real workers behind them. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem as fs } from '../../../electron/engine/file-system';
import { Runs } from '../../../electron/ipc/runs';
import type { runContract } from '../../../electron/workers/run-contract';
import type { LogDirectory, scanContract } from '../../../electron/workers/scan-contract';
import { createScanPool } from '../../../electron/workers/scan-pool';
import { planRetention } from '../../../shared/plan/retention-plan';
import type { ConfirmedRetention } from '../../../shared/retention';
import { receivedAnalysis } from '../../../shared/sent-analysis';
import { bundleWorker } from '../../support/bundle-worker';
import { fileHashes } from '../../support/file-hashes';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory');
const NOW_MS = Date.UTC(2026, 9, 1);

let urls: { scan: URL; run: URL };
let folder: string;
let log: LogDirectory;
let runs: Runs;
let ended: string[];
let scans: ReturnType<typeof createScanPool<typeof scanContract>>;
let closing: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  urls = {
    scan: await bundleWorker('electron/workers/scan-worker.ts'),
    run: await bundleWorker('electron/workers/run-worker.ts'),
  };
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-runs-'));
  await cp(FIXTURE, join(folder, 'data'), { recursive: true, preserveTimestamps: true });
  process.env['STRATA_STATE_DIR'] = join(folder, 'state');
  const path = join(folder, 'data', 'codec-none-0');
  log = { name: 'codec-none-0', path, topic: 'codec-none', partition: 0, state: 'current', format: 'kafka' };
  const poolOf = (url: URL) => ({
    size: 1,
    spawn: () => new Worker(url, { workerData: { checksResults: true }, env: process.env }),
    onWorkerDied: () => {},
  });
  scans = createScanPool<typeof scanContract>(poolOf(urls.scan));
  const pool = createScanPool<typeof runContract>(poolOf(urls.run));
  closing = [scans, pool];
  ended = [];
  const onRunEnded = (path: string) => void ended.push(path);
  runs = new Runs({ fs, scans, runs: pool, onRunEnded });
});
afterEach(async () => {
  await Promise.all(closing.map((pool) => pool.close()));
  await rm(folder, { recursive: true });
});
afterAll(() => void delete process.env['STRATA_STATE_DIR']);

const dataHashes = () => fileHashes(join(folder, 'data'));
const asKafka = { clock: 'kafka', brokerConfigPath: null } as const;
const wish = { cleanupPolicy: 'delete', retentionMs: null, clock: 'kafka' } as const;

/** As the page does it: facts once, the plan from them, what it would delete confirmed. */
async function confirmed(retentionBytes: number) {
  const facts = await scans.call('log.retentionFacts', { log, cleanupPolicy: 'delete', ...asKafka });
  const policy = { ...facts.policy, retentionMs: -1, retentionBytes };
  const { deletions } = planRetention(facts.segments, policy, facts, NOW_MS);
  const planned = deletions.map(({ baseOffset, sizeInBytes }) => ({ baseOffset, sizeInBytes }));
  return { ...wish, retentionMs: -1, retentionBytes, nowMs: NOW_MS, deletions: planned };
}

const NO_PLACES = { brokerConfigPath: null, archiveTo: null, copyTo: null };
const options = () => ({ signal: new AbortController().signal, onProgress: () => {} });

const apply = (plan: ConfirmedRetention, places: Partial<typeof NO_PLACES> | object = {}) =>
  runs.applyRetention(log, plan, { ...NO_PLACES, ...places }, options());

describe('log.retentionFacts', () => {
  it('has settings with their sources, and why an assumed policy is not applied', async () => {
    const assumed = await scans.call('log.retentionFacts', { log, cleanupPolicy: null, ...asKafka });
    expect(assumed).toMatchObject({
      policy: { deletes: true, compacts: false },
      policySource: 'assumed',
      highWatermarkSource: 'log-end-offset',
      settings: { 'retention.bytes': { value: '-1', source: 'default' } },
    });
    expect(assumed.refusal).toContain('assumed');
    const given = await scans.call('log.retentionFacts', { log, cleanupPolicy: 'delete', ...asKafka });
    expect([given.policySource, given.refusal]).toEqual(['given', null]);
  });
});

describe('Runs', () => {
  it('applies what was confirmed, lists it, and takes it back byte for byte', async () => {
    const before = await dataHashes();
    const plan = await confirmed(4096);
    expect(plan.deletions).toHaveLength(2);
    const run = await apply(plan);
    expect(run).toMatchObject({ kind: 'retention', state: 'done', deletedSegmentCount: 2 });
    expect(await runs.list(log)).toEqual([run]);
    expect((await readdir(log.path)).filter((name) => name.endsWith('.log.deleted'))).toHaveLength(2);
    expect(await runs.undo(log, run.runId)).toMatchObject({ runId: run.runId, state: 'undone' });
    expect(await dataHashes()).toEqual(before);
  });

  it('does nothing where the plan comes out differently under the lock', async () => {
    const plan = await confirmed(4096);
    const before = await dataHashes();
    const smaller = { ...plan, deletions: plan.deletions.slice(0, 1) };
    await expect(apply(smaller)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' });
    expect([await dataHashes(), await runs.list(log)]).toEqual([before, []]);
  });

  it('refuses an assumed policy', async () => {
    const plan = { ...(await confirmed(4096)), cleanupPolicy: null };
    await expect(apply(plan)).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
  });

  it('runs on a copy where the log itself is refused, and keeps what goes in an archive', async () => {
    const before = await dataHashes();
    const plan = { ...(await confirmed(4096)), cleanupPolicy: null };
    const [copyTo, archiveTo] = [join(folder, 'copies'), join(folder, 'kept')];
    const progress: number[] = [];
    const run = await runs.applyRetention(
      log,
      plan,
      { ...NO_PLACES, copyTo, archiveTo },
      {
        signal: new AbortController().signal,
        onProgress: ({ bytesDone, bytesTotal }) => void progress.push(bytesDone, bytesTotal - bytesDone),
      },
    );
    expect([await dataHashes(), run.deletedSegmentCount]).toEqual([before, 2]);
    const copy = join(copyTo, log.name);
    expect(ended).toEqual([copy]);
    const bases = plan.deletions.map(({ baseOffset }) => String(baseOffset).padStart(20, '0'));
    const names = await readdir(copy);
    for (const base of bases) {
      expect(names).toContain(`${base}.log.deleted`);
      const kept = await readFile(join(archiveTo, log.name, `${base}.log`));
      expect(kept.equals(await readFile(join(log.path, `${base}.log`)))).toBe(true);
    }
    expect(Math.min(...progress)).toBeGreaterThanOrEqual(0);
    expect(await runs.undo({ path: copy }, run.runId)).toMatchObject({ state: 'undone' });
  });

  it('leaves nothing of a copy that was cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const places = { ...NO_PLACES, copyTo: join(folder, 'copies') };
    const refused = runs.applyRetention(log, await confirmed(4096), places, {
      signal: controller.signal,
      onProgress: () => {},
    });
    await expect(refused).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(folder)).not.toContain('copies');
  });

  it('takes the policy from a server.properties that was given', async () => {
    const brokerConfigPath = join(folder, 'server.properties');
    await writeFile(brokerConfigPath, 'log.cleanup.policy=delete\nlog.retention.bytes=4096\n');
    const facts = await scans.call('log.retentionFacts', {
      ...{ log, cleanupPolicy: null, clock: 'kafka', brokerConfigPath },
    });
    expect(facts).toMatchObject({
      policySource: 'given',
      refusal: null,
      settings: { 'retention.bytes': { value: '4096', source: 'broker-config' } },
    });
    const plan = { ...(await confirmed(4096)), cleanupPolicy: null, retentionBytes: null };
    await expect(apply(plan)).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    expect(await apply(plan, { brokerConfigPath })).toMatchObject({ deletedSegmentCount: 2 });
  });

  it('undoes the last run first', async () => {
    const first = await apply(await confirmed(6000));
    const second = await apply(await confirmed(3000));
    const there = await dataHashes();
    await expect(runs.undo(log, first.runId)).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    expect(await dataHashes()).toEqual(there);
    await runs.undo(log, second.runId);
    await runs.undo(log, first.runId);
    expect((await runs.list(log)).map(({ state }) => state)).toEqual(['undone', 'undone']);
  });

  it('frees the space of a run for good', async () => {
    const { runId } = await apply(await confirmed(4096));
    const sizes = await Promise.all(
      (await readdir(log.path))
        .filter((name) => name.endsWith('.deleted'))
        .map(async (name) => (await readFile(join(log.path, name))).length),
    );
    const freedBytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(await runs.purge(log, runId)).toMatchObject({ state: 'purged', freedBytes });
    expect((await readdir(log.path)).filter((name) => name.endsWith('.deleted'))).toEqual([]);
    await expect(runs.undo(log, runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('log.compaction and Runs.compact', () => {
  const compacted = (): LogDirectory => {
    const name = 'compacted-0';
    const path = join(folder, 'data', name);
    return { name, path, topic: 'compacted', partition: 0, state: 'current', format: 'kafka' };
  };
  const IN_PLACE = { brokerConfigPath: null, copyTo: null };
  const settings = {
    cleanupPolicy: null,
    minCleanableDirtyRatio: 0,
    minCompactionLagMs: null,
    maxCompactionLagMs: null,
    deleteRetentionMs: null,
    kafkaVersion: null,
  };

  async function confirmedCompaction() {
    const { plan, nowMs } = await scans.call('log.compaction', {
      log: compacted(),
      ...settings,
      recompresses: false,
      brokerConfigPath: null,
    });
    const { firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter } = plan;
    return { ...settings, nowMs, firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter };
  }

  it('tells what the sliders need before anything is analysed', async () => {
    const facts = await scans.call('log.compactionFacts', {
      ...{ log: compacted(), cleanupPolicy: null, brokerConfigPath: null },
    });
    expect(facts).toMatchObject({
      policy: { compacts: true },
      policySource: 'metadata',
      refusal: null,
      settings: { 'max.compaction.lag.ms': { value: '9223372036854775807', source: 'default' } },
      state: { logEndOffset: 100, cleanerCheckpoint: null },
    });
    expect(facts.state.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 45, 90]);
  });

  it('analyses, segment by segment', async () => {
    const sent = await scans.call('log.compaction', {
      log: compacted(),
      ...settings,
      recompresses: false,
      brokerConfigPath: null,
    });
    const { plan } = receivedAnalysis(sent);
    expect(plan).toMatchObject({ eligible: true, recordsBefore: 100, recordsAfter: 16, uniqueKeyCount: 6 });
    expect(plan.segments.map(({ sourceBaseOffsets }) => sourceBaseOffsets)).toEqual([[0], [45], [90]]);
    expect(
      plan.sources.map(({ becomesBaseOffset, recordsAfter }) => [becomesBaseOffset, recordsAfter]),
    ).toEqual([...plan.segments.map(({ baseOffset, recordsAfter }) => [baseOffset, recordsAfter])]);
  });

  it('takes a max.compaction.lag.ms that was tried, never included', async () => {
    const dirty = { ...settings, minCleanableDirtyRatio: 1 };
    const [soon, never] = await Promise.all(
      [1, -1].map((maxCompactionLagMs) =>
        scans.call('log.compaction', {
          ...{ log: compacted(), ...dirty, maxCompactionLagMs, recompresses: false, brokerConfigPath: null },
        }),
      ),
    );
    expect(soon!.plan.reasons).toEqual(['max-compaction-lag-exceeded']);
    expect(never!.plan.reasons).toEqual(['dirty-ratio']);
  });

  it('compacts what was confirmed and takes it back byte for byte', async () => {
    const before = await dataHashes();
    const run = await runs.compact(compacted(), await confirmedCompaction(), IN_PLACE, options());
    expect(run).toMatchObject({ kind: 'compaction', state: 'done', deletedSegmentCount: 2 });
    expect(run.freedBytes).toBeGreaterThan(0);
    await runs.undo(compacted(), run.runId);
    expect(await dataHashes()).toEqual(before);
  });

  it('compacts a copy and leaves the log as it is, with the checkpoint and the settings of its data directory', async () => {
    const before = await dataHashes();
    const copyTo = join(folder, 'copy');
    const plan = { ...(await confirmedCompaction()), cleanupPolicy: null };
    const run = await runs.compact(compacted(), plan, { brokerConfigPath: null, copyTo }, options());
    expect(run).toMatchObject({ kind: 'compaction', state: 'done', deletedSegmentCount: 2 });
    const copied = (await readdir(copyTo, { recursive: true })).filter((name) =>
      name.endsWith('.log.deleted'),
    );
    expect(copied).toHaveLength(2);
    expect(await dataHashes()).toEqual(before);
  });

  it('does nothing where the plan comes out differently under the lock', async () => {
    const before = await dataHashes();
    const other = { ...(await confirmedCompaction()), recordsAfter: 17 };
    await expect(runs.compact(compacted(), other, IN_PLACE, options())).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
    });
    expect(await dataHashes()).toEqual(before);
  });
});

describe('Runs.settled', () => {
  it('waits for a change that is begun while it waits, too', async () => {
    const ends: (() => void)[] = [];
    const call = () => new Promise((resolve) => ends.push(() => resolve({ path: '/sample' })));
    const slow = new Runs({ fs, scans, runs: { call } as never, onRunEnded: () => {} });
    const first = slow.createSample('/place', options());
    let hasSettled = false;
    const settled = slow.settled().then(() => {
      hasSettled = true;
    });
    const second = slow.createSample('/place', options());
    ends[0]!();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasSettled).toBe(false);
    ends[1]!();
    await Promise.all([second, settled]);
  });
});

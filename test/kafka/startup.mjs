/**
 * The next start-up: directories are prepared from Kafka's own files, played through by `strata startup`, and then a
 * real broker starts on a copy. Its effect on every log's directory must be the predicted one, file by file; and
 * where the prediction says that it will not start, it must not.
 */
import assert from 'node:assert/strict';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startBroker } from '../../build/kafka/broker.mjs';

export const title = 'next start-up';

const VERSION = '4.4.0';
const FIXTURES = resolve(import.meta.dirname, '../fixtures/kafka', VERSION);
const MARKER = '.kafka_cleanshutdown';
/** Nothing but the start itself touches the files; what it deletes later is gone after a second. */
const UNDISTURBED = {
  'log.initial.task.delay.ms': 3_600_000,
  'log.retention.check.interval.ms': 3_600_000,
  'log.flush.offset.checkpoint.interval.ms': 3_600_000,
  'log.flush.start.offset.checkpoint.interval.ms': 3_600_000,
  'log.cleaner.backoff.ms': 3_600_000,
  'log.cleaner.enable': false,
  'log.segment.delete.delay.ms': 1_000,
};
const HEX_ID = '0123456789abcdef0123456789abcdef';

const name = (offset, suffix) => `${String(offset).padStart(20, '0')}.${suffix}`;

async function changeBytes(path, change) {
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}
const flip = (bytes, at) => bytes.writeUInt8(bytes.at(at) ^ 0x40, at < 0 ? bytes.length + at : at);
const lastBatchAt = async (path) => {
  const bytes = await readFile(path);
  let last = 0;
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) last = at;
  return last;
};

async function setCheckpoint(data, file, topic, offset) {
  const path = join(data, file);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').slice(2);
  const others = lines.filter((line) => !line.startsWith(`${topic} 0 `));
  const rows = offset === null ? others : [...others, `${topic} 0 ${offset}`];
  await writeFile(path, `0\n${rows.length}\n${rows.join('\n')}\n`);
}

/** All files of a segment under another suffix. */
async function copySegment(log, from, to, suffix = '') {
  for (const kind of ['log', 'index', 'timeindex'])
    await cp(join(log, name(from, kind)), join(log, name(to, kind) + suffix));
}

/** Each changes one log of the data directory, whose last stop was in order. */
const CLEAN_CASES = {
  'codec-gzip': {
    does: 'the offset index of a closed segment is missing',
    prepare: (log) => rm(join(log, name(42, 'index'))),
  },
  'codec-lz4': { does: 'a time index is missing', prepare: (log) => rm(join(log, name(0, 'timeindex'))) },
  'codec-none': {
    does: 'an index without its log, and segments whose names have fewer than twenty digits',
    async prepare(log) {
      await writeFile(join(log, name(7, 'index')), '');
      await writeFile(join(log, name(7, 'timeindex')), Buffer.alloc(12));
      await writeFile(join(log, name(99, 'txnindex')), '');
      await writeFile(join(log, name(95, 'index')), '');
      const [first] = await segmentsOf(log);
      for (const base of [0, 95]) await cp(join(log, name(first, 'log')), join(log, `${base}.log`));
    },
  },
  'codec-snappy': {
    does: 'a .swap segment in the place of two',
    async prepare(log) {
      const [first, second] = (await segmentsOf(log)).slice(0, 2);
      await copySegment(log, first, first, '.swap');
      await appendFile(
        join(log, `${name(first, 'log')}.swap`),
        await readFile(join(log, name(second, 'log'))),
      );
    },
  },
  'codec-zstd': {
    does: '.cleaned files, and .swap files that belong to them',
    async prepare(log) {
      const [first, second] = await segmentsOf(log);
      await copySegment(log, first, first, '.cleaned');
      await copySegment(log, second, second, '.swap');
    },
  },
  'mixed-codecs': {
    does: '.deleted files, temporary files, files of no segment, a directory inside',
    async prepare(log) {
      const [first] = await segmentsOf(log);
      await copySegment(log, first, first, '.deleted');
      await writeFile(join(log, 'notes.txt'), 'mine');
      await writeFile(join(log, 'leader-epoch-checkpoint.tmp'), '0\n');
      await mkdir(join(log, 'inside'));
    },
  },
  'binary-values': {
    does: 'indexes filled with zeros',
    async prepare(log) {
      for (const base of await segmentsOf(log))
        for (const kind of ['index', 'timeindex']) {
          const path = join(log, name(base, kind));
          await writeFile(path, Buffer.alloc((await stat(path)).size));
        }
    },
  },
  'log-append-time': {
    does: 'a bad batch in a closed segment, which nobody looks at',
    prepare: async (log) =>
      changeBytes(join(log, name((await segmentsOf(log))[0], 'log')), (bytes) => flip(bytes, 100)),
  },
  'highly-compressible': {
    does: 'a torn tail after a clean stop',
    prepare: async (log) => appendFile(join(log, name(0, 'log')), Buffer.alloc(9, 1)),
  },
  'rolled-by-time': {
    does: 'all snapshots of the producer state are missing',
    async prepare(log) {
      for (const file of await readdir(log)) if (file.endsWith('.snapshot')) await rm(join(log, file));
    },
  },
  'odd-times': {
    does: 'partition.metadata is missing',
    prepare: (log) => rm(join(log, 'partition.metadata')),
  },
  'two-producers': {
    does: 'the log start offset lies behind the end',
    prepare: (_, data) => setCheckpoint(data, 'log-start-offset-checkpoint', 'two-producers', 500),
  },
  'plain-producer': {
    does: 'the last entry of the offset index points behind the end of the last segment',
    async prepare(log) {
      const base = (await segmentsOf(log)).at(-1);
      const entry = Buffer.alloc(8);
      entry.writeInt32BE(1000, 0);
      entry.writeInt32BE(1_000_000, 4);
      await appendFile(join(log, name(base, 'index')), entry);
    },
  },
  transactions: {
    does: 'a transaction index names a transaction below its segment',
    async prepare(log) {
      const file = (await readdir(log)).filter((one) => one.endsWith('.txnindex')).at(-1);
      await changeBytes(join(log, file), (bytes) => bytes.writeBigInt64BE(-5n, 18));
    },
  },
  trimmed: { does: 'segments below the log start offset', prepare: async () => undefined },
  compacted: {
    does: 'an unreadable newest snapshot',
    async prepare(log) {
      const file = (await readdir(log))
        .filter((one) => one.endsWith('.snapshot'))
        .sort()
        .at(-1);
      await changeBytes(join(log, file), (bytes) => flip(bytes, bytes.length - 1));
    },
  },
  'compacted-transactions': {
    does: 'stray snapshots below and above',
    async prepare(log) {
      const file = (await readdir(log))
        .filter((one) => one.endsWith('.snapshot'))
        .sort()
        .at(-1);
      for (const offset of [3, 9, 900]) await cp(join(log, file), join(log, name(offset, 'snapshot')));
    },
  },
  'one-record': {
    does: 'no file at all',
    async prepare(log) {
      for (const file of await readdir(log)) if (file !== 'partition.metadata') await rm(join(log, file));
    },
  },
  empty: { does: 'nothing: the log is empty', prepare: async () => undefined },
};

/** Likewise, without the marker of a clean stop; the recovery point is 0 unless a case sets it. */
const UNCLEAN_CASES = {
  'codec-gzip': {
    does: 'a torn tail',
    prepare: async (log) => {
      const path = join(log, name((await segmentsOf(log)).at(-1), 'log'));
      await truncate(path, (await stat(path)).size - 7);
    },
  },
  'codec-lz4': {
    does: 'a bad batch in the middle',
    prepare: async (log) =>
      changeBytes(join(log, name((await segmentsOf(log))[1], 'log')), (bytes) => flip(bytes, -1)),
  },
  'codec-none': {
    does: 'a zero tail',
    prepare: async (log) =>
      appendFile(join(log, name((await segmentsOf(log)).at(-1), 'log')), Buffer.alloc(4096)),
  },
  'codec-snappy': {
    does: 'a bad batch in front of the recovery point',
    async prepare(log, data) {
      await changeBytes(join(log, name(0, 'log')), (bytes) => flip(bytes, 80));
      await setCheckpoint(data, 'recovery-point-offset-checkpoint', 'codec-snappy', 85);
    },
  },
  'codec-zstd': {
    does: 'indexes filled with zeros',
    async prepare(log) {
      for (const base of await segmentsOf(log))
        for (const kind of ['index', 'timeindex'])
          await writeFile(join(log, name(base, kind)), Buffer.alloc(120));
    },
  },
  'mixed-codecs': {
    does: 'a wrong base offset, which nobody notices',
    prepare: async (log) => changeBytes(join(log, name(0, 'log')), (bytes) => bytes.writeBigInt64BE(2n, 0)),
  },
  'binary-values': {
    does: 'a magic of 3, which counts as 2',
    prepare: async (log) => changeBytes(join(log, name(0, 'log')), (bytes) => bytes.writeInt8(3, 16)),
  },
  'log-append-time': {
    does: 'offsets that do not increase',
    async prepare(log) {
      const path = join(log, name((await segmentsOf(log)).at(-1), 'log'));
      const bytes = await readFile(path);
      await writeFile(path, Buffer.concat(Array(12).fill(bytes)));
    },
  },
  'highly-compressible': {
    does: 'a length field that reaches past the end',
    prepare: (log) => changeBytes(join(log, name(0, 'log')), (bytes) => bytes.writeInt32BE(9_000_000, 8)),
  },
  'rolled-by-time': {
    does: 'the offset index of the first segment is missing',
    prepare: (log) => rm(join(log, name(0, 'index'))),
  },
  'odd-times': {
    does: 'the last batch twice',
    async prepare(log) {
      const path = join(log, name((await segmentsOf(log)).at(-1), 'log'));
      const at = await lastBatchAt(path);
      await appendFile(path, (await readFile(path)).subarray(at));
    },
  },
  transactions: {
    does: 'no transaction index and no snapshot',
    async prepare(log) {
      for (const file of await readdir(log))
        if (/\.(txnindex|snapshot)$/.test(file)) await rm(join(log, file));
    },
  },
  'two-producers': {
    does: 'the log start offset lies behind the end',
    prepare: (_, data) => setCheckpoint(data, 'log-start-offset-checkpoint', 'two-producers', 500),
  },
  trimmed: {
    does: 'a bad batch and no checkpointed log start offset',
    async prepare(log, data) {
      await setCheckpoint(data, 'log-start-offset-checkpoint', 'trimmed', null);
      await changeBytes(join(log, name((await segmentsOf(log))[0], 'log')), (bytes) => flip(bytes, -1));
    },
  },
  compacted: { does: 'nothing: a crash', prepare: async () => undefined },
};

/** A broker that must not start: what is done to a data directory after a clean stop, and the reason to be named. */
const FATAL_CASES = {
  'transaction-index-version': async (data) => {
    const log = join(data, 'transactions-0');
    const file = (await readdir(log)).find((one) => one.endsWith('.txnindex'));
    await changeBytes(join(log, file), (bytes) => bytes.writeInt16BE(9, 0));
  },
  'batch-length-too-small': async (data) => {
    const log = join(data, 'odd-times-0');
    await appendFile(join(log, name((await segmentsOf(log)).at(-1), 'log')), Buffer.alloc(4096));
  },
  'future-beside-current': (data) =>
    cp(join(data, 'odd-times-0'), join(data, `odd-times-0.${HEX_ID}-future`), { recursive: true }),
  'name-not-topic-partition': (data) => mkdir(join(data, 'lost+found')),
  'partition-twice': (data) => cp(join(data, 'odd-times-0'), join(data, 'odd-times-00'), { recursive: true }),
  'offset-in-name-unreadable': (data) => writeFile(join(data, 'odd-times-0', 'copy.index'), ''),
  'leader-epoch-checkpoint-malformed': (data) =>
    writeFile(join(data, 'odd-times-0', 'leader-epoch-checkpoint'), '0\nmany\n'),
  'partition-metadata-malformed': (data) =>
    writeFile(join(data, 'odd-times-0', 'partition.metadata'), 'version: x\n'),
};

async function segmentsOf(log) {
  const files = (await readdir(log)).filter((file) => file.endsWith('.log'));
  return files.map((file) => Number.parseInt(file, 10)).sort((a, b) => a - b);
}

/** Name to bytes of the files of a log; sizes would not tell a file that was written anew from one that was kept. */
async function treeOf(log) {
  const files = {};
  for (const entry of await readdir(log, { withFileTypes: true }))
    files[entry.name] = entry.isFile() ? await readFile(join(log, entry.name)) : null;
  return files;
}

async function prepared(scratch, id) {
  const data = join(scratch, id);
  await cp(join(FIXTURES, 'data-directory'), data, { recursive: true });
  return data;
}

/** Names that the log's files are to have, with the step that tells. */
function predicted(plan, log) {
  const steps = plan.steps.filter((step) => step.log === log && step.file !== '');
  const left = steps.filter(({ action }) => action !== 'delete' && action !== 'delete-later');
  return new Map(left.map((step) => [step.toName ?? step.file, step]));
}

function assertTree(plan, log, before, after) {
  const expected = predicted(plan, log);
  assert.deepEqual(Object.keys(after).sort(), [...expected.keys()].sort(), 'files');
  const wrong = [];
  for (const [file, step] of expected) {
    if (after[file] === null) continue;
    if (file.endsWith('.log') && after[file].length !== step.sizeAfterInBytes)
      wrong.push(`${file}: ${after[file].length} bytes, predicted ${step.sizeAfterInBytes}`);
    if (!['keep', 'check', 'rename', 'truncate'].includes(step.action) || file === 'leader-epoch-checkpoint')
      continue;
    const kept = before[step.file].subarray(0, step.sizeAfterInBytes ?? undefined);
    const isSame = after[file].subarray(0, kept.length).equals(kept);
    // Indexes of the last segment are preallocated while a broker runs.
    if (!isSame || after[file].subarray(kept.length).some((byte) => byte !== 0))
      wrong.push(`${file}: other bytes`);
  }
  assert.deepEqual(wrong, [], 'contents');
}

async function settled(data) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const names = await readdir(data, { recursive: true }).catch(() => ['.deleted']);
    if (!names.some((file) => file.endsWith('.deleted') || file.endsWith('-delete'))) return;
    await delay(250);
  }
}

/** The directory of a log after the start, which may have another name. */
async function afterName(data, plan, log) {
  const step = plan.steps.find((one) => one.log === log && one.file === '' && one.action === 'set-aside');
  if (step === undefined) return log;
  const [head, tail] = step.toName.split('…');
  const found = (await readdir(data)).find((file) => file.startsWith(head) && file.endsWith(tail));
  // A broker writes the leader epochs in the background, and renames the directory meanwhile: now and then its
  // temporary file is left there.
  await rm(join(data, found, 'leader-epoch-checkpoint.tmp'), { force: true });
  return found;
}

async function compareStarts(
  { check, strataJson, scratch },
  { id, cases, prepareRoot, config = UNDISTURBED },
) {
  const data = await prepared(scratch, id);
  await prepareRoot(data);
  for (const [topic, { prepare }] of Object.entries(cases)) await prepare(join(data, `${topic}-0`), data);
  const plan = await strataJson('startup', data);
  const before = new Map();
  for (const { name: log } of plan.logs) before.set(log, await treeOf(join(data, log)));
  const broker = await startBroker({ version: VERSION, dataDirectory: data, config });
  await settled(data);
  const names = new Map(
    await Promise.all(plan.logs.map(async ({ name: log }) => [log, await afterName(data, plan, log)])),
  );
  const after = new Map();
  for (const { name: log } of plan.logs)
    after.set(log, await treeOf(join(data, names.get(log) ?? log)).catch(() => null));
  const rootNames = (await readdir(data)).filter(
    (file) => !file.startsWith('.') && !/metadata|checkpoint|meta\./.test(file),
  );
  await broker.kill();
  await check(`${id}: the broker starts, as predicted`, () =>
    assert.deepEqual(
      plan.steps.filter(({ action }) => action === 'refuse'),
      [],
    ),
  );
  const isGone = (log) =>
    plan.steps.some((step) => step.log === log && step.file === '' && step.action === 'delete-later');
  const loaded = plan.logs.filter(({ name: log, state }) => state !== 'metadata' && !isGone(log));
  await check(`${id}: directories`, () => {
    const made = plan.steps
      .filter(({ action, file }) => action === 'create' && file === '')
      .map(({ log }) => log);
    const expected = [...loaded.map(({ name: log }) => names.get(log)), ...made];
    assert.deepEqual(rootNames.sort(), expected.sort());
  });
  for (const log of loaded) {
    const found = cases[log.name.slice(0, -2)];
    // The coordinators write their own logs as soon as they run.
    if (found === undefined && log.name.startsWith('__')) continue;
    await check(`${id}: ${log.name}: ${found?.does ?? 'untouched'}`, () =>
      assertTree(plan, log.name, before.get(log.name), after.get(log.name)),
    );
  }
}

async function compareRefusal({ check, strataJson, scratch }, reason, prepare) {
  const data = await prepared(scratch, `fatal-${reason}`);
  await prepare(data);
  const plan = await strataJson('startup', data);
  const before = {};
  for (const { name: log } of plan.logs) before[log] = await treeOf(join(data, log));
  const broker = await startBroker({ version: VERSION, dataDirectory: data, config: UNDISTURBED }).catch(
    (error) => error,
  );
  if (!(broker instanceof Error)) await broker.kill();
  await check(`fatal: ${reason}`, async () => {
    const refusals = plan.steps.filter(({ action }) => action === 'refuse');
    assert.deepEqual(
      refusals.map((step) => step.reason),
      [reason],
    );
    assert.ok(broker instanceof Error, 'the broker started');
    const hasMarker = (await readdir(data)).includes(MARKER);
    assert.equal(hasMarker, false, 'the marker');
    if (!plan.stopsBeforeLoading) return;
    for (const [log, tree] of Object.entries(before)) {
      if (log.startsWith('__cluster_metadata')) continue;
      assert.deepEqual(await treeOf(join(data, log)), tree, log);
    }
  });
  await rm(data, { recursive: true });
}

async function withOthers(data) {
  await rename(join(data, 'two-producers-0'), join(data, `two-producers-0.${HEX_ID}-delete`));
  await rename(join(data, 'one-record-0'), join(data, `one-record-0.${HEX_ID}-stray`));
  await cp(join(data, 'codec-gzip-0'), join(data, 'nobody-3'), { recursive: true });
  await writeFile(
    join(data, 'nobody-3', 'partition.metadata'),
    'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ',
  );
  // Missing, and to be made again; its segments below the log start offset would go with the periodic tasks, too.
  await rm(join(data, 'trimmed-0'), { recursive: true });
  await rm(join(data, 'replication-offset-checkpoint'));
  await writeFile(join(data, 'cleaner-offset-checkpoint'), 'x');
}

export async function run(around) {
  await compareStarts(around, { id: 'clean stop', cases: CLEAN_CASES, prepareRoot: async () => undefined });
  await compareStarts(around, {
    id: 'unclean stop',
    cases: UNCLEAN_CASES,
    async prepareRoot(data) {
      await rm(join(data, MARKER));
      await writeFile(join(data, 'recovery-point-offset-checkpoint'), '0\n0\n');
    },
  });
  // Directories are deleted by the first of the periodic tasks.
  const config = { ...UNDISTURBED, 'log.initial.task.delay.ms': 300 };
  await compareStarts(around, { id: 'kinds of directories', cases: {}, prepareRoot: withOthers, config });
  for (const [reason, prepare] of Object.entries(FATAL_CASES)) await compareRefusal(around, reason, prepare);
}

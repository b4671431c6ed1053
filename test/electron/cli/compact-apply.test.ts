/** Runs on copies of logs that Kafka then cleaned: what we leave is what Kafka left. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compact } from '../../../electron/cli/compact';
import { undo } from '../../../electron/cli/undo';
import { nodeFileSystem as fs } from '../../../electron/engine/file-system';
import { inspectLog } from '../../../electron/engine/inspect/inspect-log';
import { readRecords } from '../../../electron/engine/inspect/read-records';
import { CompactionReportSchema } from '../../../shared/compaction';
import { fakeTerminal } from '../../support/fake-terminal';
import { fileHashes } from '../../support/file-hashes';
import { kafkaFixtures } from '../../support/kafka-fixtures';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/kafka');
const NOW = 1_800_000_000_000;
const VERSION = '4.4.0';
const GIVEN = ['--min-cleanable-dirty-ratio', '0.01'];
let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-compact-'));
  data = join(folder, 'data');
  await cp(join(FIXTURES, VERSION, 'data-directory'), data, { recursive: true, preserveTimestamps: true });
  process.env['STRATA_STATE_DIR'] = join(folder, 'state');
});
afterEach(async () => {
  delete process.env['STRATA_STATE_DIR'];
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const terminal = fakeTerminal({ nowMs: NOW });
  const status = await compact.run([...args, '--json'], terminal);
  return { status, log: CompactionReportSchema.parse(JSON.parse(terminal.output())).logs[0]! };
}

async function offsetsBySegment(path: string): Promise<Map<number, number[]>> {
  const offsets = new Map<number, number[]>();
  for await (const { segmentBaseOffset, records } of readRecords(fs, path, {}))
    offsets.set(segmentBaseOffset, [
      ...(offsets.get(segmentBaseOffset) ?? []),
      ...records.map(({ offset }) => offset),
    ]);
  return offsets;
}

const cleaned = kafkaFixtures().filter(({ id }) => id.startsWith(`${VERSION}/cleaned/`));

describe('compact --apply', () => {
  it.each(cleaned.map((log) => [log.name, log] as const))(
    'leaves what Kafka left: %s',
    async (name, kafka) => {
      const path = join(data, name);
      const { status, log } = await run(path, ...GIVEN, '--apply');
      expect([status, log.refusal]).toEqual([0, null]);
      const offsets = await offsetsBySegment(path);
      const expected = kafka.segments.map(
        ({ baseOffset, batches }) => [baseOffset, batches.flatMap((batch) => batch.offsets)] as const,
      );
      expect([...offsets]).toEqual(expected.filter(([, list]) => list.length > 0));
      for (const { baseOffset, recordsAfter } of log.segments)
        expect(offsets.get(baseOffset) ?? []).toHaveLength(recordsAfter);
      const { problems } = await inspectLog(fs, kafkaDirectory(path, name), { depth: 'records', nowMs: NOW });
      expect(problems.filter(({ code }) => code !== 'file-leftover')).toEqual([]);
      const checkpoint = await readFile(join(data, 'cleaner-offset-checkpoint'), 'utf8');
      expect(checkpoint).toContain(`${name.replace(/-0$/, ' 0')} ${log.cleanableEndOffset}\n`);
    },
  );

  it('leaves what a broker 2.8 left of message format 1, in its format', async () => {
    const id = '2.8.2/cleaned/compacted-format-1-0';
    const kafka = kafkaFixtures().find((fixture) => fixture.id === id)!;
    const settings = join(folder, 'server.properties');
    const { config } = kafkaFixtures().find(
      (fixture) => fixture.id === id.replace('cleaned', 'data-directory'),
    )!;
    await writeFile(settings, `log.segment.bytes=${config!['segment.bytes']}\n`);
    const given = ['--cleanup-policy', 'compact', '--kafka-version', '2.8', '--broker-config', settings];
    const log = join(FIXTURES, '2.8.2/data-directory', kafka.name);
    const target = join(folder, 'copy');
    expect((await run(log, ...given, '--apply', '--copy-to', target)).log.refusal).toBeNull();
    const path = join(target, kafka.name);
    const offsets = [...(await offsetsBySegment(path)).values()].flat();
    expect(offsets).toEqual(
      kafka.segments.flatMap(({ batches }) => batches.flatMap((batch) => batch.offsets)),
    );
    const { problems, segments } = await inspectLog(fs, kafkaDirectory(path, kafka.name), {
      depth: 'records',
      nowMs: NOW,
    });
    // A copy stands alone: nothing says that it was compacted.
    const expected = ['file-leftover', 'batch-offset-gap'];
    expect(problems.filter(({ code }) => !expected.includes(code))).toEqual([]);
    expect(segments.length).toBe(kafka.segments.length);
    for (const name of (await readdir(path)).filter((file) => file.endsWith('.log'))) {
      const bytes = await readFile(join(path, name));
      if (bytes.length > 0) expect(bytes[16], name).toBe(1);
    }
  });

  it('is taken back by undo, to the byte', async () => {
    const before = await fileHashes(data);
    await run(data, '--topic', 'compacted-transactions', ...GIVEN, '--apply');
    expect(await fileHashes(data)).not.toEqual(before);
    expect(await undo.run([data], fakeTerminal())).toBe(0);
    expect(await fileHashes(data)).toEqual(before);
  });

  it('compacts a copy and leaves the log alone', async () => {
    const before = await fileHashes(data);
    const target = join(folder, 'copy');
    const { status, log } = await run(join(data, 'compacted-0'), ...GIVEN, '--apply', '--copy-to', target);
    expect([status, log.applied?.directory]).toEqual([0, join(target, 'compacted-0')]);
    expect(await fileHashes(data)).toEqual(before);
    const sizes = await offsetsBySegment(join(target, 'compacted-0'));
    expect([...sizes.values()].flat()).toHaveLength(log.recordsAfter);
  });

  it('refuses another policy than that of the topic, and a log that is not eligible', async () => {
    const before = await fileHashes(data);
    const given = [...GIVEN, '--cleanup-policy', 'compact,delete', '--apply'];
    const other = await run(join(data, 'compacted-0'), ...given);
    expect([other.status, other.log.refusal]).toEqual([1, "The topic's own cleanup.policy is compact."]);
    const idle = await run(join(data, 'compacted-0'), '--apply');
    expect([idle.status, idle.log.reasons]).toEqual([1, ['dirty-ratio']]);
    expect(await fileHashes(data)).toEqual(before);
  });

  it('leaves a damaged log alone', async () => {
    const path = join(data, 'compacted-0', '00000000000000000045.log');
    const bytes = await readFile(path);
    bytes[200]! ^= 1;
    await writeFile(path, bytes);
    const before = await fileHashes(data);
    const { status, log } = await run(join(data, 'compacted-0'), ...GIVEN, '--apply');
    expect([status, log.eligible, log.reasons.at(-1)]).toEqual([1, false, 'damaged']);
    expect(await fileHashes(data)).toEqual(before);
  });
});

function kafkaDirectory(path: string, name: string) {
  return { name, path, topic: name.slice(0, -2), partition: 0, state: 'current', format: 'kafka' } as const;
}

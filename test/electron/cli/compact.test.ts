/** Plans for logs that Kafka then cleaned: test/fixtures/kafka has them before and after. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compact } from '../../../electron/cli/compact';
import { mapSettingText } from '../../../electron/cli/compaction-text';
import { OFFSET_MAP_KEYS_MAX } from '../../../electron/engine/inspect/offset-map-settings';
import { CompactionReportSchema } from '../../../shared/compaction';
import { fakeTerminal } from '../../support/fake-terminal';
import { type KafkaFixture, kafkaFixtures } from '../../support/kafka-fixtures';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/kafka');
const all = kafkaFixtures();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-compact-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A server.properties with the segment.bytes that the topic had. */
async function brokerConfigOf({ name }: KafkaFixture): Promise<string> {
  const written = all.find(({ id }) => id === `2.8.2/data-directory/${name}`)!;
  const path = join(folder, `${name}.properties`);
  await writeFile(path, `log.segment.bytes=${written.config!['segment.bytes']}\n`);
  return path;
}

const NOW_MS = 1_800_000_000_000;

/** When a broker cleaned the log: soon after it wrote the last marker, by its own clock. */
function cleanedAt({ segments }: KafkaFixture): string {
  const markers = segments.flatMap(({ batches }) => batches.filter(({ isControl }) => isControl));
  const last = Math.max(0, ...markers.map(({ maxTimestamp }) => maxTimestamp));
  return String(last === 0 ? NOW_MS : last + 60_000);
}

async function planOf(directory: string, ...options: string[]) {
  const terminal = fakeTerminal({ nowMs: NOW_MS });
  const status = await compact.run([directory, ...options, '--json'], terminal);
  expect(status).toBe(0);
  return CompactionReportSchema.parse(JSON.parse(terminal.output())).logs[0]!;
}

/** Segments that are not empty: base offset and number of records. */
const sizesOf = ({ segments }: KafkaFixture) =>
  segments.map(({ baseOffset, recordCount }) => ({ baseOffset, recordCount }));

const cleaned = all.filter(({ id }) => id.includes('/cleaned/'));

describe('compact', () => {
  it('does not run where cleanup.policy is given as empty, which Kafka has since 4.2', async () => {
    const plan = await planOf(cleaned[0]!.directory.path, '--cleanup-policy', '');
    expect([plan.cleanupPolicy, plan.policySource, plan.eligible]).toEqual(['', 'given', false]);
    expect(plan.reasons).toContain('policy');
  });

  it('has logs to compare with', () => {
    expect(cleaned.map(({ id }) => id)).toHaveLength(7);
  });

  it.each(cleaned.map((log) => [log.id, log] as const))(
    'keeps what the cleaner kept: %s',
    async (_id, log) => {
      const before = join(FIXTURES, log.id.split('/')[0]!, 'data-directory', log.name);
      const version = log.id.split('/')[0]!;
      const given = ['--cleanup-policy', 'compact', '--min-cleanable-dirty-ratio', '0.01'];
      given.push('--kafka-version', version, '--now', cleanedAt(log));
      // The settings of 2.8 are in ZooKeeper, not in the directory.
      if (log.id.startsWith('2.8')) given.push('--broker-config', await brokerConfigOf(log));
      const plan = await planOf(before, ...given);
      expect(plan.eligible).toBe(true);
      expect(plan.reasons).toEqual(['dirty-ratio-exceeded']);
      expect(
        plan.segments.map(({ baseOffset, recordsAfter }) => ({ baseOffset, recordCount: recordsAfter })),
      ).toEqual(sizesOf(log));
      expect(plan.recordsAfter).toBe(log.recordCount.total);
      const size = log.segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
      // Other codecs, and timestamps as distances from a horizon that depends on the moment of the run.
      if (plan.bytesAfterIsExact) expect(plan.bytesAfter).toBe(size);
      else expect(Math.abs(plan.bytesAfter - size) / size).toBeLessThan(0.08);
      expect(plan.kafkaVersion).toBe(version.slice(0, 3));
    },
  );

  it('says why not, with the numbers and what would change it, and names keys only where asked to', async () => {
    const log = join(FIXTURES, '4.4.0/data-directory/compacted-0');
    const textOf = async (...options: string[]) => {
      const terminal = fakeTerminal({ nowMs: NOW_MS });
      await compact.run([log, ...options], terminal);
      return terminal.output();
    };
    const text = await textOf();
    expect(text).toContain(
      'The dirty ratio 1.000 is not above min.cleanable.dirty.ratio 1: 4.8 KiB to clean beside 0 B that are clean. Set min.cleanable.dirty.ratio below 1.000.',
    );
    expect(text).toMatch(
      /^needs \d+ B beside the old segments while it runs, 0\.\d\d bytes for each that goes$/m,
    );
    expect(text).not.toContain('key-');
    const named = await textOf('--worst-keys', '3');
    expect(named.match(/^ *\d.* {2}key-\d+$/gm)).toHaveLength(3);
    const plan = await planOf(log, '--worst-keys', '3');
    expect(plan.worstKeys!.map(({ keyText }) => keyText)).toEqual(
      [...named.matchAll(/key-\d+$/gm)].map(([key]) => key),
    );
    expect((await planOf(log)).worstKeys).toBeUndefined();
    expect(await textOf('--min-compaction-lag-ms', '3650d')).toMatch(
      /The newest record of the segment at 0 is 1157 d .* old: min\.compaction\.lag\.ms 3650 d is not over/,
    );
  });

  it('takes as many rounds as the offset map of the given broker makes it', async () => {
    const log = join(FIXTURES, '2.8.2/data-directory/compacted-0');
    const path = join(folder, 'small-map.properties');
    const planWith = async (...lines: string[]) => {
      await writeFile(path, ['node.id=1', ...lines].join('\n'));
      return planOf(log, '--cleanup-policy', 'compact', '--broker-config', path);
    };
    const size = 'log.cleaner.dedupe.buffer.size';
    const usual = await planWith();
    expect([usual.offsetMapCapacity, usual.roundCount]).toEqual([5_033_164, 1]);
    expect(usual.settings[size]).toEqual({ value: '134217728', source: 'default' });
    // The smallest that a broker takes.
    const least = [`${size}=2097154`, 'log.cleaner.threads=2'];
    const small = await planWith(...least, 'log.cleaner.io.buffer.load.factor=1.0E-4');
    expect(small.offsetMapCapacity).toBe(4);
    expect(small.settings[size]).toEqual({ value: '2097154', source: 'broker-config' });
    expect(small.roundCount).toBeGreaterThan(1);
    const sparse = await planWith(...least, 'log.cleaner.io.buffer.load.factor=0.00005');
    expect(sparse.offsetMapCapacity).toBe(2);
    expect(sparse.roundCount).toBeGreaterThan(small.roundCount);
    for (const plan of [small, sparse]) expect(plan.segments).toEqual(usual.segments);
    expect(mapSettingText({ ...small, offsetMapCapacity: OFFSET_MAP_KEYS_MAX })).toMatch(
      /takes no larger one/,
    );
    const terminal = fakeTerminal({ nowMs: NOW_MS });
    await compact.run([log, '--cleanup-policy', 'compact', '--broker-config', path], terminal);
    expect(terminal.output()).toContain(
      `The offset map holds 2 keys: it takes ${sparse.roundCount} rounds. A ${size} above 2097154 (broker-config) makes them fewer.`,
    );
  });

  it("takes Kafka's own settings for what no broker would start with", async () => {
    const log = join(FIXTURES, '4.4.0/data-directory/compacted-0');
    const path = join(folder, 'nonsense.properties');
    const planWith = async (...lines: string[]) => {
      await writeFile(path, ['node.id=1', ...lines].join('\n'));
      return planOf(log, '--broker-config', path);
    };
    const usual = await planWith();
    const nonsense = await planWith(
      'log.cleaner.dedupe.buffer.size=134217728B',
      'log.cleaner.io.buffer.load.factor=1000000',
      'log.cleaner.threads=none',
      'producer.id.expiration.ms=a day',
    );
    expect(nonsense).toEqual(usual);
    expect((await planWith('log.cleaner.io.buffer.load.factor=9')).offsetMapCapacity).toBe(5_033_164);
  });

  it('cleans by other rules as another version, and refuses what is none', async () => {
    const log = join(FIXTURES, '2.8.2/data-directory/compacted-0');
    const counts = async (version: string) => {
      const plan = await planOf(log, '--cleanup-policy', 'compact', '--kafka-version', version);
      return [plan.kafkaVersion, plan.segments.some(({ deleteHorizonMinMs }) => deleteHorizonMinMs !== null)];
    };
    expect([await counts('3.0'), await counts('4.4')]).toEqual([
      ['2.8', false],
      ['4.4', true],
    ]);
    const wrong = compact.run([log, '--kafka-version', 'trunk'], fakeTerminal({ nowMs: NOW_MS }));
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([
    ['format-0-none-0', 455, 670],
    // A tombstone in it gets a delete horizon.
    ['format-1-none-0', 435, 614],
  ])('keeps %s as it is up to 3.9, and rewrites it in format 2 since 4.0', async (name, kept, rewritten) => {
    const log = join(FIXTURES, '2.8.2/data-directory', name);
    const sizeBy = async (version: string) => {
      const options = ['--cleanup-policy', 'compact', '--kafka-version', version];
      const [first] = (await planOf(log, ...options)).segments;
      return first!.bytesAfter;
    };
    // The second size is what a broker 4.4.0 left of the same segments.
    expect([await sizeBy('3.9'), await sizeBy('4.0'), await sizeBy('4.4')]).toEqual([
      kept,
      rewritten,
      rewritten,
    ]);
  });

  it('leaves a wrapper that loses messages in its format, as large as a broker 2.8 left it', async () => {
    const after = cleaned.find(({ id }) => id === '2.8.2/cleaned/compacted-format-1-0')!;
    const log = join(FIXTURES, '2.8.2/data-directory', after.name);
    const options = ['--cleanup-policy', 'compact', '--kafka-version', '2.8', '--exact'];
    const plan = await planOf(log, ...options, '--broker-config', await brokerConfigOf(after));
    const sizes = plan.segments.map(({ bytesAfter }) => bytesAfter);
    expect(sizes).toHaveLength(after.segments.length);
    // One wrapper loses messages, and gzip here is another build; in format 2 it would be 12 bytes larger.
    for (const [index, { sizeInBytes }] of after.segments.entries())
      expect(Math.abs(sizes[index]! - sizeInBytes)).toBeLessThan(8);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'knows the size of a run by compressing anew: %s',
    async (codec) => {
      const copy = join(folder, codec);
      const log = join(FIXTURES, `4.4.0/data-directory/codec-${codec}-0`);
      // Cleaned to its last closed segment, with tombstones that get no horizon: as 2.8 does.
      const options = [
        '--cleanup-policy',
        'compact',
        '--kafka-version',
        '2.8',
        '--min-cleanable-dirty-ratio',
        '0',
      ];
      const estimate = await planOf(log, ...options);
      const exact = await planOf(log, ...options, '--exact');
      expect([estimate.isRecompressed, exact.isRecompressed]).toEqual([false, true]);
      process.env['STRATA_STATE_DIR'] = join(folder, 'state');
      const terminal = fakeTerminal({ nowMs: NOW_MS });
      await compact.run([log, ...options, '--apply', '--copy-to', copy, '--json'], terminal);
      delete process.env['STRATA_STATE_DIR'];
      const { applied } = CompactionReportSchema.parse(JSON.parse(terminal.output())).logs[0]!;
      expect(applied).not.toBeNull();
      const files = (await readdir(applied!.directory)).filter((name) => name.endsWith('.log'));
      const sizes = await Promise.all(
        files.map(async (name) => (await stat(join(applied!.directory, name))).size),
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(exact.bytesAfter);
      expect(exact.recordsAfter).toBe(estimate.recordsAfter);
    },
  );

  it('finds nothing to clean in a log that was cleaned to its end', async () => {
    const plan = await planOf(
      join(FIXTURES, '4.4.0/cleaned-twice/compacted-0'),
      '--cleanup-policy',
      'compact',
    );
    expect(plan).toMatchObject({ eligible: false, reasons: ['active-segment'], dirtyRatio: 0 });
    expect([plan.recordsAfter, plan.bytesAfter]).toEqual([plan.recordsBefore, plan.bytesBefore]);
  });

  it('does not read a log whose policy has no compact', async () => {
    const plan = await planOf(join(FIXTURES, '4.4.0/data-directory/codec-none-0'));
    expect(plan).toMatchObject({
      eligible: false,
      reasons: ['policy', 'dirty-ratio-exceeded'],
      uniqueKeyCount: 0,
    });
    expect(plan.recordsAfter).toBe(plan.recordsBefore);
  });

  it('leaves segments alone that are younger than the lag', async () => {
    const log = join(FIXTURES, '4.4.0/data-directory/compacted-0');
    const lag = 1_800_000_000_000 - 1_700_000_000_000;
    const whole = await planOf(log, '--min-cleanable-dirty-ratio', '0', '--min-compaction-lag-ms', '1');
    expect([whole.cleanableEndOffset, whole.uncleanableReason]).toEqual([90, 'active-segment']);
    const part = await planOf(
      log,
      ...['--min-cleanable-dirty-ratio', '0', '--min-compaction-lag-ms', String(lag - 60_000)],
    );
    expect([part.cleanableEndOffset, part.uncleanableReason]).toEqual([45, 'min-compaction-lag']);
    expect(part.segments.map(({ isCleaned }) => isCleaned)).toEqual([true, false, false]);
  });
});

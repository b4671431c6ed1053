/**
 * Why segments of Kafka's own logs stay, in the words of the Retention screen: each reason there is, with its numbers, from
 * the files alone. Expected numbers come from Kafka's manifest.
 */
import { cpSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readRetentionFacts } from '../../../../electron/engine/inspect/retention-facts';
import { readRetentionInputs } from '../../../../electron/engine/inspect/retention-inputs';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import { durationText, sizeText, timeText } from '../../../../renderer/text/quantities';
import { retentionPolicy, retentionView } from '../../../../renderer/views/retention/retention-view';
import { givenSettings } from '../../../../shared/plan/topic-settings';
import type { RetentionFacts } from '../../../../shared/retention';
import { type KafkaFixture, kafkaFixtures } from '../../../support/kafka-fixtures';

const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'strata-why-kept-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => kafkaFixtures().find(({ id }) => id === `4.4.0/data-directory/${name}`)!;
const newestOf = ({ segments }: KafkaFixture, index: number) =>
  Math.max(...segments[index]!.batches.map(({ maxTimestamp }) => maxTimestamp));

interface Policy {
  readonly retentionMs?: number;
  readonly retentionBytes?: number;
  readonly cleanupPolicy?: 'delete';
}

/** As the window is given them. */
async function factsOf({ directory }: KafkaFixture, path = directory.path): Promise<RetentionFacts> {
  const policies = await readDirectoryPolicies(fs, directory.path, null);
  const broker = { verdict: 'clean', writer: 'broker', reason: '' } as const;
  const options = { policies, broker, given: givenSettings({}), clock: 'kafka' } as const;
  const { facts, known, policy, settings, refusal } = await readRetentionInputs(
    fs,
    { ...directory, path },
    { ...options, dataDirectory: join(directory.path, '..') },
  );
  return {
    ...facts,
    segments: [...facts.segments],
    ...{ policy, policySource: known.source, settings, refusal },
  };
}

/** What the table says of the segments that stay, the oldest first. */
function reasons(facts: RetentionFacts, policy: Policy, nowMs: number): string[] {
  const given = {
    cleanupPolicy: null,
    retentionMs: -1,
    retentionBytes: -1,
    clock: 'kafka',
    ...policy,
  } as const;
  const situation = { nowMs, rate: null, futureRecords: new Map() };
  const { fates } = retentionView(facts, retentionPolicy(facts, given), situation);
  return fates.filter(({ fate }) => fate !== 'going').map(({ why }) => why);
}

describe('why a segment of Kafka’s stays', () => {
  it('retention.bytes keeps up to a segment more', async () => {
    const log = fixture('codec-none-0');
    const sizes = log.segments.map(({ sizeInBytes }) => sizeInBytes);
    const last = sizes.slice(2).reduce((sum, size) => sum + size, 0);
    const retentionBytes = last + Math.floor(sizes[1]! / 2);
    const [oldest] = reasons(await factsOf(log), { retentionBytes }, Date.now());
    expect(oldest).toBe(
      `Without its ${sizeText(sizes[1]!)} the log would be ${sizeText(retentionBytes - last)} under retention.bytes ${sizeText(retentionBytes)}: ${sizeText(last + sizes[1]!)} are left, and up to a segment more than the limit stays.`,
    );
  });

  it('cleanup.policy is compact, by the metadata log', async () => {
    const facts = await factsOf(fixture('compacted-0'));
    expect(facts.policySource).toBe('metadata');
    expect(reasons(facts, { retentionMs: 1 }, Date.now())[0]).toBe(
      'cleanup.policy is compact: only the log start offset removes segments, and compaction their records.',
    );
  });

  it('its largest timestamp is in the future', async () => {
    const log = fixture('odd-times-0');
    const largest = Math.max(newestOf(log, 0), newestOf(log, 1));
    const index = newestOf(log, 0) === largest ? 0 : 1;
    const nowMs = largest - 5 * HOUR_MS;
    const why = reasons(await factsOf(log), { retentionMs: 1 }, nowMs);
    expect(why[why.length - (log.segments.length - index)]).toContain(
      `Its largest timestamp is 5 h in the future: ${timeText(largest)}.`,
    );
  });

  it('the active one waits for a roll, and segment.ms is longer than retention.ms', async () => {
    const log = fixture('codec-none-0');
    const newest = newestOf(log, log.segments.length - 1);
    const why = reasons(await factsOf(log), { retentionMs: HOUR_MS }, newest + HOUR_MS / 2);
    expect(why.at(-1)).toBe(
      [
        'Its newest record is 30 min old; it goes in 30 min.',
        'It is the active segment: every append makes it younger, and only a roll makes it old; an idle log never rolls by time.',
        'segment.ms 7 d is longer than retention.ms 1 h, so that records may stay for both together.',
      ].join(' '),
    );
  });

  it('part of it lies below the log start offset', async () => {
    const log = fixture('trimmed-0');
    const facts = await factsOf(log);
    const { baseOffset } = log.segments.find(
      (_, index) => log.segments[index + 1]!.baseOffset > log.logStartOffset!,
    )!;
    expect(log.logStartOffset! - baseOffset).toBeGreaterThan(0);
    expect(reasons(facts, {}, Date.now())[0]).toBe(
      `Neither retention.ms nor retention.bytes is set. ${log.logStartOffset! - baseOffset} of its 8 offsets lie below the log start offset ${log.logStartOffset}; files go whole.`,
    );
  });

  it('its time index is empty, so that the time of its file counts', async () => {
    const log = fixture('codec-none-0');
    const path = join(folder, 'codec-none-0');
    cpSync(log.directory.path, path, { recursive: true });
    truncateSync(join(path, '00000000000000000000.timeindex'));
    const nowMs = Date.now();
    utimesSync(join(path, '00000000000000000000.log'), nowMs / 1000, Math.floor(nowMs / 1000));
    const [oldest] = reasons(await factsOf(log, path), { retentionMs: HOUR_MS }, nowMs + HOUR_MS / 2);
    expect(oldest).toMatch(/it goes in (29 min 59 s|30 min)\./);
    expect(oldest).toContain(
      'Its time index has no entry, so that the modification time of its file counts.',
    );
  });

  it('the high watermark lies behind, where there are other replicas', async () => {
    const log = fixture('codec-none-0');
    writeFileSync(join(folder, 'replication-offset-checkpoint'), '0\n1\ncodec-none 0 20\n');
    const facts = await readRetentionFacts(fs, log.directory, {
      ...{ broker: 'clean', replicaCount: 3, clock: 'kafka', dataDirectory: folder },
    });
    const own = { ...(await factsOf(log)), ...facts, segments: [...facts.segments] };
    const kept = log.segments.findIndex((_, index) => (log.segments[index + 1]?.baseOffset ?? 90) > 20);
    const end = log.segments[kept + 1]!.baseOffset;
    expect(reasons(own, { retentionMs: 1 }, Date.now())[0]).toBe(
      `It ends at ${end}, and only what lies below the high watermark 20 may go: the rest is not replicated yet.`,
    );
  });

  it('retention.ms is not over for it', async () => {
    const log = fixture('codec-none-0');
    const nowMs = newestOf(log, 0) + 2 * HOUR_MS;
    expect(reasons(await factsOf(log), { retentionMs: 3 * HOUR_MS }, nowMs)[0]).toBe(
      `Its newest record is 2 h old; it goes in ${durationText(HOUR_MS + 1)}.`,
    );
  });
});

/** What is left of a report after redaction: no path, host, unknown text; figures and comparability stay. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redactReport } from '../../../electron/reports/redaction';
import { ownRedactionKey, readRedactionKey } from '../../../electron/reports/redaction-key';
import { reportJson } from '../../../electron/reports/report-file';
import type { Report } from '../../../shared/report';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { writeLog } from '../../support/one-record-log';
import { reportOf } from '../../support/report-of';

const OPTIONS = { key: 'a key of sixteen', hashesTopics: false, ownHostName: 'broker-17.corp' };
let folder: string;
let report: Report;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-redact-'));
  await writeLog(join(folder, 'data', 'salaries-0'), [0, 5], 9);
  await writeLog(join(folder, 'data', '__consumer_offsets-3'), [0], 2);
  await writeFile(join(folder, 'data', 'salaries-0', '00000000000000000005.timeindex'), 'torn!');
  report = await reportOf(join(folder, 'data'), { depth: 'glance' });
});
afterEach(() => rm(folder, { recursive: true }));

describe('redactReport', () => {
  it('cuts the path, and keeps names and every figure', () => {
    const redacted = redactReport(report, OPTIONS);
    expect(redacted.directory).toEqual({ name: 'data', path: '…/data', kind: 'data-directory' });
    expect(reportJson(redacted)).not.toContain(folder);
    expect(redacted.logs.map(({ name }) => name)).toEqual(report.logs.map(({ name }) => name));
    expect(redacted.logs.map(({ inspection }) => inspection)).toEqual(
      report.logs.map(({ inspection }) => inspection),
    );
    expect(redacted.logs.map(({ retention }) => retention)).toEqual(
      report.logs.map(({ retention }) => retention),
    );
  });

  it('hashes topics when asked to, everywhere, but not those of Kafka itself', () => {
    report.logs[1]!.inspection!.problems[0]!.message = 'In salaries-0 and (salaries) something is wrong.';
    const redacted = redactReport(report, { ...OPTIONS, hashesTopics: true });
    expect(reportJson(redacted)).not.toContain('salaries');
    expect(redacted.logs.map(({ name }) => name)).toEqual([
      '__consumer_offsets-3',
      expect.stringMatching(/^topic-[0-9a-f]{12}-0$/),
    ]);
    const hashed = redacted.logs[1]!;
    expect(hashed.inspection!.problems[0]!.message).toBe(
      `In ${hashed.name} and (${hashed.topic}) something is wrong.`,
    );
  });

  it('hashes with the key: the same text the same, another key another one', () => {
    const options = { ...OPTIONS, hashesTopics: true };
    const [one, again] = [redactReport(report, options), redactReport(report, options)];
    const other = redactReport(report, { ...options, key: 'a key of others!' });
    expect(again).toEqual(one);
    expect(other.redaction.keyId).not.toBe(one.redaction.keyId);
    expect(other.logs[1]!.topic).not.toBe(one.logs[1]!.topic);
  });

  it('hashes a setting that may be a secret, and a text that it does not know', () => {
    const { settings } = report.logs[1]!.retention!.facts;
    settings['retention.bytes'].value = 'password=hunter2';
    report.logs[1]!.inspection!.name = 'a header name';
    const redacted = reportJson(redactReport(report, OPTIONS));
    expect(redacted).not.toContain('hunter2');
    expect(redacted).not.toContain('a header name');
    expect(redacted).toContain('604800000');
  });

  it('hashes keys and names of headers, those that are no text too, and keeps every figure', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
    const analysed = await reportOf(directory.path, { readsStatistics: true, listsBatches: true });
    const [log] = analysed.logs;
    log!.statistics!.log.topHeaderNames.push({
      ...{ nameBase64: '/+8=', nameSizeInBytes: 2, bytesMin: 3, bytesMax: 3 },
    });
    expect(reportJson(analysed)).toContain('key-2');
    const [shown] = redactReport(analysed, OPTIONS).logs;
    expect(reportJson(redactReport(analysed, OPTIONS))).not.toMatch(/key-\d|\/\+8=|was null/);
    const { topKeys, topHeaderNames } = shown!.statistics!.log;
    for (const { nameText, nameBase64 } of [...topKeys, ...topHeaderNames])
      expect([nameText, nameBase64]).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), undefined]);
    const { worstKeys, ...findings } = shown!.compaction!.analysis!.findings!;
    const truth = log!.compaction!.analysis!;
    expect(worstKeys!.map(({ keyText: _, ...sums }) => sums)).toEqual(
      truth.findings!.worstKeys!.map(({ keyText: _, ...sums }) => sums),
    );
    // A key has one hash wherever it stands.
    expect(topKeys.map(({ nameText }) => nameText)).toEqual(expect.arrayContaining([worstKeys![0]!.keyText]));
    expect({ ...findings, worstKeys: truth.findings!.worstKeys }).toEqual(truth.findings);
    expect(shown!.compaction!.analysis!.plan).toEqual(truth.plan);
    const { table, indexes } = log!.batches!;
    expect(shown!.batches!.indexes).toEqual(indexes);
    // Over few bytes a CRC tells what they are.
    const { crcs, ...columns } = shown!.batches!.table;
    expect({ ...columns, crcs: table.crcs }).toEqual(table);
    expect([...crcs].filter((crc) => table.crcs.includes(crc))).toEqual([]);
  });

  it("hashes names of files and directories that are not Kafka's, topics among them when asked to", async () => {
    await writeFile(join(folder, 'data', '.kafka_cleanshutdown'), '');
    for (const name of ['salaries-00', 'of-alice', 'taxes-1']) await mkdir(join(folder, 'data', name));
    await writeFile(join(folder, 'data', 'salaries-0', 'bonus of alice.txt'), 'x');
    const planned = await reportOf(join(folder, 'data'), { plansStartup: true });
    const told = reportJson(redactReport(planned, OPTIONS));
    expect(told).not.toContain('alice');
    expect(told).toContain('salaries-00');
    const { steps } = redactReport(planned, OPTIONS).startup!.plan!;
    expect(steps.map(({ action, reason }) => [action, reason])).toEqual(
      planned.startup!.plan!.steps.map(({ action, reason }) => [action, reason]),
    );
    expect(steps.map(({ file }) => file)).toContain('00000000000000000005.timeindex');
    const hashed = redactReport(planned, { ...OPTIONS, hashesTopics: true });
    expect(reportJson(hashed)).not.toMatch(/alice|salaries|taxes/);
    const refusal = hashed.startup!.plan!.steps.find(({ reason }) => reason === 'partition-twice')!;
    expect(refusal.log).toBe(`${hashed.logs.find(({ name }) => name.startsWith('topic-'))!.topic}-00`);
  });

  it.each([false, true])(
    "lets out nothing of names that only look like Kafka's, and of files that are malformed (topics hashed: %s)",
    async (hashesTopics) => {
      const data = join(folder, 'data');
      const log = join(data, 'salaries-0');
      const kept = ['.strata-log-start', '00000000000000000000.log.deleted', 'leader-epoch-checkpoint.tmp'];
      const hidden = [
        '.bobsecret',
        '00000000000000000000.log.carol',
        '12.alice.swap',
        'partition.metadata.dave',
      ];
      for (const name of [...kept, ...hidden]) await writeFile(join(log, name), 'erins password');
      const copies = { 'taxes-1': 'heidis\n0\n', 'taxes-2': '0\nivans 3\n' };
      for (const [name, text] of Object.entries(copies)) {
        await writeLog(join(data, name), [0], 2);
        await writeFile(join(data, name, 'leader-epoch-checkpoint'), text);
      }
      await writeFile(join(data, 'replication-offset-checkpoint'), '0\n1\ngoods-of-judy x 5\n');
      await writeFile(join(data, 'meta.properties'), 'version=1\n');
      const planned = await reportOf(data, { plansStartup: true });
      const redacted = redactReport(planned, { ...OPTIONS, hashesTopics });
      expect(reportJson(redacted)).not.toMatch(/alice|bob|carol|dave|erin|heidi|ivan|judy/);
      const steps = planned.startup!.plan!.steps;
      const shown = redacted.startup!.plan!.steps.map(({ file }) => file);
      for (const name of kept) expect(shown[steps.findIndex(({ file }) => file === name)]).toBe(name);
      const swap = steps.findIndex(({ file }) => file === '12.alice.swap');
      expect(steps[swap]).toMatchObject({ action: 'rename', toName: '12.alice' });
      expect(redacted.startup!.plan!.steps[swap]!.toName).toMatch(/^[0-9a-f]{12}$/);
      const flaws = redacted.logs.flatMap(({ inspection }) =>
        inspection!.problems.map(({ message }) => message),
      );
      expect(flaws).toEqual(
        expect.arrayContaining([
          'In leader-epoch-checkpoint: the version is not 0.',
          'In leader-epoch-checkpoint: the number of entries is none.',
          'In replication-offset-checkpoint: entry 1 is not made of numbers.',
        ]),
      );
    },
  );

  it('hides the CRCs that a problem tells of', () => {
    const message = 'The header says CRC 0a1b2c3d, the bytes have deadbeef (base offset 7, 70 bytes).';
    report.broker.reason = message;
    const { reason } = redactReport(report, OPTIONS).broker;
    expect(reason).toMatch(
      /^The header says CRC [0-9a-f]{12}, the bytes have [0-9a-f]{12} \(base offset 7, 70 bytes\)\.$/,
    );
  });

  it('takes the host out of texts unless the report tells it', () => {
    report.broker.reason = 'A process on broker-17.corp holds the lock.';
    expect(reportJson(redactReport(report, OPTIONS))).not.toContain('broker-17');
    const told = { ...report, hostName: 'broker-17.corp' };
    expect(redactReport(told, OPTIONS)).toMatchObject({ hostName: 'broker-17.corp', broker: report.broker });
  });
});

describe('the key', () => {
  it('is made once, for its owner alone', async () => {
    const state = join(folder, 'state', 'strata');
    const key = await ownRedactionKey(state);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await ownRedactionKey(state)).toBe(key);
    expect((await stat(join(state, 'report-key'))).mode & 0o777).toBe(0o600);
    expect((await readFile(join(state, 'report-key'), 'utf8')).trim()).toBe(key);
  });

  it('is refused where a file holds too little', async () => {
    await writeFile(join(folder, 'key'), 'short\n');
    await expect(readRedactionKey(join(folder, 'key'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

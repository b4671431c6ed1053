/** The diff command over directories, reports and copies of a log. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diff } from '../../../electron/cli/diff';
import { redactReport } from '../../../electron/reports/redaction';
import { ownRedactionKey } from '../../../electron/reports/redaction-key';
import { reportJson } from '../../../electron/reports/report-file';
import { DirectoryDiffSchema } from '../../../shared/report-diff';
import { fakeTerminal } from '../../support/fake-terminal';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { BATCH_SIZE, segmentFile, writeLog } from '../../support/one-record-log';
import { REPORT_NOW_MS, reportOf } from '../../support/report-of';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-diff-'));
});
afterEach(() => rm(folder, { recursive: true }));
const path = (...names: string[]) => join(folder, ...names);

async function run(...args: string[]) {
  const terminal = fakeTerminal({ nowMs: REPORT_NOW_MS + 3_600_000 });
  const status = await diff.run([...args, '--json'], terminal);
  return { status, found: DirectoryDiffSchema.parse(JSON.parse(terminal.output())) };
}

describe('diff', () => {
  it('tells a report and its directory apart by what came and went since', async () => {
    await writeLog(path('data', 'a-0'), [0, 5], 9);
    await writeLog(path('data', 'b-0'), [0], 3);
    await writeFile(path('before.json'), reportJson(await reportOf(path('data'))));
    await rm(path('data', 'a-0'), { recursive: true });
    await writeLog(path('data', 'a-0'), [5, 9], 12);
    await rm(path('data', 'b-0'), { recursive: true });
    await writeLog(path('data', 'c-0'), [0], 3);
    const { status, found } = await run(path('before.json'), path('data'));
    expect(status).toBe(1);
    expect(found.logs.map(({ name, change }) => [name, change])).toEqual([
      ...[
        ['a-0', 'changed'],
        ['b-0', 'gone'],
        ['c-0', 'new'],
      ],
    ]);
    expect(found.logs[0]!.segments.map(({ baseOffset, change }) => [baseOffset, change])).toEqual([
      ...[
        [0, 'gone'],
        [9, 'new'],
      ],
    ]);
    expect(found.logs[0]!.records).toBeNull();
    expect(found.growthBytesPerMs).toBe((found.sizeAfter - found.sizeBefore) / 3_600_000);
  });

  it('is silent on a report and the directory that it is of', async () => {
    await writeLog(path('data', 'a-0'), [0, 5], 9);
    await writeFile(path('r.json'), reportJson(await reportOf(path('data'))));
    expect(await run(path('r.json'), path('data'))).toMatchObject({ status: 0 });
  });

  it('compares the records of a leader and a follower that is behind', async () => {
    await writeLog(path('leader', 'a-0'), [0, 5], 12);
    await writeLog(path('follower', 'a-0'), [2, 7], 10);
    const { status, found } = await run(path('leader', 'a-0'), path('follower', 'a-0'));
    expect(status).toBe(1);
    expect(found.logs[0]!.records).toEqual({ fromOffset: 2, endOffset: 10, firstDifference: null });
  });

  it('finds nothing between a data directory of Kafka and its copy', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
    const source = join(directory.path, '..');
    await cp(source, path('copy'), { recursive: true });
    const { status, found } = await run(source, path('copy'), '--counts');
    expect([status, found.logs.filter(({ change }) => change !== 'same')]).toEqual([0, []]);
    expect(found.logs.every(({ records }) => records?.firstDifference === null)).toBe(true);
  });

  describe('of a report that lists its batches', () => {
    const OTHER_KEY = 'another key of sixteen';
    beforeEach(async () => {
      process.env['STRATA_STATE_DIR'] = path('state');
      await writeLog(path('data', 'a-0'), [0, 5], 9);
      await writeLog(path('data', 'b-0'), [0], 3);
      await writeFile(path('other-key'), OTHER_KEY);
    });
    afterEach(() => {
      delete process.env['STRATA_STATE_DIR'];
    });

    async function saved(options: { readonly key: string | null; readonly hashesTopics?: boolean }) {
      const made = await reportOf(path('data'), { depth: 'headers', listsBatches: true });
      const { key, hashesTopics = false } = options;
      const shown = key === null ? made : redactReport(made, { key, hashesTopics, ownHostName: '' });
      await writeFile(path('r.json'), reportJson(shown));
      return path('r.json');
    }

    /** The value of the record at offset 6, with a CRC that fits: only that tells it. */
    async function changeBatch() {
      const file = path('data', 'a-0', segmentFile(5));
      const bytes = await readFile(file);
      const batch = bytes.subarray(BATCH_SIZE, 2 * BATCH_SIZE);
      batch[BATCH_SIZE - 2]! ^= 1;
      batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
      await writeFile(file, bytes);
    }

    it('finds the first batch that changed, in a redacted one by its keyed hash', async () => {
      const before = await saved({ key: await ownRedactionKey(path('state')), hashesTopics: true });
      const same = await run(before, path('data'));
      expect(same.status).toBe(0);
      expect(same.found.logs.map(({ batches }) => batches)).toMatchObject([
        { fromOffset: 0, endOffset: 9, firstDifferenceOffset: null, comparesContents: true },
        { fromOffset: 0, endOffset: 3, firstDifferenceOffset: null, comparesContents: true },
      ]);
      await changeBatch();
      const { status, found } = await run(before, path('data'));
      const changed = found.logs.filter(({ change }) => change === 'changed');
      expect([status, changed.map(({ batches }) => batches!.firstDifferenceOffset)]).toEqual([1, [6]]);
    });

    it('compares headers alone where the hashes are of another key, and names of logs never', async () => {
      const { found } = await run(await saved({ key: OTHER_KEY }), path('data'));
      expect(found.logs[0]!.batches).toMatchObject({ comparesContents: false, firstDifferenceOffset: null });
      const hashed = await saved({ key: OTHER_KEY, hashesTopics: true });
      await expect(run(hashed, path('data'))).rejects.toThrow('--redaction-key-file');
      const named = await run(hashed, path('data'), '--redaction-key-file', path('other-key'));
      expect(named.status).toBe(0);
    });
  });

  it('does not call what is unreadable on both sides the same', async () => {
    await writeLog(path('data', 'a-0'), [0], 3);
    const report = await reportOf(path('data'));
    const error = { code: 'PERMISSION_DENIED', message: 'It is not ours to read.', details: {} };
    Object.assign(report.logs[0]!, {
      error,
      inspection: null,
      retention: null,
      compaction: null,
      usage: null,
    });
    for (const name of ['x.json', 'y.json']) await writeFile(path(name), reportJson(report));
    const { status, found } = await run(path('x.json'), path('y.json'));
    expect([status, found.logs[0]!.change]).toEqual([1, 'unreadable']);
    const terminal = fakeTerminal();
    await diff.run([path('x.json'), path('y.json')], terminal);
    expect(terminal.output()).toContain('a-0: cannot be compared. It is not ours to read.');
    expect(terminal.output()).not.toContain('same');
  });

  it('says it in words', async () => {
    await writeLog(path('x', 'a-0'), [0], 9);
    await writeLog(path('y', 'a-0'), [0], 4);
    const terminal = fakeTerminal();
    await diff.run([path('x', 'a-0'), path('y', 'a-0')], terminal);
    expect(terminal.output()).toContain('1 of 1 logs differ.');
    expect(terminal.output()).toContain('the records of offsets 0 to 3, which both have, are the same');
  });

  it('wants two of them', async () => {
    await expect(diff.run([folder], fakeTerminal())).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

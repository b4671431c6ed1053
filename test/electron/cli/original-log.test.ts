/** The command line on a directory of the original log manager: it is read, and what does not apply says so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adopt } from '../../../electron/cli/adopt';
import type { Command } from '../../../electron/cli/command';
import { compact } from '../../../electron/cli/compact';
import { inspect, verify } from '../../../electron/cli/inspect';
import { rebuildIndex } from '../../../electron/cli/rebuild-index';
import { records } from '../../../electron/cli/records';
import { retention } from '../../../electron/cli/retention';
import { salvage } from '../../../electron/cli/salvage';
import { stats } from '../../../electron/cli/stats';
import { InspectionSchema } from '../../../shared/inspection';
import { fakeTerminal } from '../../support/fake-terminal';
import { oldRecords, writeOldSegment } from '../../support/original-log';
import { treeHash } from '../../support/write-calls';

const folder = mkdtempSync(join(tmpdir(), 'strata-old-'));
const directory = join(folder, 'orders');
beforeAll(() => {
  writeOldSegment(directory, 0, oldRecords(100));
  writeOldSegment(directory, 100, oldRecords(20, 100));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(command: Command, ...args: string[]) {
  const terminal = fakeTerminal();
  return { status: await command.run([directory, ...args], terminal), text: terminal.output() };
}

describe('the command line on the original format', () => {
  it('inspects, verifies, counts and reads it, and leaves it as it is', async () => {
    const before = treeHash(directory);
    for (const command of [inspect, verify]) {
      const { status, text } = await run(command, '--json');
      const [log] = InspectionSchema.parse(JSON.parse(text)).logs;
      expect([status, log!.format, log!.recordCount, log!.problems]).toEqual([0, 'log-manager', 120, []]);
    }
    expect((await run(stats)).text).toContain('120 records in ');
    const lines = (await run(records, '--from-offset', '99', '--limit', '2', '--json')).text
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line)).map(({ offset, valueText }) => [offset, valueText])).toEqual(
      [99, 100].map((offset) => [offset, oldRecords(1, offset)[0]!.value]),
    );
    expect(treeHash(directory)).toBe(before);
  });

  it.each([
    ['compact', compact, []],
    ['salvage', salvage, ['--into', join(folder, 'into')]],
    ['rebuild-index', rebuildIndex, []],
    ['adopt', adopt, ['--into', folder, '--topic', 'orders']],
  ] as const)('refuses %s in words', async (_name, command, args) => {
    await expect(run(command, ...args)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('original log manager'),
    });
  });

  it('plans retention by modification times, and refuses to apply it', async () => {
    const before = treeHash(directory);
    const args = ['--retention-bytes', '1', '--clock', 'mtime', '--cleanup-policy', 'delete', '--apply'];
    const { status, text } = await run(retention, ...args);
    expect(text).toContain('original log manager');
    expect(status).toBe(1);
    expect(treeHash(directory)).toBe(before);
  });
});

/** `strata sample` as a function, on the real file system. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verify } from '../../../electron/cli/inspect';
import { sample } from '../../../electron/cli/sample';
import { fakeTerminal } from '../../support/fake-terminal';

const directory = mkdtempSync(join(tmpdir(), 'strata-sample-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('strata sample', () => {
  it('writes a log that strata verify finds sound, and says where', async () => {
    const terminal = fakeTerminal({ nowMs: 1_750_000_000_000 });
    expect(await sample.run([join(directory, 'demo'), '--records', '2000', '--json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.output())).toMatchObject({
      schema: 'strata.sample/1',
      path: join(directory, 'demo/orders-0'),
      recordCount: 2000,
    });
    expect(readdirSync(join(directory, 'demo'))).toContain('.kafka_cleanshutdown');
    expect(await verify.run([join(directory, 'demo')], terminal)).toBe(0);
  });

  it('refuses a directory that is in use', async () => {
    await expect(sample.run([join(directory, 'demo')], fakeTerminal())).rejects.toMatchObject({
      code: 'ALREADY_THERE',
    });
  });
});

/** `strata open`, with a program of the test's own in the window's place. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { open } from '../../../electron/cli/open';
import { fakeTerminal } from '../../support/fake-terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-open-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function programThatNotes(file: string): string {
  const program = join(folder, 'window.sh');
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$*" > '${file}.new' && mv '${file}.new' '${file}'\n`, {
    mode: 0o755,
  });
  return program;
}

describe('strata open', () => {
  it('starts the desktop application with the whole path of the directory', async () => {
    const noted = join(folder, 'arguments');
    const program = programThatNotes(noted);
    vi.stubEnv('STRATA_DESKTOP', program);
    const terminal = fakeTerminal();
    expect(await open.run([folder, '--json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.output())).toEqual({ schema: 'strata.open/1', directory: folder, program });
    await vi.waitFor(() => expect(existsSync(noted)).toBe(true), { timeout: 5_000 });
    expect(readFileSync(noted, 'utf8')).toBe(folder);
  });

  it('says so where the program or the directory is not there', async () => {
    vi.stubEnv('STRATA_DESKTOP', join(folder, 'nowhere'));
    await expect(open.run([folder], fakeTerminal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    vi.unstubAllEnvs();
    await expect(open.run([join(folder, 'nothing')], fakeTerminal())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

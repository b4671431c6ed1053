/** When bundles are made anew and when not, with a bundler of one line in the real one's place. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, freshBundles } from '../../build/bundles.mjs';

const BUNDLER = `require('node:fs').appendFileSync('builds.txt', process.argv.slice(2).join(' ') + '\\n');`;

let root: string;

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
function writeBundler(text: string): void {
  write('node_modules/electron-vite/bin/electron-vite.js', text);
}
function builds(): string[] {
  return readFileSync(join(root, 'builds.txt'), 'utf8').trim().split('\n');
}
const fresh = (window: boolean) => freshBundles({ window, root, log: () => {} });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-bundles-'));
  writeBundler(BUNDLER);
  write('electron/main.ts', '1');
  write('renderer/main.tsx', '1');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('freshBundles', () => {
  it('builds once, and again only after a source changed', async () => {
    expect(await fresh(true)).toBe(join(root, 'out'));
    await fresh(true);
    expect(builds()).toHaveLength(1);
    write('renderer/views/segments.tsx', '1');
    await fresh(true);
    expect(builds()).toHaveLength(2);
    rmSync(join(root, 'renderer/views/segments.tsx'));
    await fresh(true);
    expect(builds()).toHaveLength(3);
  });

  it('builds the main side alone for the command line, whatever happens to the page', async () => {
    await fresh(false);
    expect(builds()).toEqual([expect.stringContaining('--mode main-side')]);
    write('renderer/main.tsx', 'changed');
    await fresh(false);
    expect(builds()).toHaveLength(1);
    await fresh(true);
    expect(builds()[1]).not.toContain('--mode');
  });

  it('builds once for several that ask at the same time', async () => {
    await Promise.all([fresh(false), fresh(false), fresh(false)]);
    expect(builds()).toHaveLength(1);
  });

  it('says what the bundler said when it fails, and tries again the next time', async () => {
    writeBundler(`console.error('cannot resolve ./x'); process.exit(1);`);
    await expect(fresh(true)).rejects.toThrow(/cannot resolve \.\/x/);
    await expect(fresh(true)).rejects.toBeInstanceOf(BuildFailedError);
    writeBundler(BUNDLER);
    await fresh(true);
    expect(builds()).toHaveLength(1);
  });
});

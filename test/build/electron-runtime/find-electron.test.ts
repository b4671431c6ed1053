/**
 * The order in which an Electron is looked for, run as a program on a copy of the finder, with an `electron`
 * package whose installer does as the test says. No network: the registry is not asked here.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { executableName } from '../../../build/electron-runtime/official-electron.mjs';

const PROJECT = resolve(import.meta.dirname, '../../..');
const REFUSES = `console.error('Error: connect ECONNREFUSED'); process.exit(1);`;
const INSTALLS = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  const binary = join(__dirname, 'dist', ${JSON.stringify(executableName())});
  mkdirSync(dirname(binary), { recursive: true });
  writeFileSync(binary, '');
  writeFileSync(join(__dirname, 'dist/version'), 'v45.0.0');
  writeFileSync(join(__dirname, 'path.txt'), 'electron');
`;
const COUNTS = `require('node:fs').appendFileSync(require('node:path').join(__dirname, 'asked.txt'), '.');`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-find-'));
  cpSync(join(PROJECT, 'build'), join(root, 'build'), {
    recursive: true,
    filter: (source) => !source.endsWith('kafka'),
  });

  for (const name of ['asar', 'fuses'])
    write(`node_modules/@electron/${name}/package.json`, '{"type":"module","main":"index.js"}');
  write('node_modules/@electron/asar/index.js', 'export const createPackage = () => {};');
  write(
    'node_modules/@electron/fuses/index.js',
    'export const FuseV1Options = {}; export const FuseVersion = {}; export const flipFuses = () => {};',
  );
  write('node_modules/electron/package.json', '{"version":"45.0.0"}');
  // Stands for the npm that would fetch from the registry.
  write('bin/npm', '#!/bin/sh\necho "the registry was asked" >&2\nexit 1\n');
  chmodSync(join(root, 'bin/npm'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

function find(env: Record<string, string> = {}) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'build/electron-runtime/find-electron.mjs')],
    {
      encoding: 'utf8',
      env: {
        PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
        XDG_CACHE_HOME: join(root, 'cache'),
        ...env,
      },
    },
  );
  return { found: stdout.trim().split('\n'), said: stderr };
}
const askedCount = () => readFileSync(join(root, 'node_modules/electron/asked.txt'), 'utf8').length;

describe('findElectron', () => {
  it('takes the directory that the user names before all others', () => {
    write(`mine/${executableName()}`, '');
    write('mine/version', 'v44.1.0');
    const { found } = find({ ELECTRON_OVERRIDE_DIST_PATH: join(root, 'mine') });
    expect(found).toEqual([join(root, 'mine', executableName()), '44.1.0 (override)']);
  });

  it('says so when nothing is in the directory that the user names', () => {
    expect(find({ ELECTRON_OVERRIDE_DIST_PATH: root }).said).toContain('names no Electron');
  });

  it('has the official package install its binary, once', () => {
    write('node_modules/electron/install.js', COUNTS + INSTALLS);
    for (let run = 0; run < 2; run++) expect(find().found[1]).toBe('45.0.0 (official)');
    expect(askedCount()).toBe(1);
  });

  it('remembers a release site that gave nothing, until the way there changes', () => {
    write('node_modules/electron/install.js', COUNTS + REFUSES);
    expect(find().said).toContain('cannot be had from there: connect ECONNREFUSED');
    find();
    expect(askedCount()).toBe(1);
    find({ https_proxy: 'http://user:password@127.0.0.1:1' });
    expect(askedCount()).toBe(2);
    const memory = readdirSync(join(root, 'cache/strata')).map((name) =>
      readFileSync(join(root, 'cache/strata', name), 'utf8'),
    );
    expect(memory.join()).not.toContain('password');
  });

  it('asks again after a week', () => {
    write('node_modules/electron/install.js', COUNTS + REFUSES);
    find();
    const [name] = readdirSync(join(root, 'cache/strata'));
    const file = join('cache/strata', name!);
    const memory = JSON.parse(readFileSync(join(root, file), 'utf8'));
    write(file, JSON.stringify({ ...memory, atMs: memory.atMs - 8 * 24 * 60 * 60 * 1000 }));
    find();
    expect(askedCount()).toBe(2);
  });

  it('turns to the registry last, and says when that fails, too', () => {
    write('node_modules/electron/install.js', REFUSES);
    const { said } = find();
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(said).toContain('the registry was asked');
    else expect(said).toContain('Set ELECTRON_MIRROR');
  });
});

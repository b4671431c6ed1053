/** The settings file on a real disk. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../electron/settings';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-settings-'));
});
afterEach(() => rm(directory, { recursive: true }));

function open(path = join(directory, 'state/settings.json')) {
  const failures: unknown[] = [];
  let nowMs = 1_000;
  const settings = openSettings(path, { now: () => nowMs++, onSaveFailed: (error) => failures.push(error) });
  return { settings, failures, path };
}

describe('openSettings', () => {
  it('starts with defaults and finds again what was set', async () => {
    const { settings } = open();
    expect([settings.theme, settings.bounds, settings.recent()]).toEqual(['system', null, []]);
    const bounds = { x: 1, y: 2, width: 900, height: 560, isMaximized: false };
    settings.setTheme('dark');
    settings.setBounds(bounds);
    settings.addRecent('/logs/orders-0');
    await settings.saved();
    const again = open().settings;
    expect([again.theme, again.bounds]).toEqual(['dark', bounds]);
    expect(again.recent()).toMatchObject([{ name: 'orders-0', path: '/logs/orders-0', openedAtMs: 1_000 }]);
  });

  it('leaves no temporary file behind, and writes whole JSON', async () => {
    const { settings, path } = open();
    for (let i = 0; i < 20; i++) settings.setTheme(i % 2 === 0 ? 'light' : 'dark');
    await settings.saved();
    expect(await readdir(join(directory, 'state'))).toEqual(['settings.json']);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ theme: 'dark' });
  });

  it.each([
    ['is not JSON', '{"theme": "da'],
    ['is of another shape', '[1, 2]'],
    ['is empty', ''],
  ])('counts a file that %s as absent', async (_what, text) => {
    const path = join(directory, 'settings.json');
    await writeFile(path, text);
    expect(open(path).settings.theme).toBe('system');
  });

  it('keeps the good parts of a file with a bad one', async () => {
    const path = join(directory, 'settings.json');
    await writeFile(
      path,
      JSON.stringify({ theme: 'pink', recent: [{ path: '/a', openedAtMs: 1 }], bounds: { x: 'no' } }),
    );
    const { settings } = open(path);
    expect([settings.theme, settings.bounds, settings.recent().length]).toEqual(['system', null, 1]);
  });

  it('lists the latest directory first, each once, ten at most, and forgets by id', async () => {
    const { settings } = open();
    for (let i = 0; i < 12; i++) settings.addRecent(`/logs/topic-${i}`);
    settings.addRecent('/logs/topic-5');
    const names = settings.recent().map(({ name }) => name);
    expect([names.length, names[0], names.filter((name) => name === 'topic-5').length]).toEqual([
      10,
      'topic-5',
      1,
    ]);
    settings.forgetRecent(settings.recent()[0]!.recentId);
    expect(settings.recent().map(({ name }) => name)).not.toContain('topic-5');
    await settings.saved();
  });

  it('tells of a failed save and works on', async () => {
    await writeFile(join(directory, 'file'), '');
    const { settings, failures } = open(join(directory, 'file/settings.json'));
    settings.setTheme('dark');
    await settings.saved();
    expect([failures.length, settings.theme]).toEqual([1, 'dark']);
  });
});

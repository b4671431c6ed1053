/** The menu as a template. */
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { type MenuOptions, menuTemplate } from '../../electron/menu';

function items(overrides: Partial<MenuOptions> = {}) {
  const calls: string[] = [];
  const template = menuTemplate({
    recent: [{ recentId: 'r1', name: 'b', path: '/a&b', openedAtMs: 0 }],
    theme: 'dark',
    hasDirectory: true,
    isMac: false,
    isDevelopment: false,
    openDialog: () => calls.push('open'),
    openReportDialog: () => calls.push('open report'),
    openRecent: (recentId) => calls.push(`recent ${recentId}`),
    sendCommand: (command) => calls.push(command),
    setTheme: (theme) => calls.push(`theme ${theme}`),
    ...overrides,
  });
  const flat = (list: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    list.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
  return { calls, all: flat(template) };
}

const click = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.();

describe('menuTemplate', () => {
  it('gives each key to one item', () => {
    const keys = items({ isDevelopment: true }).all.flatMap(({ accelerator }) => accelerator ?? []);
    expect(keys).toEqual(expect.arrayContaining(['CmdOrCtrl+O', 'CmdOrCtrl+K', 'CmdOrCtrl+R']));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('calls what its items say', () => {
    const { all, calls } = items();
    for (const label of [
      'Open Directory…',
      'Open Saved Report…',
      '/a&&b',
      'Refresh',
      'Verify',
      'Command Palette…',
      'Light',
    ]) {
      click(all.find((item) => item.label === label));
    }
    expect(calls).toEqual([
      'open',
      'open report',
      'recent r1',
      'refresh',
      'verify',
      'palette',
      'theme light',
    ]);
  });

  it('marks the theme, and disables what needs a directory while there is none', () => {
    const { all } = items({ hasDirectory: false });
    expect(all.find(({ label }) => label === 'Dark')?.checked).toBe(true);
    const disabled = all.filter(({ enabled }) => enabled === false).map(({ label }) => label);
    expect(disabled).toEqual(['Close Directory', 'Refresh', 'Verify']);
  });

  it('has developer tools in development only', () => {
    const hasTools = (isDevelopment: boolean) =>
      items({ isDevelopment }).all.some(({ role }) => role === 'toggleDevTools' || role === 'forceReload');
    expect([hasTools(true), hasTools(false)]).toEqual([true, false]);
  });
});

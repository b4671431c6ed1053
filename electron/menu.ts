/**
 * The application menu as a template: which items there are, their keys, and what each calls.
 *
 * Pure: main.ts turns it into a menu, again whenever theme or recent directories change.
 */
import type { MenuItemConstructorOptions } from 'electron';
import { type Recent, type Theme, ThemeSchema } from '../shared/contract';

export type PageCommand = 'palette' | 'find' | 'refresh' | 'verify' | 'close';

export interface MenuOptions {
  readonly recent: readonly Recent[];
  readonly theme: Theme;
  readonly hasDirectory: boolean;
  readonly isMac: boolean;
  readonly isDevelopment: boolean;
  readonly openDialog: () => void;
  readonly openReportDialog: () => void;
  readonly openRecent: (recentId: string) => void;
  readonly sendCommand: (command: PageCommand) => void;
  readonly setTheme: (theme: Theme) => void;
}

const THEME_LABELS: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
};

export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const macMenu: MenuItemConstructorOptions[] = options.isMac ? [{ role: 'appMenu' }] : [];
  return [...macMenu, fileMenu(options), editMenu(options), logMenu(options), viewMenu(options)];
}

function fileMenu({
  recent,
  openDialog,
  openReportDialog,
  openRecent,
  ...options
}: MenuOptions): MenuItemConstructorOptions {
  const recentItems = recent.map(({ path, recentId }) => ({
    // An ampersand would underline the next letter.
    label: path.replaceAll('&', '&&'),
    click: () => openRecent(recentId),
  }));
  return {
    label: '&File',
    submenu: [
      { label: 'Open Directory…', accelerator: 'CmdOrCtrl+O', click: openDialog },
      { label: 'Open Saved Report…', accelerator: 'CmdOrCtrl+Shift+O', click: openReportDialog },
      { label: 'Open Recent', enabled: recentItems.length > 0, submenu: recentItems },
      { type: 'separator' },
      { ...commandItem(options, 'Close Directory', 'close', 'CmdOrCtrl+W') },
      ...(options.isMac ? [] : [{ type: 'separator' } as const, { role: 'quit' } as const]),
    ],
  };
}

function editMenu(options: Pick<MenuOptions, 'sendCommand'>): MenuItemConstructorOptions {
  return {
    label: '&Edit',
    submenu: [
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
      { type: 'separator' },
      { ...commandItem({ ...options, hasDirectory: true }, 'Find…', 'find', 'CmdOrCtrl+F') },
    ],
  };
}

function logMenu(options: Pick<MenuOptions, 'sendCommand' | 'hasDirectory'>): MenuItemConstructorOptions {
  return {
    label: '&Log',
    submenu: [
      commandItem(options, 'Refresh', 'refresh', 'CmdOrCtrl+R'),
      commandItem(options, 'Verify', 'verify', 'CmdOrCtrl+Shift+V'),
    ],
  };
}

function viewMenu({ theme, setTheme, isDevelopment, ...options }: MenuOptions): MenuItemConstructorOptions {
  const themes = ThemeSchema.options.map((option) => ({
    label: THEME_LABELS[option],
    type: 'radio' as const,
    checked: option === theme,
    click: () => setTheme(option),
  }));
  const developerItems: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'forceReload' },
    { role: 'toggleDevTools' },
  ];
  return {
    label: '&View',
    submenu: [
      commandItem({ ...options, hasDirectory: true }, 'Command Palette…', 'palette', 'CmdOrCtrl+K'),
      { type: 'separator' },
      { label: 'Theme', submenu: themes },
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(isDevelopment ? developerItems : []),
    ],
  };
}

function commandItem(
  { sendCommand, hasDirectory }: Pick<MenuOptions, 'sendCommand' | 'hasDirectory'>,
  label: string,
  command: PageCommand,
  accelerator: string,
): MenuItemConstructorOptions {
  return { label, accelerator, enabled: hasDirectory, click: () => sendCommand(command) };
}

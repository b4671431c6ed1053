/** The system's dialogs of the window, each for one purpose. What comes of a choice, the caller knows. */
import { type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import type { PlacePurpose } from './ipc/handlers';

const OPEN_DIRECTORY: OpenDialogOptions = {
  title: 'Open a log or a data directory',
  properties: ['openDirectory'],
};
const OPEN_REPORT: OpenDialogOptions = {
  title: 'Open a saved report',
  filters: [{ name: 'Strata report', extensions: ['json'] }],
  properties: ['openFile'],
};
const PLACE_DIALOGS: Readonly<Record<PlacePurpose, OpenDialogOptions>> = {
  archive: {
    title: 'Archive the deleted segments in',
    buttonLabel: 'Archive here',
    properties: ['openDirectory', 'createDirectory'],
  },
  salvage: {
    title: 'Save the sound batches in',
    buttonLabel: 'Salvage here',
    properties: ['openDirectory', 'createDirectory'],
  },
  copy: {
    title: 'Copy the log into',
    buttonLabel: 'Copy here',
    properties: ['openDirectory', 'createDirectory'],
  },
  sample: {
    title: 'Create the sample log in',
    buttonLabel: 'Create here',
    properties: ['openDirectory', 'createDirectory'],
  },
  report: {
    title: 'Write the report into',
    buttonLabel: 'Write here',
    properties: ['openDirectory', 'createDirectory'],
  },
  'compared-directory': {
    title: 'Compare with a log or a data directory',
    buttonLabel: 'Compare',
    properties: ['openDirectory'],
  },
  'compared-report': {
    title: 'Compare with a saved report',
    buttonLabel: 'Compare',
    filters: [{ name: 'Strata report', extensions: ['json'] }],
    properties: ['openFile'],
  },
  'broker-config': {
    title: 'The broker’s server.properties',
    filters: [
      { name: 'Properties', extensions: ['properties'] },
      { name: 'All files', extensions: ['*'] },
    ],
    properties: ['openFile'],
  },
};

/** null where the user cancelled. */
export function chooseDirectory(window: BrowserWindow | null): Promise<string | null> {
  return chosen(window, OPEN_DIRECTORY);
}

/** null where the user cancelled. */
export function chooseReport(window: BrowserWindow | null): Promise<string | null> {
  return chosen(window, OPEN_REPORT);
}

/** null where the user cancelled. */
export function choosePlace(window: BrowserWindow | null, purpose: PlacePurpose): Promise<string | null> {
  return chosen(window, PLACE_DIALOGS[purpose]);
}

async function chosen(window: BrowserWindow | null, options: OpenDialogOptions): Promise<string | null> {
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

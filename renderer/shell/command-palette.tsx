/** Everything that can be done here, found by typing: screens, logs, actions. */
import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { SCREENS } from '../../shared/screens';
import { Field } from '../components/controls';
import dialog from '../components/dialog.module.css';
import { intoView } from '../components/into-view';
import { CORE_COLOURINGS } from '../core/core-tones';
import type { AppState } from '../store/app-store';
import { DIRECTORY_SCREENS } from '../store/screen-slice';
import { useApp, useAppParts } from '../store/use-app';
import { wordFilter } from '../text/word-filter';
import classes from './command-palette.module.css';
import { keepFocusInPage } from './keep-focus-in-page';
import { SCREEN_TITLES } from './rail';

const SHOWN_COUNT_MAX = 50;

interface Command {
  readonly title: string;
  readonly group: string;
  readonly run: () => void;
}

export function CommandPalette() {
  const { isOpen, setOpen } = useAppParts((state) => ({
    isOpen: state.isPaletteOpen,
    setOpen: state.setPaletteOpen,
  }));
  // Not by autoFocus: the dialog must see what had the focus before, to give it back.
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Where there is no menu that has the key.
    const listener = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [setOpen]);
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={setOpen}
      // Behind the dialog's own giving back, which comes right after this call.
      onOpenChangeComplete={(isOpenNow) => void (isOpenNow || setTimeout(keepFocusInPage))}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog['backdrop']} />
        <Dialog.Popup className={`${dialog['popup']} ${classes['palette']}`} initialFocus={field}>
          <Dialog.Title className={classes['title']}>Commands</Dialog.Title>
          <CommandList field={field} onDone={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface CommandListProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onDone: () => void;
}

function CommandList({ field, onDone }: CommandListProps) {
  const state = useApp((all) => all);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useMemo(() => commandsOf(state), [state]);
  const found = useMemo(() => matching(commands, query), [commands, query]);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onDone();
    command.run();
  };
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setChosen(Math.max(0, Math.min(found.length - 1, chosen + step)));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  }
  return (
    <>
      <Field
        ref={field}
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found.length > 0 ? `command-${chosen}` : undefined}
        placeholder="Go to a screen, a log, or do something"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="commands" role="listbox" aria-label="Commands" className={classes['list']}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
          <div
            key={`${command.group} ${command.title}`}
            id={`command-${index}`}
            ref={index === chosen ? intoView : null}
            role="option"
            aria-selected={index === chosen}
            className={classes['item']}
            onClick={() => run(command)}
            onPointerMove={() => setChosen(index)}
          >
            {command.title}
            <span className={classes['group']}>{command.group}</span>
          </div>
        ))}
        {found.length === 0 && <p className={classes['none']}>Nothing by this name.</p>}
      </div>
    </>
  );
}

function commandsOf(state: AppState): Command[] {
  const hasDirectory = state.directory !== null;
  const hasLog = state.logId !== null;
  const canRead = hasLog && state.directory?.savedReport === undefined;
  const verifyAll = () => {
    state.showDirectoryProblems();
    return state.verifyDirectory();
  };
  const command = (group: string, title: string, run: () => unknown): Command => ({
    ...{ group, title },
    run: () => void run(),
  });
  return [
    command('File', 'Open directory…', state.chooseDirectory),
    command('File', 'Open saved report…', state.chooseReport),
    command('File', 'Create a sample log…', state.createSample),
    ...(hasDirectory ? [command('File', 'Close directory', state.closeDirectory)] : []),
    ...(hasDirectory ? [command('File', 'Refresh', () => state.runMenuCommand('refresh'))] : []),
    ...(hasDirectory ? [command('Screen', 'Find…', () => state.runMenuCommand('find'))] : []),
    ...(hasDirectory
      ? [
          command('File', 'Compare with a directory…', () => state.compareWith('directory')),
          command('File', 'Compare with a report…', () => state.compareWith('report')),
        ]
      : []),
    ...(canRead ? [command('Log', 'Verify: read every byte', state.verifyLog)] : []),
    ...(state.directory?.kind === 'data-directory' && state.directory.savedReport === undefined
      ? [command('File', 'Verify all logs: read every byte', verifyAll)]
      : []),
    ...(canRead ? [command('Log', 'Count records', state.countLog)] : []),
    ...(canRead ? [command('Log', 'Read transactions', state.loadTransactions)] : []),
    ...SCREENS.filter((screen) => hasLog || (hasDirectory && DIRECTORY_SCREENS.includes(screen))).map(
      (screen) => command('Screen', SCREEN_TITLES[screen], () => state.showScreen(screen)),
    ),
    ...CORE_COLOURINGS.map((colouring) =>
      command('Core', `Colour by ${colouring}`, () => state.setCoreColouring(colouring)),
    ),
    command('Theme', 'Light', () => state.setTheme('light')),
    command('Theme', 'Dark', () => state.setTheme('dark')),
    command('Theme', 'As the system', () => state.setTheme('system')),
    ...(state.directory?.logs ?? []).map(({ name, logId }) =>
      command('Open log', name, () => state.openLog(logId)),
    ),
    ...state.recent.map(({ path, recentId }) =>
      command('Open recent', path, () => state.openRecent(recentId)),
    ),
  ];
}

/** Every word of the query somewhere in title or group. */
function matching(commands: readonly Command[], query: string): Command[] {
  const isMatch = wordFilter(query);
  return commands.filter(({ title, group }) => isMatch(`${group} ${title}`)).slice(0, SHOWN_COUNT_MAX);
}

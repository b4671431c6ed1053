/** The screens, at the left edge, each with its number key. */
import {
  FileText,
  FoldVertical,
  HardDrive,
  Hourglass,
  Layers,
  List,
  type LucideIcon,
  TableOfContents,
  TriangleAlert,
} from 'lucide-react';
import { useEffect } from 'react';
import { SCREENS, type Screen } from '../../shared/screens';
import { DIRECTORY_SCREENS } from '../store/screen-slice';
import { useApp, useAppParts } from '../store/use-app';
import classes from './rail.module.css';

export const SCREEN_TITLES: Readonly<Record<Screen, string>> = {
  disk: 'Disk',
  segments: 'Segments',
  index: 'Index',
  retention: 'Retention',
  compaction: 'Compaction',
  records: 'Records',
  problems: 'Problems',
  report: 'Report',
};

const SCREEN_ICONS: Readonly<Record<Screen, LucideIcon>> = {
  disk: HardDrive,
  segments: Layers,
  index: TableOfContents,
  retention: Hourglass,
  compaction: FoldVertical,
  records: List,
  problems: TriangleAlert,
  report: FileText,
};

export function Rail() {
  const { screen, hasLog, showScreen } = useAppParts((state) => ({
    screen: state.screen,
    hasLog: state.logId !== null,
    showScreen: state.showScreen,
  }));
  useNumberKeys();
  return (
    <nav className={classes['rail']} aria-label="Screens">
      {SCREENS.map((name, index) => {
        const Icon = SCREEN_ICONS[name];
        return (
          <button
            key={name}
            type="button"
            className={classes['item']}
            aria-current={name === screen ? 'page' : undefined}
            disabled={!hasLog && !DIRECTORY_SCREENS.includes(name)}
            title={`${SCREEN_TITLES[name]} (Alt+${index + 1})`}
            onClick={() => showScreen(name)}
          >
            <Icon size={17} strokeWidth={1.6} aria-hidden="true" />
            {SCREEN_TITLES[name]}
          </button>
        );
      })}
    </nav>
  );
}

function useNumberKeys(): void {
  const showScreen = useApp((state) => state.showScreen);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      const screen = SCREENS[Number(event.key) - 1];
      if (!event.altKey || screen === undefined) return;
      event.preventDefault();
      showScreen(screen);
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [showScreen]);
}

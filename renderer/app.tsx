/** The whole page: the welcome screen, or the frame with one screen in it; theme, drops and keys that work everywhere. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { useEffect } from 'react';
import type { Screen } from '../shared/screens';
import classes from './app.module.css';
import { Button } from './components/controls';
import { Failure } from './components/notices';
import { CommandPalette } from './shell/command-palette';
import { ErrorBoundary } from './shell/error-boundary';
import { Header } from './shell/header';
import { keepFocusInPage } from './shell/keep-focus-in-page';
import { Rail } from './shell/rail';
import { StatusLine } from './shell/status-line';
import { useSettled } from './shell/use-settled';
import { useTheme } from './shell/use-theme';
import { useApp } from './store/use-app';
import { openFailureTitle } from './text/open-failure-title';
import { CompactionScreen } from './views/compaction/compaction-screen';
import { DiskScreen } from './views/disk/disk-screen';
import { IndexScreen } from './views/indexes/index-screen';
import { ProblemsScreen } from './views/problems/problems-screen';
import { RecordsScreen } from './views/records/records-screen';
import { ReportScreen } from './views/report/report-screen';
import { RetentionScreen } from './views/retention/retention-screen';
import { SegmentsScreen } from './views/segments/segments-screen';
import { WelcomeScreen } from './views/welcome/welcome-screen';

const SCREEN_VIEWS: Readonly<Record<Screen, () => React.ReactNode>> = {
  disk: DiskScreen,
  segments: SegmentsScreen,
  index: IndexScreen,
  retention: RetentionScreen,
  compaction: CompactionScreen,
  records: RecordsScreen,
  problems: ProblemsScreen,
  report: ReportScreen,
};

export function App() {
  const isStarted = useApp((state) => state.isStarted);
  const directory = useApp((state) => state.directory);
  const screen = useApp((state) => state.screen);
  const logId = useApp((state) => state.logId);
  useTheme();
  useDrops();
  useSettled();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the screen is what it waits for
  useEffect(keepFocusInPage, [screen, logId]);
  const View = SCREEN_VIEWS[screen];
  return (
    <CSPProvider disableStyleElements>
      <ErrorBoundary>
        {!isStarted ? null : directory === null ? (
          <WelcomeScreen />
        ) : (
          <div className={classes['frame']}>
            <Header />
            <Rail />
            <main className={classes['main']} tabIndex={-1}>
              <OpenFailure />
              <RefreshFailure />
              <ErrorBoundary key={`${screen} ${logId}`}>
                <View />
              </ErrorBoundary>
            </main>
            <StatusLine />
          </div>
        )}
        <CommandPalette />
      </ErrorBoundary>
    </CSPProvider>
  );
}

/** Another directory was asked for and could not be opened; the present one stays. */
function OpenFailure() {
  const failure = useApp((state) => state.openFailure);
  const dismiss = useApp((state) => state.dismissOpenError);
  if (failure === null) return null;
  return (
    <Failure title={openFailureTitle(failure)} error={failure.error}>
      <Button onClick={dismiss}>Dismiss</Button>
    </Failure>
  );
}

/** What is on the screen is then the last that could be read. */
function RefreshFailure() {
  const error = useApp((state) => state.refreshError);
  const refresh = useApp((state) => state.refreshDirectory);
  if (error === null) return null;
  return (
    <Failure title="The directory can no longer be read. This is how it was last seen." error={error}>
      <Button onClick={() => void refresh()}>Look again</Button>
    </Failure>
  );
}

/** A directory or report dropped anywhere on the window is opened. */
function useDrops(): void {
  const openDropped = useApp((state) => state.openDropped);
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) void openDropped(file);
    };
    document.addEventListener('dragover', allow);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', allow);
      document.removeEventListener('drop', drop);
    };
  }, [openDropped]);
}

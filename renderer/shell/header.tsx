/** Which directory and which log is on the screen, in what state, in what health; theme and close. */
import { ChevronRight, Moon, Search, Sun, X } from 'lucide-react';
import type { Directory, LogSummary, SavedReport } from '../../shared/contract';
import { type Severity, worstSeverityOf } from '../../shared/problem';
import { writerWords } from '../../shared/writer-words';
import { Badge, type BadgeProps, Button, SEVERITY_TONES } from '../components/controls';
import { areAllVerified } from '../store/directory-problem-slice';
import { useApp, useAppParts } from '../store/use-app';
import { plural, timeText, utcText } from '../text/quantities';
import classes from './header.module.css';
import { useThemeInForce } from './use-theme';

const WRITER_TONES: Readonly<Record<Directory['broker']['verdict'], BadgeProps['tone']>> = {
  ...{ live: 'warning', crashed: 'error', clean: 'quiet', detached: 'quiet', unknown: 'quiet' },
};

export function Header() {
  const { directory, log, closeDirectory, setPaletteOpen } = useAppParts((state) => ({
    directory: state.directory,
    log: state.directory?.logs.find(({ logId }) => logId === state.logId) ?? null,
    closeDirectory: state.closeDirectory,
    setPaletteOpen: state.setPaletteOpen,
  }));
  if (directory === null) return null;
  return (
    <header className={classes['header']}>
      <Place directory={directory} log={log} />
      <Badge tone={WRITER_TONES[directory.broker.verdict]} title={directory.broker.reason}>
        {writerWords(directory.broker)}
      </Badge>
      {directory.savedReport === undefined ? (
        <Badge tone="quiet" title="Viewing never writes: not a byte, not a time stamp, no lock.">
          read-only
        </Badge>
      ) : (
        <SavedReportBadge saved={directory.savedReport} />
      )}
      {log?.format === 'log-manager' && (
        <Badge
          tone="accent"
          title="Written by the original Python program. It is inspected, verified and read, never changed."
        >
          original format
        </Badge>
      )}
      {log === null ? <DirectoryHealth directory={directory} /> : <Health log={log} />}
      <span className={classes['rest']} />
      <Button
        kind="plain"
        aria-label="Commands"
        title="Commands (Ctrl+K)"
        onClick={() => setPaletteOpen(true)}
      >
        <Search size={14} />
      </Button>
      <ThemeSwitch />
      <Button
        kind="plain"
        aria-label="Close directory"
        title="Close directory (Ctrl+W)"
        onClick={() => void closeDirectory()}
      >
        <X size={14} />
      </Button>
    </header>
  );
}

const DEPTH_TEXTS: Readonly<Record<SavedReport['depth'], string>> = {
  glance: 'names, sizes and single headers',
  headers: 'every batch header',
  records: 'every byte',
};

/** What is shown is of the past and of elsewhere: said on every screen. */
function SavedReportBadge({ saved }: { readonly saved: SavedReport & { readonly path: string } }) {
  const { path, hostName, madeAtMs, depth } = saved;
  const place = hostName === null ? path : `${hostName}:${path}`;
  return (
    <Badge
      tone="accent"
      title={`A report that was made ${utcText(madeAtMs)} from ${DEPTH_TEXTS[depth]}. Records are not in it, and nothing can be changed.`}
    >
      {`saved report of ${place}, ${timeText(madeAtMs)}`}
    </Badge>
  );
}

function Place({ directory, log }: { readonly directory: Directory; readonly log: LogSummary | null }) {
  const showScreen = useApp((state) => state.showScreen);
  const isMany = directory.kind === 'data-directory';
  return (
    <h1 className={classes['place']} title={directory.path}>
      {isMany && log !== null ? (
        <button type="button" className={classes['crumb']} onClick={() => showScreen('disk')}>
          {directory.name}
        </button>
      ) : (
        directory.name
      )}
      {isMany && log !== null && (
        <>
          <ChevronRight size={12} aria-hidden="true" />
          {log.name}
        </>
      )}
    </h1>
  );
}

/** Leftovers of a run that can still be undone are no alarm. */
function healthTone(worst: Severity | null, isVerified: boolean) {
  return worst !== null ? SEVERITY_TONES[worst] : isVerified ? 'good' : 'quiet';
}

function Health({ log }: { readonly log: LogSummary }) {
  const isVerified = useApp((state) => state.isVerified);
  const showScreen = useApp((state) => state.showScreen);
  const tone = healthTone(log.worstSeverity, isVerified);
  const text =
    log.problemCount > 0
      ? plural(log.problemCount, 'problem')
      : isVerified
        ? 'verified: no problems'
        : 'not verified';
  return (
    <button type="button" className={classes['health']} onClick={() => showScreen('problems')}>
      <Badge tone={tone}>{text}</Badge>
    </button>
  );
}

/** Of all logs, as far as is known, while none of them is open. */
function DirectoryHealth({ directory }: { readonly directory: Directory }) {
  const found = useApp((state) => (state.areDirectoryProblemsOutdated ? null : state.directoryProblems));
  const showScreen = useApp((state) => state.showScreen);
  if (directory.kind !== 'data-directory') return null;
  const known = directory.logs.reduce((sum, { problemCount }) => sum + problemCount, 0);
  const count = Math.max(known, found?.total ?? 0);
  const isVerified = found !== null && areAllVerified(found);
  const worst = worstSeverityOf([
    ...directory.logs.flatMap(({ worstSeverity }) =>
      worstSeverity === null ? [] : [{ severity: worstSeverity }],
    ),
    ...(found?.rows ?? []),
  ]);
  return (
    <button type="button" className={classes['health']} onClick={() => showScreen('problems')}>
      <Badge tone={healthTone(worst, isVerified && count === 0)}>
        {count > 0 ? plural(count, 'problem') : isVerified ? 'verified: no problems' : 'not verified'}
      </Badge>
    </button>
  );
}

function ThemeSwitch() {
  const setTheme = useApp((state) => state.setTheme);
  const other = useThemeInForce() === 'dark' ? 'light' : 'dark';
  return (
    <Button
      kind="plain"
      aria-label={`Theme: ${other}`}
      title={`Theme: ${other}`}
      onClick={() => setTheme(other)}
    >
      {other === 'light' ? <Sun size={14} /> : <Moon size={14} />}
    </Button>
  );
}

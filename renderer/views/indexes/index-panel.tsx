/** What another index.interval.bytes would change, what the index files take, and what does not fit the log. */
import type { IndexFigures, IndexRow } from '../../../shared/index-facts';
import type { LookupCost } from '../../../shared/plan/index-lookups';
import type { IndexOutcome } from '../../../shared/plan/index-what-if';
import { percentText } from '../../../shared/plan/share-text';
import { Badge, Button } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, None, Size } from '../../components/quantities';
import { useApp, useAppParts } from '../../store/use-app';
import { useOriginalFormat } from '../../store/use-original-format';
import { INTERVAL_SCALE } from '../../text/limits';
import { plural, sizeText } from '../../text/quantities';
import { LimitControl } from '../limit-control';
import panel from '../plan-panel.module.css';
import classes from './index-screen.module.css';
import { ownInterval } from './own-interval';
import { RebuildPanel, SavedRebuildPanel } from './rebuild-panel';

export interface IndexPanelProps {
  readonly figures: IndexFigures;
}

export function IndexPanel({ figures }: IndexPanelProps) {
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const isKafkas = !useOriginalFormat();
  return (
    <div className={panel['panel']}>
      {isKafkas && <WhatIf figures={figures} />}
      <Mismatches />
      {isKafkas && (isSaved ? <SavedRebuildPanel /> : <RebuildPanel settings={figures.settings} />)}
      <IndexFiles figures={figures} isKafkas={isKafkas} />
      {isKafkas ? <Explanation /> : <OriginalFormat />}
    </div>
  );
}

function WhatIf({ figures }: IndexPanelProps) {
  const { tried, tryIndexInterval, planned } = useAppParts((state) => ({
    tried: state.triedIndexInterval,
    planned: state.indexOutcome,
    tryIndexInterval: state.tryIndexInterval,
  }));
  const own = ownInterval(figures);
  const interval = tried ?? own;
  return (
    <section className={panel['group']} aria-label="What if">
      <LimitControl
        name="index.interval.bytes"
        scale={INTERVAL_SCALE}
        value={interval}
        own={figures.settings['index.interval.bytes']}
        isTried={tried !== null && tried !== own}
        isDisabled={false}
        onChange={tryIndexInterval}
      />
      <table className={classes['comparison']}>
        <thead>
          <tr>
            <th>
              {figures.coveredCount === figures.rows.length
                ? 'All segments'
                : `${figures.coveredCount} of ${plural(figures.rows.length, 'segment')} (${sizeText(figures.coveredBytes)})`}
            </th>
            <th>As on disk</th>
            <th>{`Written every ${sizeText(planned?.intervalBytes ?? interval)}`}</th>
          </tr>
        </thead>
        <tbody>
          {OUTCOME_ROWS.map(({ title, cell }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{cell(figures.present)}</td>
              <td>{planned === null ? <None /> : cell(planned.outcome)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface OutcomeRow {
  readonly title: string;
  readonly cell: (outcome: IndexOutcome) => React.ReactNode;
}

const costRows = (title: string, of: (outcome: IndexOutcome) => LookupCost): OutcomeRow[] => {
  const part = (name: string, show: (cost: LookupCost) => React.ReactNode): OutcomeRow => ({
    title: `${title}, ${name}`,
    cell: (outcome) => (of(outcome).lookupCount === 0 ? <None /> : show(of(outcome))),
  });
  return [
    part('expected', ({ bytesMean, headersMean }) => (
      <Cost bytes={Math.round(bytesMean)} headers={Math.round(headersMean * 10) / 10} />
    )),
    part('worst', ({ bytesMax, headersMax }) => <Cost bytes={bytesMax} headers={headersMax} />),
  ];
};

/** Bytes passed over, and the batch headers read on the way. */
function Cost({ bytes, headers }: { readonly bytes: number; readonly headers: number }) {
  return (
    <>
      <Size bytes={bytes} />
      <span className={classes['headers']} title={`${headers} batch headers are read`}>
        <Count value={headers} />
      </span>
    </>
  );
}

const OUTCOME_ROWS: readonly OutcomeRow[] = [
  { title: 'Offset index entries', cell: ({ offsetEntryCount }) => <Count value={offsetEntryCount} /> },
  { title: 'Time index entries', cell: ({ timeEntryCount }) => <Count value={timeEntryCount} /> },
  { title: 'Size of the entries', cell: ({ indexBytes }) => <Size bytes={indexBytes} /> },
  ...costRows('By offset', ({ costs }) => costs.byOffset),
  ...costRows('By time', ({ costs }) => costs.byTime),
];

const isIndexFile = (name: string) => /\.(index|timeindex|txnindex)$/.test(name);

/** Findings about index files, as far as known. */
function Mismatches() {
  const { problems, isComplete, showScreen, selectProblem, verifyLog, isSaved } = useAppParts((state) => ({
    problems: state.problems,
    isComplete: state.areProblemsComplete,
    showScreen: state.showScreen,
    selectProblem: state.selectProblem,
    verifyLog: state.verifyLog,
    isSaved: state.directory?.savedReport !== undefined,
  }));
  const found = problems.flatMap((problem, index) => (isIndexFile(problem.file) ? [{ problem, index }] : []));
  return (
    <section className={panel['group']} aria-label="Mismatches">
      <h2 className={classes['heading']}>
        {found.length === 0 ? 'No mismatch with the log' : plural(found.length, 'mismatch', 'mismatches')}
      </h2>
      {found.slice(0, SHOWN_MISMATCHES_MAX).map(({ problem, index }) => (
        <div key={index} className={classes['mismatch']}>
          <span>
            <Badge tone={problem.severity === 'error' ? 'error' : 'warning'}>{problem.code}</Badge>{' '}
            {problem.file}
          </span>
          <span>{problem.message}</span>
          <span className={classes['note']}>{problem.consequence}</span>
        </div>
      ))}
      {found.length > 0 && (
        <span>
          <Button
            onClick={() => {
              showScreen('problems');
              selectProblem(found[0]!.index);
            }}
          >
            Show in Problems
          </Button>
        </span>
      )}
      {!isComplete && (
        <p className={classes['note']}>
          Checked against the batch headers. Abort markers and the transaction index are compared when every
          byte is read. {!isSaved && <Button onClick={() => void verifyLog()}>Verify</Button>}
        </p>
      )}
    </section>
  );
}

const SHOWN_MISMATCHES_MAX = 20;

/** The original program has no time index, and no setting. */
function IndexFiles({ figures, isKafkas }: IndexPanelProps & { readonly isKafkas: boolean }) {
  const { rows: segments, settings } = figures;
  const writer = useApp((state) => state.directory?.broker);
  const sum = (of: (segment: IndexRow) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  const zerosOf = ({ offsetIndex, timeIndex }: IndexRow) =>
    (offsetIndex?.zeroTailBytes ?? 0) + (timeIndex?.zeroTailBytes ?? 0);
  const fileBytes = sum(
    ({ offsetIndex, timeIndex, transactionIndex }) =>
      (offsetIndex?.sizeInBytes ?? 0) + (timeIndex?.sizeInBytes ?? 0) + (transactionIndex?.sizeInBytes ?? 0),
  );
  const logBytes = sum(({ sizeInBytes }) => sizeInBytes);
  const preallocated = sum((segment) => (segment.isActive ? zerosOf(segment) : 0));
  const slack = sum((segment) => (segment.isActive ? 0 : zerosOf(segment)));
  return (
    <section aria-label="Index files">
      <Facts
        rows={[
          ['Index files', <Size key="v" bytes={fileBytes} />],
          ['Share of the log', percentText(fileBytes / Math.max(1, logBytes), 2)],
          ['Preallocated, active segment', <Size key="v" bytes={preallocated} />],
          ['Slack in closed segments', <Size key="v" bytes={slack} />],
          isKafkas ? ['segment.index.bytes', sizeText(Number(settings['segment.index.bytes'].value))] : null,
          ['Segments without an index', <Count key="v" value={missingCount(segments, isKafkas)} />],
          ['Headers known of', `${figures.coveredCount} of ${plural(segments.length, 'segment')}`],
          writer?.verdict === 'live' ? ['Writer', 'at work: figures are of this moment'] : null,
        ]}
      />
    </section>
  );
}

const missingCount = (segments: readonly IndexRow[], hasTimeIndexes: boolean) =>
  segments.filter(
    ({ offsetIndex, timeIndex }) => offsetIndex === null || (hasTimeIndexes && timeIndex === null),
  ).length;

function OriginalFormat() {
  return (
    <section className={panel['group']} aria-label="Original format">
      <p className={classes['note']}>
        The original program wrote an entry where 4,096 bytes or more lie behind the one before, and knows no
        setting for it: index.interval.bytes means nothing here, and this log is only read.
      </p>
    </section>
  );
}

function Explanation() {
  return (
    <section className={panel['group']} aria-label="How it is computed">
      <p className={classes['note']}>
        An entry is written for a batch when more than index.interval.bytes lie behind the entry before it;
        the first batch of a segment has none. A look-up by offset goes to the greatest entry at or below it
        and reads batch headers from there; an entry names the last record of its batch, so the records before
        that are found from the entry before. A look-up by time goes through the time index to an offset
        first. Bytes are those passed over up to the batch that is found; beside them stands how many batch
        headers are read. Expected is the mean over all records, each looked up once; by time each with the
        largest timestamp of its batch.
      </p>
    </section>
  );
}

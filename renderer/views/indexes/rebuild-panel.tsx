/** Rebuilding index files: the comparison with the log, the plan file by file, the run, and the way back. */
import type { IndexFigures } from '../../../shared/index-facts';
import type { IndexRebuildLogPlan, PlannedIndexFile } from '../../../shared/index-rebuild';
import { Badge, Button } from '../../components/controls';
import { useApp, useAppParts } from '../../store/use-app';
import { countText, plural, sizeText } from '../../text/quantities';
import { PendingRuns } from '../pending-runs';
import panel from '../plan-panel.module.css';
import { RunDescription, RunDialog } from '../run-dialog';
import classes from './index-screen.module.css';
import { ownInterval } from './own-interval';

const LISTED_MAX = 200;

export function RebuildPanel({ settings }: Pick<IndexFigures, 'settings'>) {
  const state = useAppParts((all) => ({
    plan: all.indexRebuildPlan,
    tried: all.triedIndexInterval,
    planIndexRebuild: all.planIndexRebuild,
    rebuildIndexes: all.rebuildIndexes,
  }));
  const { plan, tried } = state;
  const own = ownInterval({ settings });
  return (
    <section className={panel['group']} aria-label="Rebuild">
      <h2 className={classes['heading']}>Rebuild index files</h2>
      {plan === null ? (
        <>
          <p className={classes['note']}>
            {tried === null || tried === own
              ? 'Compares every index file with what a recovery would write. Files that differ without harm are left alone.'
              : `Compares every index file with what would be written every ${sizeText(tried)}, and plans for those that differ.`}
          </p>
          <span>
            <Button onClick={() => void state.planIndexRebuild()}>Compare with the log</Button>
          </span>
        </>
      ) : (
        <Plan plan={plan} onRun={() => void state.rebuildIndexes()} />
      )}
      <PendingRuns />
    </section>
  );
}

/** The plan that a saved report holds, for the topic's own interval. */
export function SavedRebuildPanel() {
  const plan = useApp((state) => state.indexRebuildPlan);
  return (
    <section className={panel['group']} aria-label="Rebuild">
      <h2 className={classes['heading']}>Rebuild index files</h2>
      {plan === null ? (
        <p className={classes['note']}>
          What a rebuild would write is not in this saved report. It is where it was asked for: Index files to
          rebuild on the Report screen, or strata report --rebuild-index.
        </p>
      ) : (
        <Plan plan={plan} onRun={null} />
      )}
      <PendingRuns />
    </section>
  );
}

interface PlanProps {
  readonly plan: IndexRebuildLogPlan;
  /** null where nothing runs. */
  readonly onRun: (() => void) | null;
}

function Plan({ plan, onRun }: PlanProps) {
  const { files, blocked, refusal, segmentCount } = plan;
  const text = `Rebuild ${plural(files.length, 'index file')}`;
  return (
    <>
      {files.length === 0 && (
        <p className={classes['note']}>
          {`Nothing to rebuild: the index files of ${plural(segmentCount, 'segment')} were compared with every byte of the log.`}
        </p>
      )}
      {files.length > 0 && <FileTable files={files} />}
      {blocked.map(({ baseOffset, why }) => (
        <p key={baseOffset} className={classes['note']}>
          <Badge tone="warning">stays as it is</Badge> {`Segment ${countText(baseOffset)}: ${why}`}
        </p>
      ))}
      {files.length > 0 &&
        (refusal !== null || onRun === null ? (
          <p className={classes['note']}>
            <Badge tone="warning">not here</Badge> {refusal}
          </p>
        ) : (
          <RunDialog text={text} keepText="Leave them" onConfirm={onRun}>
            <RunDescription>
              The log itself is not touched. Old files are renamed to .deleted, and the run can be undone
              until their space is freed: here, by strata purge, or by a broker at its next start.
            </RunDescription>
          </RunDialog>
        ))}
    </>
  );
}

function FileTable({ files }: { readonly files: readonly PlannedIndexFile[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keys
    <section className={classes['files']} tabIndex={0} aria-label="Index files to rebuild">
      <table className={classes['comparison']}>
        <thead>
          <tr>
            <th>File</th>
            <th>Entries</th>
            <th>Size</th>
          </tr>
        </thead>
        <tbody>
          {files.slice(0, LISTED_MAX).map((file) => (
            <tr key={file.name}>
              <th scope="row" title={file.why}>
                <span className={classes['file']}>{file.name}</span>{' '}
                <Badge tone="warning">{file.reason}</Badge>
                <span className={classes['note']}>{file.why}</span>
              </th>
              <td>{change(file.entriesBefore, file.entriesAfter, countText)}</td>
              <td>{change(file.bytesBefore, file.bytesAfter, sizeText)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {files.length > LISTED_MAX && (
        <p className={classes['note']}>{`and ${countText(files.length - LISTED_MAX)} more`}</p>
      )}
    </section>
  );
}

function change(before: number | null, after: number | null, text: (value: number) => string): string {
  const of = (value: number | null) => (value === null ? '–' : text(value));
  return before === after ? of(after) : `${of(before)} → ${of(after)}`;
}

/**
 * A report of what is open: formats, tables, contents and redaction chosen, written into a folder, shown there; or what is
 * open compared with another directory or report.
 */
import type { ReactNode } from 'react';
import { Button, Choice } from '../../components/controls';
import { Failure } from '../../components/notices';
import { Size } from '../../components/quantities';
import { TaskProgress } from '../../components/task-progress';
import { COMPARISON_KEY } from '../../store/comparison-slice';
import {
  chosenTables,
  offeredTables,
  REPORT_KEY,
  type ReportWish,
  type WindowReportFormat,
} from '../../store/report-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { ComparisonView } from './comparison-view';
import classes from './report-screen.module.css';

const FORMATS: readonly (readonly [format: WindowReportFormat, title: string, note: string])[] = [
  ['html', 'HTML', 'One page with the pictures and tables; opens anywhere, offline'],
  ['json', 'JSON', 'Everything; Strata opens it as if it were the directory'],
  ['pdf', 'PDF', 'The HTML, printed'],
  ['md', 'Markdown', 'A summary for a ticket'],
  ['csv', 'CSV', 'One file a table, for a spreadsheet'],
  ['parquet', 'Parquet', 'Segments and batches, for DuckDB, Spark and the like; reads every byte'],
];

export function ReportScreen() {
  const comparison = useApp((state) => state.comparison);
  return comparison === null ? <ReportForm /> : <ComparisonView comparison={comparison} />;
}

function ReportForm() {
  const { wish, isSaved, change } = useAppParts((state) => ({
    wish: state.reportWish,
    isSaved: state.directory?.savedReport !== undefined,
    change: state.wishReport,
  }));
  return (
    <div className={classes['screen']}>
      <form className={classes['form']} onSubmit={(event) => event.preventDefault()} aria-label="Report">
        <Group title="Formats">
          {FORMATS.map(([format, title, note]) => (
            <Option
              key={format}
              title={title}
              note={isSaved && format === 'parquet' ? 'Only of a report that lists its batches' : note}
              isOn={wish.formats.includes(format)}
              onChange={(isOn) => change({ formats: toggled(wish.formats, format, isOn) })}
            />
          ))}
        </Group>
        {wish.formats.includes('csv') && <Tables wish={wish} onChange={change} isSaved={isSaved} />}
        {!isSaved && <Contents wish={wish} onChange={change} />}
        <Redaction wish={wish} onChange={change} isSaved={isSaved} />
        <Write />
        <Compare />
      </form>
    </div>
  );
}

function toggled<Name>(names: readonly Name[], name: Name, isOn: boolean): Name[] {
  const others = names.filter((each) => each !== name);
  return isOn ? [...others, name] : others;
}

interface PartProps {
  readonly wish: ReportWish;
  readonly onChange: (part: Partial<ReportWish>) => void;
}

function Tables({ wish, onChange, isSaved }: PartProps & { readonly isSaved: boolean }) {
  return (
    <Group title="Tables of the CSV">
      {offeredTables(wish, isSaved).map((name) => (
        <Option
          key={name}
          title={name}
          isOn={!wish.omittedTables.includes(name)}
          onChange={(isOn) => onChange({ omittedTables: toggled(wish.omittedTables, name, !isOn) })}
        />
      ))}
    </Group>
  );
}

const DEPTHS = ['as needed', 'glance', 'headers', 'records'] as const;
type DepthChoice = (typeof DEPTHS)[number];
const DEPTH_NOTES: Readonly<Record<DepthChoice, string>> = {
  'as needed': 'Every batch header of a single log; of a data directory names, sizes and single headers.',
  glance: 'Names, sizes and single headers: quick, without counts.',
  headers: 'Every batch header: exact counts of batches and records.',
  records: 'Every byte: all problems are in it.',
};
const DEPTH_TITLES: Readonly<Record<DepthChoice, string>> = {
  'as needed': 'as needed',
  glance: 'glance',
  headers: 'counts',
  records: 'verify',
};

function Contents({ wish, onChange }: PartProps) {
  const depth: DepthChoice = wish.depth ?? 'as needed';
  return (
    <Group title="What is read for it">
      <div>
        <Choice
          label="Depth"
          value={depth}
          options={DEPTHS}
          titleOf={(each) => DEPTH_TITLES[each]}
          onChange={(chosen) => onChange({ depth: chosen === 'as needed' ? null : chosen })}
        />
        <p className={classes['note']}>{DEPTH_NOTES[depth]}</p>
      </div>
      <Option
        title="Analysis of compaction"
        note="Reads the cleanable part of each compacted log twice"
        isOn={wish.analysesCompaction}
        onChange={(analysesCompaction) => onChange({ analysesCompaction })}
      />
      <Option
        title="Statistics"
        note="What the records are and what each byte is; reads every byte, and of up to 500 segments twice"
        isOn={wish.readsStatistics}
        onChange={(readsStatistics) => onChange({ readsStatistics })}
      />
      <Option
        title="Next start-up"
        note="What a broker would do to each file, and why; reads what a broker would check"
        isOn={wish.plansStartup}
        onChange={(plansStartup) => onChange({ plansStartup })}
      />
      <Option
        title="Transactions"
        note="By whom, from where to where, and how they ended; reads every byte"
        isOn={wish.listsTransactions}
        onChange={(listsTransactions) => onChange({ listsTransactions })}
      />
      <Option
        title="Index files to rebuild"
        note="Each compared with what a recovery would write; reads every byte"
        isOn={wish.plansIndexRebuild}
        onChange={(plansIndexRebuild) => onChange({ plansIndexRebuild })}
      />
      <Option
        title="Batches"
        note="Every batch and index entry, up to a million batches; reads every byte"
        isOn={wish.listsBatches}
        onChange={(listsBatches) => onChange({ listsBatches })}
      />
    </Group>
  );
}

function Redaction({ wish, onChange, isSaved }: PartProps & { readonly isSaved: boolean }) {
  return (
    <Group title="What leaves">
      <Option
        title="Redact"
        note="Paths are cut; keys, header names and unknown texts become keyed hashes. Values of records are in no report"
        isOn={wish.isRedacted}
        onChange={(isRedacted) =>
          onChange({
            isRedacted,
            hashesTopics: wish.hashesTopics && isRedacted,
          })
        }
      />
      <Option
        title="Hash topic names, too"
        isOn={wish.hashesTopics}
        isDisabled={!wish.isRedacted}
        onChange={(hashesTopics) => onChange({ hashesTopics })}
      />
      {!isSaved && (
        <Option
          title="Tell the name of this machine"
          isOn={wish.tellsHostName}
          onChange={(tellsHostName) => onChange({ tellsHostName })}
        />
      )}
      <Option
        title="Write over files that are there"
        isOn={wish.overwrites}
        onChange={(overwrites) => onChange({ overwrites })}
      />
    </Group>
  );
}

function Write() {
  const { wish, written, error, task, write, reveal, cancel } = useAppParts((state) => ({
    wish: state.reportWish,
    written: state.writtenReport,
    error: state.reportError,
    task: state.tasks.find(({ key, state: each }) => key === REPORT_KEY && each === 'running'),
    write: state.writeReport,
    reveal: state.revealReport,
    cancel: state.cancelTask,
  }));
  const name = useApp((state) => state.directory?.name ?? '');
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const missing = missingChoice(wish, isSaved);
  return (
    <>
      <div className={classes['actions']}>
        <Button kind="primary" disabled={missing !== null || task !== undefined} onClick={() => void write()}>
          {`Write the report of ${name}…`}
        </Button>
        {missing !== null && <span className={classes['note']}>{missing}</span>}
        {task !== undefined && (
          <TaskProgress
            title="Writing"
            progress={task.progress}
            startedAtMs={task.startedAtMs}
            onCancel={() => cancel(task.taskId)}
          />
        )}
      </div>
      {error !== null && <Failure title="The report was not written." error={error} />}
      {written !== null && (
        <section className={classes['written']} aria-label="Written files">
          <span>{`Written into ${written.place.path}`}</span>{' '}
          <Button onClick={() => void reveal()}>Show in folder</Button>
          <ul>
            {written.files.map((file) => (
              <li key={file.name}>
                {file.name} <Size bytes={file.sizeInBytes} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What is to be chosen before anything can be written; null where nothing is. */
function missingChoice(wish: ReportWish, isSaved: boolean): string | null {
  if (wish.formats.length === 0) return 'Choose a format.';
  if (wish.formats.includes('csv') && chosenTables(wish, isSaved).length === 0)
    return 'Choose a table of the CSV.';
  return null;
}

/** The system's dialog takes either files or directories, so that there are two ways. */
function Compare() {
  const task = useApp((state) => state.tasks.find(({ key }) => key === COMPARISON_KEY));
  const { compare, cancel, counts, setCounts, isMany } = useAppParts((state) => ({
    compare: state.compareWith,
    cancel: state.cancelTask,
    counts: state.comparisonCounts,
    setCounts: state.setComparisonCounts,
    isMany: state.directory?.kind === 'data-directory',
  }));
  const name = useApp((state) => state.directory?.name ?? '');
  const isRunning = task?.state === 'running';
  return (
    <section className={classes['compare']} aria-label="Compare">
      <h2 className={classes['heading']}>{`Compare ${name}`}</h2>
      <p className={classes['note']}>
        What is gone, new and changed; of two directories also where their records differ first, of a report
        that lists its batches where these do
      </p>
      {isMany && (
        <Option
          title="Count the records of each segment"
          note="Else segments are compared by their sizes; reads every batch header"
          isOn={counts}
          onChange={setCounts}
        />
      )}
      <div className={classes['buttons']}>
        <Button disabled={isRunning} onClick={() => void compare('directory')}>
          Compare with a directory…
        </Button>
        <Button disabled={isRunning} onClick={() => void compare('report')}>
          Compare with a report…
        </Button>
        {isRunning && (
          <TaskProgress
            title="Comparing"
            progress={task.progress}
            startedAtMs={task.startedAtMs}
            onCancel={() => cancel(task.taskId)}
          />
        )}
        {task?.state === 'cancelled' && <span className={classes['note']}>Cancelled.</span>}
      </div>
      {task?.state === 'failed' && task.error !== null && (
        <Failure title="They could not be compared." error={task.error} />
      )}
    </section>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className={classes['group']}>
      <legend className={classes['legend']}>{title}</legend>
      {children}
    </fieldset>
  );
}

interface OptionProps {
  readonly title: string;
  readonly note?: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Option({ title, note, isOn, isDisabled = false, onChange }: OptionProps) {
  return (
    <label className={classes['option']}>
      <input
        type="checkbox"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {title}
      {note !== undefined && <span className={classes['note']}>{note}</span>}
    </label>
  );
}

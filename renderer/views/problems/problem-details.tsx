/** One problem in full: what follows from it, what to do, and the way to its bytes. */
import type { ReactNode } from 'react';
import { PROBLEM_KINDS, type Problem, type ProblemCode } from '../../../shared/problem';
import { Button } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, None, Size } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { FileBytes } from '../file-bytes';
import classes from './problems-screen.module.css';

interface ProblemDetailsProps {
  readonly problem: Problem;
  /** The log's name, where the list is of many. */
  readonly log?: string | null;
  /** Where it leads to. */
  readonly children?: ReactNode;
}

export function ProblemDetails({ problem, log = null, children }: ProblemDetailsProps) {
  const { title, remedy } = PROBLEM_KINDS[problem.code];
  return (
    <div className={classes['details']}>
      <h2 className={classes['title']}>{title}</h2>
      <p>{problem.message}</p>
      <section>
        <h3 className={classes['heading']}>What a broker does</h3>
        <p>{problem.consequence}</p>
      </section>
      <section>
        <h3 className={classes['heading']}>What to do</h3>
        <p>{remedy}</p>
      </section>
      <Facts
        rows={[
          ['Code', problem.code],
          log === null ? null : ['Log', log],
          ['File', problem.file === '' ? <None key="v" /> : problem.file],
          [
            'Position',
            problem.position === null ? <None key="v" /> : <Count key="v" value={problem.position} />,
          ],
          ['Bytes', <Size key="v" bytes={problem.sizeInBytes} />],
          ['Base offset', <Count key="v" value={problem.baseOffset} />],
        ]}
      />
      {children}
    </div>
  );
}

/** Of these the file is not there, or is none that can be read. */
const WITHOUT_BYTES: readonly ProblemCode[] = [
  'offset-index-missing',
  'time-index-missing',
  'segment-unreadable',
  'file-not-regular',
];
/** As electron/engine/inspect/file-anatomy.ts knows them. */
const SMALL_FILE =
  /^\d{1,20}\.(?:index|timeindex|txnindex|snapshot|log\.\w+)(?:\.\w+)?$|(?:-checkpoint|^partition\.metadata)$/;

/** To the batch list of the segment at the bytes concerned; those of small files are shown here. */
export function JumpToBytes({ problem: { code, file, position } }: { readonly problem: Problem }) {
  const { segments, showBatchAt, showFileBytes, shown, isSaved } = useAppParts((all) => ({
    segments: all.segments,
    showBatchAt: all.showBatchAt,
    showFileBytes: all.showFileBytes,
    shown: all.shownFile,
    isSaved: all.directory?.savedReport !== undefined,
  }));
  const base = /^(\d{1,20})\.log$/.exec(file)?.[1];
  const segment = segments.find(({ baseOffset }) => base !== undefined && baseOffset === Number(base));
  const hasBytes = segment !== undefined || SMALL_FILE.test(file);
  if (isSaved || !hasBytes || WITHOUT_BYTES.includes(code)) return null;
  const show = () =>
    segment === undefined
      ? showFileBytes(file, position ?? 0)
      : showBatchAt(segment.baseOffset, position ?? 0);
  return (
    <>
      {shown === null && <Button onClick={() => void show()}>Show the bytes</Button>}
      <FileBytes />
    </>
  );
}

/** Why the last task of a kind failed, where it was asked for and about the same; gone with the next try, or dismissed. */
import { Button } from '../components/controls';
import { intoView } from '../components/into-view';
import { Failure } from '../components/notices';
import { useApp } from '../store/use-app';

interface TaskFailureProps {
  /** Which kind of task. */
  readonly taskKey: string;
  /** Id of the log or directory on the screen. */
  readonly about: string | null;
  /** Default: the task's own title. */
  readonly title?: string;
}

export function TaskFailure({ taskKey, about, title }: TaskFailureProps) {
  const task = useApp((state) => state.tasks.find((each) => each.key === taskKey && each.about === about));
  const dismiss = useApp((state) => state.dismissTask);
  if (task?.state !== 'failed' || task.error === null) return null;
  return (
    <div ref={intoView}>
      <Failure title={title ?? `${task.title} failed.`} error={task.error}>
        <Button onClick={() => dismiss(task.taskId)}>Dismiss</Button>
      </Failure>
    </div>
  );
}

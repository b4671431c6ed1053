/** Why the last task of a kind failed, where it was asked for; gone with the next try, or when it is dismissed. */
import { Button } from '../components/controls';
import { Failure } from '../components/notices';
import { useApp } from '../store/use-app';

interface TaskFailureProps {
  /** Which kind of task. */
  readonly taskKey: string;
  readonly title: string;
}

export function TaskFailure({ taskKey, title }: TaskFailureProps) {
  const task = useApp((state) => state.tasks.find(({ key }) => key === taskKey));
  const dismiss = useApp((state) => state.dismissTasks);
  if (task?.state !== 'failed' || task.error === null) return null;
  return (
    <Failure title={title} error={task.error}>
      <Button onClick={dismiss}>Dismiss</Button>
    </Failure>
  );
}

/** What a plan of a next start-up comes to, in sentences: for the command line and for reports. Lists no step. */
import type { StartupPlan } from '../../shared/startup';
import { liveWriterText } from '../../shared/writer-words';
import { sizeText } from './text-table';

export function startupFacts({
  hadCleanShutdown,
  liveWriter,
  areAssignmentsKnown,
  logs,
}: Omit<StartupPlan, 'schema' | 'directory'>): string[] {
  const sum = (count: (log: StartupPlan['logs'][number]) => number) =>
    sizeText(logs.reduce((total, log) => total + count(log), 0));
  const lines = [
    hadCleanShutdown
      ? 'Whoever was here last stopped in order.'
      : 'No clean stop: segments from the recovery point on are checked.',
    `${sum((log) => log.bytesToCheck)} to check, ${sum((log) => log.bytesToReplay)} to read for the producer state.`,
  ];
  if (liveWriter !== null) lines.push(liveWriterText(liveWriter));
  if (!areAssignmentsKnown)
    lines.push('Without cluster metadata nobody can tell which partitions it would set aside.');
  return lines;
}

export function startupVerdict({
  steps,
  stopsBeforeLoading,
}: Pick<StartupPlan, 'steps' | 'stopsBeforeLoading'>): string {
  const count = steps.filter(({ action }) => action === 'refuse').length;
  if (count === 0) return 'The broker would start.';
  const before = stopsBeforeLoading
    ? ' It stops before it loads any log; what follows happens once that is put right.'
    : ' It may have done part of what follows by then.';
  return `The broker would NOT start: ${count} ${count === 1 ? 'reason' : 'reasons'}.${before}`;
}

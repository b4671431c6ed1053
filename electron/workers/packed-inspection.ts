/** An inspection and a plan of a start-up as they go from a worker to main: figures at once, rows packed for their pages. */
import { z } from 'zod';
import { type LogInspectionRow, LogSchema } from '../../shared/inspection';
import { bytesOfStep, type StartupStep } from '../../shared/plan/startup-reasons';
import { type StartupPlan, StartupSummarySchema } from '../../shared/startup';
import { PackedListSchema, packList } from './packed-list';

export const PackedInspectionSchema = LogSchema.omit({ segments: true, problems: true }).extend({
  segments: PackedListSchema,
  problems: PackedListSchema,
  /** Of the problems, those that are errors. */
  errorCount: z.number().int().nonnegative(),
});
export type PackedInspection = z.infer<typeof PackedInspectionSchema>;

export async function packInspection(inspection: LogInspectionRow): Promise<PackedInspection> {
  const { segments, problems, ...facts } = inspection;
  return {
    ...facts,
    segments: await packList(segments),
    problems: await packList(problems),
    errorCount: problems.filter(({ severity }) => severity === 'error').length,
  };
}

export const PackedStartupSchema = z.object({
  summary: StartupSummarySchema,
  /** In the order in which a broker comes to them. */
  steps: PackedListSchema,
  /** Those of them that change or read something. */
  changes: PackedListSchema,
});
export type PackedStartup = z.infer<typeof PackedStartupSchema>;

export async function packStartup(plan: Omit<StartupPlan, 'schema'>): Promise<PackedStartup> {
  const { kind, hadCleanShutdown, liveWriter, areAssignmentsKnown, stopsBeforeLoading, logs, steps } = plan;
  const sum = (bytes: readonly number[]) => bytes.reduce((total, one) => total + one, 0);
  const isRemoval = ({ action }: StartupStep) => action !== 'check';
  const changes = steps.filter(({ action }) => action !== 'keep');
  const summary = {
    ...{ kind, hadCleanShutdown, liveWriter, areAssignmentsKnown, stopsBeforeLoading },
    logCount: logs.length,
    bytesToCheck: sum(logs.map((log) => log.bytesToCheck)),
    bytesToReplay: sum(logs.map((log) => log.bytesToReplay)),
    bytesToRemove: sum(steps.filter(isRemoval).map((step) => bytesOfStep(step) ?? 0)),
    refusalCount: steps.filter(({ action }) => action === 'refuse').length,
    stepCount: steps.length,
    changeCount: changes.length,
  };
  return { summary, steps: await packList(steps), changes: await packList(changes) };
}

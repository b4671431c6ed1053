/**
 * Schemas of what a broker does to a directory when it starts: `strata startup --json`, and the window's.
 *
 * Codes of actions and reasons, with their words, stand in plan/startup-reasons.ts.
 */
import { z } from 'zod';
import {
  STARTUP_ACTIONS,
  STARTUP_REASONS,
  type StartupAction,
  type StartupReason,
} from './plan/startup-reasons';

const Int = z.number().int();
const Count = Int.nonnegative();

const codesOf = <Code extends string>(table: Readonly<Record<Code, string>>) =>
  z.enum(Object.keys(table) as [Code, ...Code[]]);

/** As `StartupStep` in plan/startup-reasons.ts. */
export const StartupStepSchema = z.object({
  log: z.string().nullable(),
  file: z.string(),
  action: codesOf<StartupAction>(STARTUP_ACTIONS),
  toName: z.string().nullable(),
  sizeInBytes: Count.nullable(),
  sizeAfterInBytes: Count.nullable(),
  reason: codesOf<StartupReason>(STARTUP_REASONS),
  detail: z.string().nullable(),
});

export const StartupLogSchema = z.object({
  name: z.string(),
  /** metadata: the quorum's own log, which is not played through. */
  state: z.enum(['current', 'future', 'deleted', 'stray', 'metadata']),
  logStartOffset: Int,
  /** Exclusive, after the start; 0 where the log is not loaded. */
  logEndOffset: Int,
  /** Segments that are read from end to end. */
  bytesToCheck: Count,
  /** Batches behind the newest snapshot, read for the producer state. */
  bytesToReplay: Count,
});

const Facts = {
  kind: z.enum(['log', 'data-directory']),
  hadCleanShutdown: z.boolean(),
  /** Who is at work there; then the plan holds for a crash right now. */
  liveWriter: z.enum(['broker', 'engine']).nullable(),
  areAssignmentsKnown: z.boolean(),
  stopsBeforeLoading: z.boolean(),
};

export const StartupPlanSchema = z.object({
  schema: z.literal('strata.startup/1'),
  directory: z.string(),
  ...Facts,
  logs: z.array(StartupLogSchema),
  /** In the order in which a broker comes to them, log by log. */
  steps: z.array(StartupStepSchema),
});
export type StartupPlan = z.infer<typeof StartupPlanSchema>;

/** What the window shows above the list of steps. */
export const StartupSummarySchema = z.object({
  ...Facts,
  logCount: Count,
  bytesToCheck: Count,
  bytesToReplay: Count,
  /** Bytes of files that go, or are cut off. */
  bytesToRemove: Count,
  refusalCount: Count,
  stepCount: Count,
  /** Steps that change or read something. */
  changeCount: Count,
});
export type StartupSummary = z.infer<typeof StartupSummarySchema>;

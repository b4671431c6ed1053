/**
 * What main can ask of the run worker: the one that changes files of a log. In paths: both sides are ours.
 *
 * Main holds the directory's lock during each call that changes something, and says what it holds.
 */
import { z } from 'zod';
import { ConfirmedCompactionSchema } from '../../shared/compaction';
import { BytesProgressSchema } from '../../shared/contract';
import { ConfirmedIndexRebuildSchema } from '../../shared/index-rebuild';
import { BrokerStateSchema } from '../../shared/inspection';
import { ConfirmedRetentionSchema, RunSchema } from '../../shared/retention';
import type { Contract } from '../../shared/rpc';
import { SalvageReportSchema } from '../../shared/salvage';
import { LogDirectorySchema } from './scan-contract';
import { workerEvents } from './worker-events';

const Path = z.string().min(1);
const Locked = z.object({ directory: Path, dataDirectory: Path.nullable() });
const LockedRun = z.object({ locked: Locked, runId: z.string() });

export const runContract = {
  calls: {
    /** Writes a sample log in a new directory in `place`. Cancelled, nothing of it is left. */
    'run.sample': {
      params: z.object({ place: Path }),
      /** Of the log. */
      result: z.object({ path: Path }),
      progress: BytesProgressSchema,
    },
    /** Writes the sound batches of a log into a new one. Cancelled, nothing of it is left. */
    'run.salvage': {
      params: z.object({ path: Path, name: z.string().min(1), into: Path }),
      result: SalvageReportSchema,
      progress: BytesProgressSchema,
    },
    /** Copies a log into the target, for a run on the copy. Cancelled, nothing of it is left. */
    'run.copy': {
      params: z.object({ path: Path, target: Path }),
      result: z.object({ path: Path }),
      progress: BytesProgressSchema,
    },
    /** Locked is the log itself, or a copy of it. */
    'run.retention': {
      params: z.object({
        log: LogDirectorySchema,
        locked: Locked,
        /** As it was before the lock was taken: afterwards our own lock would look like a broker's. */
        broker: BrokerStateSchema,
        confirmed: ConfirmedRetentionSchema,
        brokerConfigPath: Path.nullable(),
        archiveTo: Path.nullable(),
      }),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    'run.compaction': {
      params: z.object({
        log: LogDirectorySchema,
        locked: Locked,
        broker: BrokerStateSchema,
        confirmed: ConfirmedCompactionSchema,
        brokerConfigPath: z.string().min(1).nullable(),
      }),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    'run.rebuildIndexes': {
      params: z.object({
        log: LogDirectorySchema,
        locked: Locked,
        broker: BrokerStateSchema,
        confirmed: ConfirmedIndexRebuildSchema,
      }),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    'run.undo': { params: LockedRun, result: RunSchema },
    'run.purge': { params: LockedRun, result: RunSchema },
  },
  events: workerEvents,
} as const satisfies Contract;

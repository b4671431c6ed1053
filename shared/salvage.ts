/** Schema of what a salvage saved and left out: one entry of `strata salvage --json`, and the window's. */
import { z } from 'zod';
import { ProblemSchema } from './inspection';

const Int = z.number().int();
const Count = Int.nonnegative();

export const SalvageReportSchema = z.object({
  /** Name of the log's directory. */
  name: z.string(),
  /** Of the new log; null where there was no sound batch to write. */
  path: z.string().nullable(),
  batchCount: Count,
  recordCount: Count,
  sizeInBytes: Count,
  /** Stretches that are no sound batch, in the order of segments and positions. */
  leftOut: z.array(
    ProblemSchema.extend({
      /** The lowest offset that may be lost with it. */
      fromOffset: Int,
      /** The highest one, inclusive; null at the end of the log, where nobody knows. */
      toOffset: Int.nullable(),
    }),
  ),
});
export type SalvageReport = z.infer<typeof SalvageReportSchema>;

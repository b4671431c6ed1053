/** What any worker may tell main unasked: part of each worker's contract. */
import { z } from 'zod';

export const workerEvents = {
  /** Something unforeseen in a worker: the caller has the incident id, this is the stack that belongs to it. */
  'worker.bug': z.object({ incidentId: z.string(), method: z.string(), stack: z.string() }),
};

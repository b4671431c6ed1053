/** A contract for tests of the worker protocol: calls that take time, fail, die or answer nonsense. */
import { z } from 'zod';
import type { Contract } from '../../shared/rpc';

const Int = z.number().int();

export const spinContract = {
  calls: {
    /** Counts to `steps`, one step a turn of the event loop; counts in the shared memory, too. */
    spin: {
      params: z.object({ steps: Int, counter: z.instanceof(SharedArrayBuffer) }),
      result: z.object({ stepsDone: Int }),
      progress: z.object({ stepsDone: Int }),
    },
    echo: { params: z.object({ text: z.string() }), result: z.object({ text: z.string(), threadId: Int }) },
    exit: { params: z.object({ exitCode: Int }), result: z.object({}) },
    throwOutside: { params: z.object({}), result: z.object({}) },
    answerFunction: { params: z.object({}), result: z.object({}) },
    announce: { params: z.object({ text: z.string() }), result: z.object({}) },
  },
  events: { announced: z.object({ text: z.string() }) },
} as const satisfies Contract;

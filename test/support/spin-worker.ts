/** A real worker thread that serves spin-contract.ts. */
import { setImmediate as yieldToMessages } from 'node:timers/promises';
import { parentPort, threadId } from 'node:worker_threads';
import { createPortEventSender, serveOnPort } from '../../electron/workers/port-transport';
import { createDispatcher, type Handlers } from '../../shared/rpc';
import { spinContract } from './spin-contract';

const port = parentPort!;
const sendEvent = createPortEventSender(spinContract, port);

const handlers: Handlers<typeof spinContract> = {
  async spin({ steps, counter }, { signal, progress }) {
    const counted = new Int32Array(counter);
    for (let stepsDone = 1; stepsDone <= steps; stepsDone++) {
      Atomics.add(counted, 0, 1);
      progress({ stepsDone });
      await yieldToMessages();
      signal.throwIfAborted();
    }
    return { stepsDone: steps };
  },
  echo: async ({ text }) => ({ text, threadId }),
  exit: ({ exitCode }) => process.exit(exitCode),
  throwOutside() {
    setImmediate(() => {
      throw new Error('outside of any call');
    });
    return new Promise(() => {});
  },
  // A function cannot be cloned: the types forbid it, and the boundary has to survive it.
  answerFunction: async () => ({ read: () => 1 }) as unknown as Record<string, never>,
  async announce({ text }) {
    sendEvent('announced', { text });
    return {};
  },
};

serveOnPort(port, createDispatcher(spinContract, handlers, { reportBug: () => 'S-TEST' }));

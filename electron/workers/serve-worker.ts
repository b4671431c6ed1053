/**
 * Puts a worker thread's handlers behind its port; what is unforeseen in them becomes an incident that main writes down.
 */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { type Contract, createDispatcher, type Handlers } from '../../shared/rpc';
import { createPortEventSender, serveOnPort } from './port-transport';
import { workerEvents } from './worker-events';

const INCIDENT_ID_BYTES = 4;

/** @param prefix Of its incident ids, so that they tell which worker it was. */
export function serveWorker<C extends Contract & { readonly events: typeof workerEvents }>(
  contract: C,
  handlers: Handlers<C>,
  prefix: string,
): void {
  if (parentPort === null) throw new Error('this runs as a worker thread only');
  const sendEvent = createPortEventSender({ calls: {}, events: workerEvents }, parentPort);
  const reportBug = (method: string, error: unknown): string => {
    const incidentId = `${prefix}-${randomBytes(INCIDENT_ID_BYTES).toString('hex').toUpperCase()}`;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    sendEvent('worker.bug', { incidentId, method, stack });
    return incidentId;
  };
  const { checksResults = false } = (workerData ?? {}) as { checksResults?: boolean };
  serveOnPort(parentPort, createDispatcher(contract, handlers, { reportBug, checksResults }));
}

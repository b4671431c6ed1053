/** A worker that is gone: no call to it is left without an answer. How calls are carried: scan-pool.test.ts. */
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { transportOverPort } from '../../../electron/workers/port-transport';
import type { Reply } from '../../../shared/rpc';

it('answers what waits, and what is called later, with why the worker is gone', async () => {
  const sent: unknown[] = [];
  const port = Object.assign(new EventEmitter(), {
    postMessage: (message: unknown) => void sent.push(message),
  });
  const transport = transportOverPort(port);
  const waiting = transport.call('1', 'log.inspect', {});
  const gone: Reply = { ok: false, error: { code: 'WORKER_DIED', message: 'Gone.', details: {} } };
  transport.failAll(gone);
  expect(await waiting).toBe(gone);
  expect(await transport.call('2', 'log.inspect', {})).toBe(gone);
  transport.cancel('2');
  expect(sent).toHaveLength(1);
});

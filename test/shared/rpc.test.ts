/** The rpc protocol over a transport in memory that clones every message, as Electron would. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../shared/errors';
import {
  type Contract,
  createClient,
  createDispatcher,
  type DispatcherOptions,
  type Handlers,
  type Transport,
} from '../../shared/rpc';

const Int = z.number().int();
const contract = {
  calls: {
    'log.size': { params: z.object({ logId: z.string().min(1) }), result: z.object({ sizeInBytes: Int }) },
    'log.verify': {
      params: z.object({ logId: z.string() }),
      result: z.object({ problemCount: Int }),
      progress: z.object({ bytesDone: Int }),
    },
  },
  events: { 'log.changed': z.object({ logId: z.string() }) },
} as const satisfies Contract;

/** Joins a client to a dispatcher through structured clone. */
function connect(
  overrides: Partial<Handlers<typeof contract>> = {},
  options: Partial<DispatcherOptions> = {},
) {
  const bugs: unknown[] = [];
  const eventListeners = new Set<(name: string, payload: unknown) => void>();
  const progressListeners = new Set<(callId: string, value: unknown) => void>();
  const callIds: string[] = [];
  const handlers: Handlers<typeof contract> = {
    'log.size': async () => ({ sizeInBytes: 0 }),
    'log.verify': async () => ({ problemCount: 0 }),
    ...overrides,
  };
  const reportBug = (_method: string, error: unknown) => `incident-${bugs.push(error)}`;
  const dispatcher = createDispatcher(contract, handlers, { reportBug, checksResults: true, ...options });
  const sendProgress = (id: string, value: unknown) => {
    for (const listener of progressListeners) listener(id, structuredClone(value));
  };
  const transport: Transport = {
    async call(callId, method, params) {
      callIds.push(callId);
      const reply = dispatcher.call('window-1', callId, method, structuredClone(params), sendProgress);
      return structuredClone(await reply);
    },
    cancel: (callId) => dispatcher.cancel('window-1', callId),
    onProgress(listener) {
      progressListeners.add(listener);
      return () => void progressListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
  };
  const emit = (name: string, payload: unknown) => {
    for (const listener of eventListeners) listener(name, structuredClone(payload));
  };
  const client = createClient<typeof contract>(transport);
  return {
    client,
    dispatcher,
    transport,
    bugs,
    emit,
    callIds,
    sendProgress,
    eventListeners,
    progressListeners,
  };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('createDispatcher', () => {
  it('carries 64-bit numbers up to 2^53 - 1 exactly', async () => {
    const sizeInBytes = Number.MAX_SAFE_INTEGER;
    const { client } = connect({ 'log.size': async () => ({ sizeInBytes }) });
    expect(await client.call('log.size', { logId: 'orders-0' })).toEqual({ sizeInBytes });
  });

  it('rejects bad params and unknown methods before a handler runs', async () => {
    let ran = false;
    const run = async () => {
      ran = true;
      return { sizeInBytes: 0 };
    };
    const { client } = connect({ 'log.size': run });
    const invalid = { code: 'INVALID_REQUEST' };
    await expect(client.call('log.size', { logId: '' })).rejects.toMatchObject(invalid);
    await expect(client.call('constructor' as 'log.size', { logId: 'x' })).rejects.toMatchObject(invalid);
    expect(ran).toBe(false);
  });

  it('keeps the code and details of an operational error', async () => {
    const { client } = connect({
      'log.size': async ({ logId }) => {
        throw new AppError('LOG_NOT_OPEN', 'Open the log first.', { logId });
      },
    });
    const expected = { code: 'LOG_NOT_OPEN', details: { logId: 'a' } };
    await expect(client.call('log.size', { logId: 'a' })).rejects.toMatchObject(expected);
  });

  it('turns error details that cannot be cloned into text', async () => {
    const { client } = connect({
      'log.size': async () => {
        throw new AppError('CORRUPT', 'Bad.', { found: (() => 1) as never, size: 5n as never, atByte: 7 });
      },
    });
    const expected = { code: 'CORRUPT', details: { found: '() => 1', size: '5', atByte: 7 } };
    await expect(client.call('log.size', { logId: 'a' })).rejects.toMatchObject(expected);
  });

  it('hides a bug behind an incident id', async () => {
    const { client, bugs } = connect({
      'log.size': async () => {
        throw Object.assign(new TypeError('secret'), { fn() {} });
      },
    });
    await expect(client.call('log.size', { logId: 'a' })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'Something went wrong.',
      details: { incidentId: 'incident-1' },
    });
    expect(bugs).toHaveLength(1);
  });

  it('treats a result or progress that breaks the contract as a bug while checking', async () => {
    const wrong: Partial<Handlers<typeof contract>> = {
      'log.size': async () => ({ sizeInBytes: 0.5 }),
      'log.verify': async (_params, { progress }) => {
        progress({ bytesDone: Number.NaN });
        return { problemCount: 0 };
      },
    };
    const checked = connect(wrong);
    await expect(checked.client.call('log.size', { logId: 'a' })).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(checked.client.call('log.verify', { logId: 'a' })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    const released = connect(wrong, { checksResults: false });
    expect(await released.client.call('log.size', { logId: 'a' })).toEqual({ sizeInBytes: 0.5 });
  });

  it('cancels a running call, and drops those of a closed window', async () => {
    const { client, dispatcher } = connect({ 'log.verify': (_params, { signal }) => untilAborted(signal) });
    const controller = new AbortController();
    const first = client.call('log.verify', { logId: 'a' }, { signal: controller.signal });
    const second = client.call('log.verify', { logId: 'a' });
    expect(dispatcher.runningCount()).toBe(2);
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    dispatcher.dropCaller('window-1');
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(dispatcher.runningCount()).toBe(0);
  });

  it('keeps a call of a reloaded page that uses an id of the page before', async () => {
    let finishOld = () => {};
    const signals: AbortSignal[] = [];
    const { dispatcher, sendProgress } = connect({
      'log.verify': (_params, { signal }) => {
        signals.push(signal);
        if (signals.length === 2) return untilAborted(signal);
        return new Promise((resolve) => {
          finishOld = () => resolve({ problemCount: 0 });
        });
      },
    });
    const old = dispatcher.call('window-1', '1', 'log.verify', { logId: 'a' }, sendProgress);
    dispatcher.dropCaller('window-1');
    const young = dispatcher.call('window-1', '1', 'log.verify', { logId: 'a' }, sendProgress);
    finishOld();
    await old;
    dispatcher.cancel('window-1', '1');
    expect(await young).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
  });

  it('refuses an id that is in use, and leaves the call that uses it alone', async () => {
    const { dispatcher, sendProgress } = connect({
      'log.verify': (_params, { signal }) => untilAborted(signal),
    });
    const first = dispatcher.call('window-1', '1', 'log.verify', { logId: 'a' }, sendProgress);
    const second = await dispatcher.call('window-1', '1', 'log.verify', { logId: 'a' }, sendProgress);
    expect(second).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST' } });
    expect(dispatcher.runningCount()).toBe(1);
    dispatcher.dropCaller('window-1');
    await first;
  });

  it('sends no progress after a cancel', async () => {
    const seen: number[] = [];
    let report: (bytesDone: number) => void = () => {};
    const { client } = connect({
      'log.verify': (_params, { signal, progress }) => {
        report = (bytesDone) => progress({ bytesDone });
        return untilAborted(signal);
      },
    });
    const controller = new AbortController();
    const onProgress = ({ bytesDone }: { bytesDone: number }) => void seen.push(bytesDone);
    const call = client.call('log.verify', { logId: 'a' }, { signal: controller.signal, onProgress });
    report(1);
    controller.abort();
    report(2);
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen).toEqual([1]);
  });
});

describe('createClient', () => {
  it('reports progress in order, then the result, then forgets the listener', async () => {
    const { client, callIds, sendProgress } = connect({
      'log.verify': async (_params, { progress }) => {
        for (const bytesDone of [1, 2, 3]) progress({ bytesDone });
        return { problemCount: 2 };
      },
    });
    const seen: number[] = [];
    const onProgress = ({ bytesDone }: { bytesDone: number }) => void seen.push(bytesDone);
    const result = await client.call('log.verify', { logId: 'a' }, { onProgress });
    sendProgress(callIds[0]!, { bytesDone: 4 });
    expect([seen, result.problemCount]).toEqual([[1, 2, 3], 2]);
  });

  it('never starts a call whose signal is aborted already', async () => {
    const { client, callIds } = connect();
    const signal = AbortSignal.abort();
    await expect(client.call('log.size', { logId: 'a' }, { signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(callIds).toEqual([]);
  });

  it('uses ids that no other client uses', async () => {
    const { client, transport, callIds } = connect();
    const other = createClient<typeof contract>(transport);
    await Promise.all([client.call('log.size', { logId: 'a' }), other.call('log.size', { logId: 'a' })]);
    expect(new Set(callIds).size).toBe(2);
  });

  it('turns a failure of the transport into an AppError', async () => {
    const { client } = connect(
      { 'log.size': async () => ({ sizeInBytes: 1, read: () => 1 }) },
      { checksResults: false },
    );
    await expect(client.call('log.size', { logId: 'a' })).rejects.toMatchObject({
      code: 'INTERNAL',
      name: 'AppError',
    });
  });

  it('delivers events by name until unsubscribed or closed', () => {
    const { client, emit, eventListeners, progressListeners } = connect();
    const seen: string[] = [];
    const off = client.on('log.changed', ({ logId }) => void seen.push(logId));
    emit('log.changed', { logId: 'a' });
    emit('other', {});
    off();
    emit('log.changed', { logId: 'b' });
    client.on('log.changed', ({ logId }) => void seen.push(logId));
    client.close();
    emit('log.changed', { logId: 'c' });
    expect(seen).toEqual(['a']);
    expect(eventListeners.size + progressListeners.size).toBe(0);
  });
});

/** Each line below must fail to compile without its directive. Compiled, never run. */
async function typeTests() {
  const { client } = connect();
  // @ts-expect-error unknown method
  await client.call('log.sise', { logId: 'a' });
  // @ts-expect-error missing param
  await client.call('log.size', {});
  // @ts-expect-error ids are text
  await client.call('log.verify', { logId: 1 });
  // @ts-expect-error this call has no progress
  await client.call('log.size', { logId: 'a' }, { onProgress: (value) => value.bytesDone });
  // @ts-expect-error wrong result field
  (await client.call('log.size', { logId: 'a' })).problemCount;
}

describe('Client', () => {
  it('is typed by the contract', () => expect(typeTests).toBeTypeOf('function'));
});

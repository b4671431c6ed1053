/**
 * The page's store over an api that answers what a test says, with one log of one directory open in it. Answers of calls
 * that a test does not name are errors.
 */
import type { Api } from '../../renderer/api';
import { type AppStore, createAppStore } from '../../renderer/store/app-store';
import type { Directory, LogSummary } from '../../shared/contract';

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    bytesDone: number;
    bytesTotal: number;
    [part: string]: unknown;
  }) => void;
}
type Answer = (
  params: Record<string, unknown>,
  signal: AbortSignal | undefined,
  onProgress: CallOptions['onProgress'],
) => unknown;

class FakeApi {
  readonly calls: string[] = [];
  readonly #listeners = new Map<string, (payload: never) => void>();
  readonly answers: Record<string, Answer>;

  constructor(answers: Record<string, Answer>) {
    this.answers = answers;
  }

  async call(method: string, params: Record<string, unknown>, options?: CallOptions) {
    this.calls.push(method);
    const answer = this.answers[method];
    if (answer === undefined) throw new Error(`unexpected ${method}`);
    return answer(params, options?.signal, options?.onProgress);
  }

  on(name: string, listener: (payload: never) => void) {
    this.#listeners.set(name, listener);
    return () => void this.#listeners.delete(name);
  }

  emit(name: string, payload: unknown) {
    this.#listeners.get(name)?.(payload as never);
  }
}

export const SUMMARY: LogSummary = {
  ...{ logId: 'log-1', name: 'orders-0', topic: 'orders', partition: 0, state: 'current', format: 'kafka' },
  ...{ segmentCount: 1, sizeInBytes: 10, logStartOffset: 0, logEndOffset: 5, largestTimestampMs: 1 },
  ...{ problemCount: 0, worstSeverity: null, generation: 0 },
};
export const DIRECTORY: Directory = {
  ...{ directoryId: 'directory-1', name: 'orders-0', path: '/orders-0', kind: 'log' },
  ...{ broker: { verdict: 'detached', writer: null, reason: '' }, logs: [SUMMARY] },
};
export const segmentOf = (baseOffset: number, recordCount: number | null) => ({
  ...{ baseOffset, recordCount, sizeInBytes: 10, problemCount: 0, offsetIndex: null, codecs: [] },
});

export function storeWith(answers: Record<string, Answer>): { store: AppStore; api: FakeApi } {
  const api = new FakeApi({
    'app.start': () => ({ version: '1', theme: 'light', recent: [], directory: DIRECTORY, openError: null }),
    'log.count': () => ({ generation: 0 }),
    ...answers,
  });
  return { store: createAppStore(api as unknown as Api, { now: () => 0 }), api };
}

/** Until everything that waits for nothing but answers has gone on. */
export const quiet = () => new Promise((resolve) => setTimeout(resolve));

/**
 * What every slice of the store is made from: the api, get and set, and the rule that the latest request wins.
 *
 * A slice is a function from this context to its part of the state. Holds no state of the application itself.
 */
import type { WireError } from '../../shared/errors';
import { AppError } from '../../shared/errors';
import type { Api } from '../api';
import type { AppState } from './app-store';

export interface SliceContext {
  readonly api: Api;
  readonly get: () => AppState;
  readonly set: (part: Partial<AppState> | ((state: AppState) => Partial<AppState>)) => void;
  readonly latest: Latest;
  /** Milliseconds since the epoch, of the system's clock. */
  readonly now: () => number;
}

/** The time that plans are made for: a saved report shows what was when it was made. */
export function timeOfView({ get, now }: Pick<SliceContext, 'get' | 'now'>): number {
  return get().directory?.savedReport?.madeAtMs ?? now();
}

/** One request a key: a new one aborts the one before it. */
export class Latest {
  readonly #controllers = new Map<string, AbortController>();

  /** Aborts what runs under the key, and gives the signal of its successor. */
  begin(key: string): AbortSignal {
    this.cancel(key);
    const controller = new AbortController();
    this.#controllers.set(key, controller);
    return controller.signal;
  }

  cancel(key: string): void {
    this.#controllers.get(key)?.abort();
    this.#controllers.delete(key);
  }

  cancelAll(): void {
    for (const key of [...this.#controllers.keys()]) this.cancel(key);
  }
}

/** null for a cancellation, which is no error. */
export function failureOf(error: unknown): WireError | null {
  if (error instanceof AppError) return error.code === 'CANCELLED' ? null : error.toWire();
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message, details: {} };
}

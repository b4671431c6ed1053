/** The writer of the log on the screen is asked again every second, as long as somebody looks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../../../renderer/api';
import { createAppStore } from '../../../renderer/store/app-store';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function storeWith(answer: (callCount: number) => unknown) {
  const calls: string[] = [];
  const api = {
    async call(method: string) {
      calls.push(method);
      return answer(calls.length);
    },
    on: () => () => {},
  };
  const store = createAppStore(api as unknown as Api, { now: () => 0 });
  store.setState({ logId: 'log-1' });
  return { store, calls };
}

const writtenAt = (writtenAtMs: number) => ({ state: 'open', metrics: { writtenAtMs }, flaw: null });

describe('watchEngine', () => {
  it('asks at once and every second, until it is ended', async () => {
    const { store, calls } = storeWith(() => null);
    const stop = store.getState().watchEngine();
    await vi.advanceTimersByTimeAsync(3500);
    expect(calls).toEqual(Array(4).fill('log.engineWriter'));
    stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(calls).toHaveLength(4);
  });

  it('keeps the counters before the last ones that were written anew', async () => {
    const { store } = storeWith((count) => writtenAt(count < 3 ? 10 : 20));
    const stop = store.getState().watchEngine();
    await vi.advanceTimersByTimeAsync(1500);
    expect(store.getState().engineWriter?.metrics?.writtenAtMs).toBe(10);
    await vi.advanceTimersByTimeAsync(2000);
    expect(store.getState().engineWriter?.metrics?.writtenAtMs).toBe(20);
    expect(store.getState().engineWriterBefore?.metrics?.writtenAtMs).toBe(10);
    stop();
  });

  it('says what failed, and goes on asking', async () => {
    const { store } = storeWith((count) => {
      if (count === 1) throw new Error('gone');
      return writtenAt(10);
    });
    const stop = store.getState().watchEngine();
    await vi.advanceTimersByTimeAsync(500);
    expect(store.getState().engineError?.message).toBe('gone');
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState()).toMatchObject({ engineError: null, engineWriter: { state: 'open' } });
    stop();
  });
});

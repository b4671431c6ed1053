/** The ten seconds of silence after which a download fails, on a clock of our own. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Settles as fetch does when its signal aborts. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function fetchOver(transport: typeof fetch): Promise<Response> {
  vi.stubGlobal('fetch', transport);
  vi.resetModules();
  await import('../../../build/electron-runtime/answer-deadline.mjs');
  return fetch('http://release.example');
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('answer deadline', () => {
  it('fails a request that no one answers', async () => {
    const answer = fetchOver((_url, options) => untilAborted(options!.signal!));
    const failure = expect(answer).rejects.toThrow('no answer for 10 seconds');
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(10_000);
    await failure;
  });

  it('lets a slow but steady download take its time', async () => {
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 9_000));
        controller.enqueue(new Uint8Array(1));
        if (sent++ === 5) controller.close();
      },
    });
    let sent = 0;
    const response = await fetchOver(async () => new Response(body));
    const text = response.arrayBuffer();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await text).byteLength).toBe(6);
  });

  it('fails a download that falls silent', async () => {
    let signal: AbortSignal | undefined;
    await fetchOver(async (_url, options) => {
      signal = options!.signal!;
      return new Response(new ReadableStream({ pull: () => untilAborted(signal!) }));
    });
    expect(signal!.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signal!.aborted).toBe(true);
  });
});

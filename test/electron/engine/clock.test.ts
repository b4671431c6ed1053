/** The system's clock with the timers of the test runner: nothing waits. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../electron/engine/clock';

const DAY_MS = 86_400_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('systemClock.after', () => {
  it('waits for longer than a timer of the system can', () => {
    const run = vi.fn();
    systemClock.after(60 * DAY_MS, run);
    vi.advanceTimersByTime(59 * DAY_MS);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(DAY_MS);
    expect(run).toHaveBeenCalledOnce();
  });

  it('is cancelled, also after a long wait', () => {
    const run = vi.fn();
    const cancel = systemClock.after(60 * DAY_MS, run);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(run).not.toHaveBeenCalled();
  });
});

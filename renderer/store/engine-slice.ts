/**
 * Who writes the log on the screen with Strata's engine, and what it has counted: asked again every second while somebody
 * looks, for the counters are in a file that no change of the log announces.
 */
import type { EngineWriter } from '../../shared/engine-writer';
import type { WireError } from '../../shared/errors';
import { failureOf, type SliceContext } from './slice';

const INTERVAL_MS = 1_000;

export interface EngineSlice {
  /** null: nothing says that the engine has written here. */
  readonly engineWriter: EngineWriter | null;
  /** An earlier reading by the same process, to tell how fast its counters grow. */
  readonly engineWriterBefore: EngineWriter | null;
  readonly engineError: WireError | null;
  /** Asks now and every second. @returns the function that ends it */
  watchEngine(): () => void;
  clearEngine(): void;
}

const NONE = { engineWriter: null, engineWriterBefore: null, engineError: null } as const;

export function engineSlice({ api, get, set, latest }: SliceContext): EngineSlice {
  async function look(): Promise<void> {
    const { logId } = get();
    if (logId === null) return;
    const signal = latest.begin('engine');
    try {
      const writer = await api.call('log.engineWriter', { logId }, { signal });
      if (get().logId === logId) take(writer);
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null && get().logId === logId) set({ engineError: failure });
    }
  }

  function take(writer: EngineWriter | null): void {
    const { engineWriter: shown, engineWriterBefore: before } = get();
    const wasWrittenAnew = writer?.metrics?.writtenAtMs !== shown?.metrics?.writtenAtMs;
    set({
      engineWriter: writer,
      engineWriterBefore: wasWrittenAnew ? shown : before,
      engineError: null,
    });
  }

  return {
    ...NONE,
    watchEngine() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isOver = false;
      const goOn = async () => {
        await look();
        const isSaved = get().directory?.savedReport !== undefined; // it says the same every time
        if (!isOver && !isSaved) timer = setTimeout(() => void goOn(), INTERVAL_MS);
      };
      void goOn();
      return () => {
        isOver = true;
        clearTimeout(timer);
        latest.cancel('engine');
      };
    },
    clearEngine() {
      latest.cancel('engine');
      set(NONE);
    },
  };
}

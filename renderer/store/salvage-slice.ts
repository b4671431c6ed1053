/** Saving the sound batches of the log on the screen into a new log: asked where, done by a worker, reported. */
import type { SalvageReport } from '../../shared/salvage';
import { countText, plural } from '../text/quantities';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

export interface SalvageSlice {
  /** Of the last salvage of this log; null where there was none, or it was put away. */
  readonly salvageReport: SalvageReport | null;
  salvageLog(): Promise<void>;
  clearSalvage(): void;
}

export function salvageSlice({ api, get, set, latest }: SliceContext): SalvageSlice {
  return {
    salvageReport: null,
    async salvageLog() {
      const { logId } = get();
      if (logId === null) return;
      const place = await api.call('place.choose', { purpose: 'salvage' });
      if (place === null || get().logId !== logId) return;
      set({ salvageReport: null });
      await get().runTask({
        key: 'salvage',
        about: logId,
        title: 'Salvage',
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          const report = await api.call('log.salvage', { logId, placeId: place.placeId }, options);
          if (get().logId === logId) set({ salvageReport: report });
          return `${plural(report.recordCount, 'record')} saved, ${countText(report.leftOut.length)} left out`;
        },
      });
    },
    clearSalvage() {
      latest.cancel('salvage');
      set({ salvageReport: null });
    },
  };
}

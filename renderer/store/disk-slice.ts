/**
 * What takes the space of the opened directory, and which part of it the Disk screen shows: all, a topic, or a log.
 *
 * Asked for anew whenever the directory was looked at again; what is drawn of it, views/disk/disk-view.ts derives.
 */
import type { DiskUsage } from '../../shared/disk-usage';
import type { WireError } from '../../shared/errors';
import { failureOf, type SliceContext, timeOfView } from './slice';

export type DiskFocus =
  | { readonly kind: 'all' }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'log'; readonly logId: string };

export type DiskRate = 'overall' | 'lastDay' | 'lastHour';

export interface DiskSlice {
  readonly diskUsage: DiskUsage | null;
  /** When it was asked for. */
  readonly diskNowMs: number;
  readonly diskError: WireError | null;
  readonly diskFocus: DiskFocus;
  readonly diskRate: DiskRate;
  loadDisk(): Promise<void>;
  clearDisk(): void;
  setDiskFocus(focus: DiskFocus): void;
  setDiskRate(rate: DiskRate): void;
}

const NO_DISK = { diskUsage: null, diskNowMs: 0, diskError: null, diskFocus: { kind: 'all' } } as const;

export function diskSlice({ api, get, set, latest, now }: SliceContext): DiskSlice {
  return {
    ...NO_DISK,
    diskRate: 'overall',
    async loadDisk() {
      const directoryId = get().directory?.directoryId;
      if (directoryId === undefined) return;
      const signal = latest.begin('disk');
      try {
        const diskUsage = await api.call('directory.usage', { directoryId }, { signal });
        if (get().directory?.directoryId === directoryId)
          set({ diskUsage, diskNowMs: timeOfView({ get, now }), diskError: null });
      } catch (error) {
        const diskError = failureOf(error);
        if (diskError !== null) set({ diskError });
      }
    },
    clearDisk() {
      latest.cancel('disk');
      set(NO_DISK);
    },
    setDiskFocus: (diskFocus) => set({ diskFocus }),
    setDiskRate: (diskRate) => set({ diskRate }),
  };
}

/** The bytes of one small file of the log (index, snapshot, checkpoint), loaded around a position when they are asked for. */
import type { WireError } from '../../shared/errors';
import type { FileAnatomy } from '../../shared/inspection';
import { failureOf, type SliceContext } from './slice';

export interface FileBytesSlice {
  /** null while none is shown. */
  readonly shownFile: ShownFile | null;
  showFileBytes(file: string, position: number): Promise<void>;
  hideFileBytes(): void;
}

export interface ShownFile {
  /** As a problem names it. */
  readonly file: string;
  readonly position: number;
  /** null until it is read. */
  readonly anatomy: FileAnatomy | null;
  readonly error: WireError | null;
}

export function fileBytesSlice({ api, get, set, latest }: SliceContext): FileBytesSlice {
  return {
    shownFile: null,
    async showFileBytes(file, position) {
      const { logId } = get();
      if (logId === null) return;
      const signal = latest.begin('file-bytes');
      const place = { file, position };
      set({ shownFile: { ...place, anatomy: null, error: null } });
      try {
        const anatomy = await api.call('log.fileBytes', { logId, ...place }, { signal });
        set({ shownFile: { ...place, anatomy, error: null } });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ shownFile: { ...place, anatomy: null, error: failure } });
      }
    },
    hideFileBytes() {
      latest.cancel('file-bytes');
      set({ shownFile: null });
    },
  };
}

/** The bytes of one small file of the log (index, snapshot, checkpoint), loaded around a position when they are asked for. */
import type { WireError } from '../../shared/errors';
import type { FileAnatomy } from '../../shared/inspection';
import { failureOf, type SliceContext } from './slice';

export interface FileBytesSlice {
  /** null while none is shown. */
  readonly shownFile: ShownFile | null;
  showFileBytes(file: string, position: number): Promise<void>;
  /** After a change on disk. */
  refreshFileBytes(): Promise<void>;
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
  async function read(file: string, position: number): Promise<void> {
    const { logId } = get();
    if (logId === null) return;
    const signal = latest.begin('file-bytes');
    const place = { file, position };
    try {
      const anatomy = await api.call('log.fileBytes', { logId, ...place }, { signal });
      if (!signal.aborted) set({ shownFile: { ...place, anatomy, error: null } });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null) set({ shownFile: { ...place, anatomy: null, error: failure } });
    }
  }

  return {
    shownFile: null,
    async showFileBytes(file, position) {
      set({ shownFile: { file, position, anatomy: null, error: null } });
      await read(file, position);
    },
    async refreshFileBytes() {
      const { shownFile } = get();
      if (shownFile !== null) await read(shownFile.file, shownFile.position);
    },
    hideFileBytes() {
      latest.cancel('file-bytes');
      set({ shownFile: null });
    },
  };
}

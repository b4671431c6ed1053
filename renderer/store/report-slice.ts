/**
 * The report to be written: what it shall hold, in which formats, and the files of the last one. Made and written by main
 * as a task; nothing of it is kept here.
 */
import type { Place } from '../../shared/contract';
import type { WireError } from '../../shared/errors';
import type { ReportContents, ReportFormat } from '../../shared/report-request';
import { plural } from '../text/quantities';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

export type WindowReportFormat = ReportFormat | 'pdf';

export interface WrittenReport {
  readonly place: Place;
  readonly files: readonly { readonly name: string; readonly sizeInBytes: number }[];
}

export interface ReportWish extends Omit<ReportContents, 'formats'> {
  readonly formats: readonly WindowReportFormat[];
  readonly overwrites: boolean;
}

export interface ReportSlice {
  readonly reportWish: ReportWish;
  readonly writtenReport: WrittenReport | null;
  /** Why the last one was not written. */
  readonly reportError: WireError | null;
  wishReport(part: Partial<ReportWish>): void;
  /** Asks for the place, then writes. */
  writeReport(): Promise<void>;
  revealReport(): Promise<void>;
}

export const REPORT_KEY = 'report';

export function reportSlice({ api, get, set }: SliceContext): ReportSlice {
  return {
    reportWish: {
      formats: ['html', 'json'],
      ...{ tables: null, depth: null, analysesCompaction: false, tellsHostName: false },
      ...{ readsStatistics: false, listsBatches: false },
      ...{ isRedacted: true, hashesTopics: false, overwrites: false },
    },
    writtenReport: null,
    reportError: null,
    wishReport: (part) => set({ reportWish: { ...get().reportWish, ...part } }),
    async writeReport() {
      const { directory, reportWish } = get();
      const place = await api.call('place.choose', { purpose: 'report' });
      if (directory === null || place === null) return;
      const { directoryId } = directory;
      const { formats, overwrites, ...contents } = reportWish;
      set({ writtenReport: null, reportError: null });
      const isDone = await get().runTask({
        ...{ key: REPORT_KEY, title: `Report of ${directory.name}` },
        async run(signal, progress) {
          const { files } = await api.call(
            'report.write',
            {
              ...{ directoryId, placeId: place.placeId, overwrites, hasPdf: formats.includes('pdf') },
              contents: { ...contents, formats: formats.filter((format) => format !== 'pdf') },
            },
            { signal, onProgress: byteProgress(progress) },
          );
          set({ writtenReport: { place, files } });
          return plural(files.length, 'file');
        },
      });
      if (!isDone) set({ reportError: get().tasks.find(({ key }) => key === REPORT_KEY)?.error ?? null });
    },
    async revealReport() {
      const placeId = get().writtenReport?.place.placeId;
      if (placeId !== undefined) await api.call('place.reveal', { placeId });
    },
  };
}

/**
 * The report to be written: what it shall hold, in which formats, and the files of the last one. Made and written by main
 * as a task; nothing of it is kept here.
 */
import type { Place } from '../../shared/contract';
import type { WireError } from '../../shared/errors';
import type { ReportContents, ReportFormat } from '../../shared/report-request';
import { TABLE_NAMES, type TableName, tablesWith } from '../../shared/report-tables-list';
import { plural } from '../text/quantities';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

export type WindowReportFormat = ReportFormat | 'pdf';

export interface WrittenReport {
  readonly place: Place;
  readonly files: readonly { readonly name: string; readonly sizeInBytes: number }[];
}

export interface ReportWish extends Omit<ReportContents, 'formats' | 'tables'> {
  readonly formats: readonly WindowReportFormat[];
  /** Of CSV. Also of parts that are not asked for by now: they stay out once they are. */
  readonly omittedTables: readonly TableName[];
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

/** The tables that there can be: what a saved report holds, its file says. */
export function offeredTables(wish: ReportWish, isSaved: boolean): TableName[] {
  return isSaved ? TABLE_NAMES : tablesWith(wish);
}

export function chosenTables(wish: ReportWish, isSaved: boolean): TableName[] {
  return offeredTables(wish, isSaved).filter((name) => !wish.omittedTables.includes(name));
}

/** null where none is left out: then tables without a row are. */
function wantedTables(wish: ReportWish, isSaved: boolean): TableName[] | null {
  const chosen = chosenTables(wish, isSaved);
  return chosen.length === offeredTables(wish, isSaved).length ? null : chosen;
}

export function reportSlice({ api, get, set }: SliceContext): ReportSlice {
  return {
    reportWish: {
      formats: ['html', 'json'],
      ...{ omittedTables: [], depth: null, analysesCompaction: false, tellsHostName: false },
      ...{ readsStatistics: false, listsBatches: false, listsTransactions: false, plansStartup: false },
      plansIndexRebuild: false,
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
      const { formats, overwrites, omittedTables: _, ...parts } = reportWish;
      const tables = wantedTables(reportWish, directory.savedReport !== undefined);
      const contents = { ...parts, tables };
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

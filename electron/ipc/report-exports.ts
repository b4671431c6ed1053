/**
 * Reports on behalf of the window: made, written into the folder that the user chose, and compared by the report worker;
 * the PDF is printed here, for only the window's process can print.
 */
import { basename, join } from 'node:path';
import type { contract } from '../../shared/contract';
import type { Comparison, ComparisonRow } from '../../shared/report-diff';
import { comparisonRows, summaryOf } from '../../shared/report-diff-rows';
import type { Params, Result } from '../../shared/rpc';
import { writeNewFile } from '../reports/write-report';
import type { reportContract } from '../workers/report-contract';
import type { ScanPool } from '../workers/scan-pool';

type Wish = Omit<Params<typeof contract, 'report.write'>, 'directoryId' | 'placeId'>;

export interface ReportExportsParts {
  readonly reports: ScanPool<typeof reportContract>;
  readonly version: string;
  readonly print: (html: string) => Promise<Uint8Array>;
}

interface ExportOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

export class ReportExports {
  readonly #parts: ReportExportsParts;
  #compared: { readonly path: string; readonly rows: ComparisonRow[] } | null = null;

  constructor(parts: ReportExportsParts) {
    this.#parts = parts;
  }

  /**
   * @param path Of a directory, or of a report's file
   * @param output Of a folder
   * @throws AppError ALREADY_THERE, and what making and writing throws
   */
  async write(
    path: string,
    output: string,
    { contents, hasPdf, overwrites }: Wish,
    { signal, onProgress }: ExportOptions,
  ): Promise<Result<typeof contract, 'report.write'>> {
    const { reports, version, print } = this.#parts;
    const task = { path, contents, version, output, overwrites, returnsHtml: hasPdf };
    const { files, html, baseName } = await reports.call('report.write', task, { signal, onProgress });
    if (html !== null) {
      const bytes = await print(html);
      signal.throwIfAborted();
      files.push(await writeNewFile(join(output, `${baseName}.pdf`), bytes, overwrites));
    }
    return { files: files.map((file) => ({ name: basename(file.path), sizeInBytes: file.sizeInBytes })) };
  }

  /** @param path Of a directory or of a report's file, as the other. @throws AppError what reading them throws */
  async compare(
    path: string,
    otherPath: string,
    { counts, ...options }: ExportOptions & { readonly counts: boolean },
  ): Promise<Comparison> {
    const { reports, version } = this.#parts;
    const found = await reports.call('report.compare', { path, otherPath, version, counts }, options);
    const rows = comparisonRows(found.logs);
    this.#compared = { path, rows };
    return summaryOf(found, rows);
  }

  /** Rows of the last comparison; none where that was of another path. */
  differences(
    path: string,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Result<typeof contract, 'report.differences'> {
    const rows = this.#compared?.path === path ? this.#compared.rows : [];
    return { total: rows.length, rows: rows.slice(from, from + limit) };
  }
}

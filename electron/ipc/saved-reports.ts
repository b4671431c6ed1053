/**
 * Reports opened as if they were directories: calls about the path of a report's file, or below it, are answered from the
 * report; all others go to the scan workers. So nothing behind the pool needs to know that there are reports.
 */
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Method, Params, Result } from '../../shared/rpc';
import type { reportContract } from '../workers/report-contract';
import type { scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';
import { notInReport, type ReportAnswers, reportAnswers } from './report-answers';

type Scans = ScanPool<typeof scanContract>;

export interface SavedReportsParts {
  readonly scans: Scans;
  readonly reports: ScanPool<typeof reportContract>;
}

export interface SavedReports {
  readonly pool: Scans;
  /** Whether what is open at this path is a report. */
  holds(path: string): boolean;
  /** Lets go of all reports but the one at this path. */
  keepOnly(path: string | null): void;
}

export function savedReports({ scans, reports }: SavedReportsParts): SavedReports {
  const opened = new Map<string, ReportAnswers>();
  const opening = new Map<string, Promise<void>>();

  function answersAt(path: string): ReportAnswers | null {
    for (const [file, answers] of opened) if (path === file || path.startsWith(file + sep)) return answers;
    return null;
  }

  /** A file is taken for a report. Calls about a directory come side by side: one of them reads it for all. */
  async function openAt(path: string): Promise<void> {
    const isFile = (await stat(path).catch(() => null))?.isFile() === true;
    if (!isFile || opened.has(path)) return;
    const reading = opening.get(path) ?? readAt(path).finally(() => opening.delete(path));
    opening.set(path, reading);
    await reading;
  }

  async function readAt(path: string): Promise<void> {
    opened.set(path, reportAnswers(await reports.call('report.read', { path }), path));
  }

  return {
    holds: (path) => opened.has(path),
    keepOnly(path) {
      for (const file of [...opened.keys()]) if (file !== path) opened.delete(file);
    },
    pool: {
      on: scans.on,
      close: scans.close,
      async call<M extends Method<typeof scanContract>>(
        method: M,
        params: Params<typeof scanContract, M>,
        options?: Parameters<typeof scans.call<M>>[2],
      ): Promise<Result<typeof scanContract, M>> {
        const path = pathOf(params);
        if (path !== null && method.startsWith('directory.')) await openAt(path);
        const answers = path === null ? null : answersAt(path);
        if (answers === null) return scans.call(method, params, options);
        const answer = answers[method] as
          | ((given: typeof params) => Promise<Result<typeof scanContract, M>>)
          | undefined;
        if (answer === undefined) throw notInReport('Records and what is read of them are');
        return answer(params);
      },
    },
  };
}

/** Every call of a scan worker is about a path, or about logs that have one. */
function pathOf(params: object): string | null {
  const { path, paths, log, logs } = params as {
    readonly path?: string;
    readonly paths?: readonly string[];
    readonly log?: { readonly path: string };
    readonly logs?: readonly { readonly path: string }[];
  };
  return path ?? log?.path ?? logs?.[0]?.path ?? paths?.[0] ?? null;
}

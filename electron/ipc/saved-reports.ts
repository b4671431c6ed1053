/**
 * Reports opened as if they were directories: calls about the path of a report's file, or below it, go to the report
 * worker, which holds the report; all others go to the scan workers. So nothing behind the pool needs to know that there
 * are reports.
 */
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Method, Params, Result } from '../../shared/rpc';
import type { reportContract } from '../workers/report-contract';
import type { scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

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
  const opened = new Set<string>();
  const opening = new Map<string, Promise<void>>();

  function fileAt(path: string): string | null {
    for (const file of opened) if (path === file || path.startsWith(file + sep)) return file;
    return null;
  }

  /** Calls about a directory come side by side: its listing opens it, and the others wait for that. */
  function openAt(path: string): Promise<void> {
    const reading = opening.get(path) ?? readAt(path).finally(() => opening.delete(path));
    opening.set(path, reading);
    return reading;
  }

  /** A file is taken for a report. */
  async function readAt(path: string): Promise<void> {
    const isFile = (await stat(path).catch(() => null))?.isFile() === true;
    if (!isFile || opened.has(path)) return;
    await reports.call('report.open', { path });
    opened.add(path);
  }

  return {
    holds: (path) => opened.has(path),
    keepOnly(path) {
      for (const file of [...opened]) {
        if (file === path) continue;
        opened.delete(file);
        reports.call('report.forget', { path: file }).catch(() => {}); // a worker that is gone holds none
      }
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
        // Any other call may come late, about a report that was just closed.
        if (path !== null) await (method === 'directory.list' ? openAt(path) : opening.get(path));
        const file = path === null ? null : fileAt(path);
        if (file === null) return scans.call(method, params, options);
        const signal = options?.signal;
        const found = await reports.call(
          'report.answer',
          { path: file, method, params },
          signal === undefined ? {} : { signal },
        );
        return found as Result<typeof scanContract, M>;
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

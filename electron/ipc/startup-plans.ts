/**
 * The last plan of a next start-up that was asked for, so that its steps can be given out as pages.
 *
 * Made by a scan worker; a newer one takes its place. Reads no file.
 */
import type { StartupStep } from '../../shared/plan/startup-reasons';
import type { StartupSummary } from '../../shared/startup';
import type { PackedStartup } from '../workers/packed-inspection';
import { unpackRows } from '../workers/packed-list';
import type { scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

interface PlanOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

export class StartupPlans {
  readonly #pool: ScanPool<typeof scanContract>;
  #last: { readonly path: string; readonly plan: PackedStartup } | null = null;

  constructor(pool: ScanPool<typeof scanContract>) {
    this.#pool = pool;
  }

  /** @param path A data directory, or one log. @throws AppError as `listLogs` */
  async plan(path: string, options: PlanOptions): Promise<StartupSummary> {
    const plan = await this.#pool.call('directory.startup', { path }, options);
    this.#last = { path, plan };
    return plan.summary;
  }

  /** Steps of the last plan; none where it was made for another path. */
  steps(
    path: string,
    { isAll, ...page }: { readonly from: number; readonly limit: number; readonly isAll: boolean },
  ): { total: number; rows: StartupStep[] } {
    if (this.#last?.path !== path) return { total: 0, rows: [] };
    const { steps, changes } = this.#last.plan;
    const wanted = isAll ? steps : changes;
    return { total: wanted.rowCount, rows: unpackRows(wanted, page) };
  }
}

/**
 * The last plan of a next start-up that was asked for, so that its steps can be given out as pages.
 *
 * Made by a scan worker; a newer one takes its place. Reads no file.
 */
import { bytesOfStep, type StartupStep } from '../../shared/plan/startup-reasons';
import type { StartupSummary } from '../../shared/startup';
import type { scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

interface PlanOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

export class StartupPlans {
  readonly #pool: ScanPool<typeof scanContract>;
  #last: { readonly path: string; readonly steps: readonly StartupStep[] } | null = null;

  constructor(pool: ScanPool<typeof scanContract>) {
    this.#pool = pool;
  }

  /** @param path A data directory, or one log. @throws AppError as `listLogs` */
  async plan(path: string, options: PlanOptions): Promise<StartupSummary> {
    const {
      directory: _,
      logs,
      steps,
      ...facts
    } = await this.#pool.call('directory.startup', { path }, options);
    this.#last = { path, steps };
    const sum = (bytes: readonly number[]) => bytes.reduce((total, one) => total + one, 0);
    const isRemoval = ({ action }: StartupStep) => action !== 'check';
    return {
      ...facts,
      logCount: logs.length,
      bytesToCheck: sum(logs.map((log) => log.bytesToCheck)),
      bytesToReplay: sum(logs.map((log) => log.bytesToReplay)),
      bytesToRemove: sum(steps.filter(isRemoval).map((step) => bytesOfStep(step) ?? 0)),
      refusalCount: steps.filter(({ action }) => action === 'refuse').length,
      stepCount: steps.length,
      changeCount: steps.filter(isChange).length,
    };
  }

  /** Steps of the last plan; none where it was made for another path. */
  steps(
    path: string,
    { from, limit, isAll }: { readonly from: number; readonly limit: number; readonly isAll: boolean },
  ): { total: number; rows: StartupStep[] } {
    const steps = this.#last?.path === path ? this.#last.steps : [];
    const wanted = isAll ? steps : steps.filter(isChange);
    return { total: wanted.length, rows: wanted.slice(from, from + limit) };
  }
}

function isChange({ action }: StartupStep): boolean {
  return action !== 'keep';
}

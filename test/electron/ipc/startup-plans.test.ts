/** Pages of the plan that was made last. */
import { describe, expect, it } from 'vitest';
import { StartupPlans } from '../../../electron/ipc/startup-plans';
import { packStartup } from '../../../electron/workers/packed-inspection';
import type { scanContract } from '../../../electron/workers/scan-contract';
import type { ScanPool } from '../../../electron/workers/scan-pool';
import type { StartupStep } from '../../../shared/plan/startup-reasons';

const step = (index: number): StartupStep => ({
  ...{ log: 'orders-0', file: `${index}`, toName: null, sizeInBytes: 10, sizeAfterInBytes: null },
  ...(index % 3 === 0 ? { action: 'delete', reason: 'deleted' } : { action: 'keep', reason: 'unchanged' }),
  detail: null,
});
const steps = Array.from({ length: 700 }, (_, index) => step(index));
const facts = {
  ...{ directory: '/data', kind: 'data-directory' as const, hadCleanShutdown: false, liveWriter: null },
  ...{ areAssignmentsKnown: false, stopsBeforeLoading: false },
};
const pool = {
  call: () => packStartup({ ...facts, logs: [], steps }),
} as unknown as ScanPool<typeof scanContract>;
const options = { signal: new AbortController().signal, onProgress: () => {} };

describe('StartupPlans', () => {
  it('sums up a plan, and gives out its steps, all or those that change something', async () => {
    const plans = new StartupPlans(pool);
    expect(await plans.plan('/data', options)).toMatchObject({
      ...{ stepCount: 700, changeCount: 234, bytesToRemove: 2_340, refusalCount: 0, logCount: 0 },
    });
    const page = { from: 200, limit: 100 };
    expect(plans.steps('/data', { ...page, isAll: true })).toEqual({
      total: 700,
      rows: steps.slice(200, 300),
    });
    const changes = steps.filter((_, index) => index % 3 === 0);
    expect(plans.steps('/data', { ...page, isAll: false })).toEqual({
      total: 234,
      rows: changes.slice(200),
    });
    expect(plans.steps('/data/orders-0', { ...page, isAll: true })).toEqual({ total: 0, rows: [] });
  });
});

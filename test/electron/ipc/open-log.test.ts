/** What a look at an older generation may still say about a log. */
import { describe, expect, it } from 'vitest';
import { OpenLog } from '../../../electron/ipc/open-log';
import { packFiles } from '../../../electron/workers/packed-files';
import { packInspection } from '../../../electron/workers/packed-inspection';
import { packList } from '../../../electron/workers/packed-list';
import type { InspectedLog, scanContract } from '../../../electron/workers/scan-contract';
import type { ScanPool } from '../../../electron/workers/scan-pool';
import type { LogUsage } from '../../../shared/disk-usage';

const totals = {
  ...{ segmentCount: 0, sizeInBytes: 0, logStartOffset: 0, logEndOffset: 0 },
  ...{ largestTimestampMs: null, problemCount: 0 },
};
const usageOf = (otherBytes: number) => ({ otherBytes }) as LogUsage;

async function found(usage: LogUsage): Promise<InspectedLog> {
  const inspection = await packInspection({
    ...{ name: 'a-0', format: 'kafka', logStartOffset: 0, logStartOffsetSource: 'first-segment' },
    ...{ logEndOffset: 0, sizeInBytes: 0, recordCount: 0, recordCountIsExact: true },
    ...{ segments: [], problems: [] },
  });
  return { inspection, totals, usage, files: packFiles([]), segments: await packList([]) };
}

describe('OpenLog', () => {
  it('keeps what a newer glance says of its space when an older verification ends', async () => {
    let answer: (found: InspectedLog) => void = () => {};
    const answered = new Promise<InspectedLog>((resolve) => {
      answer = resolve;
    });
    const pool = { call: () => answered } as unknown as ScanPool<typeof scanContract>;
    const directory = { path: '/a-0', topic: 'a', partition: 0, state: 'current', format: 'kafka' } as const;
    const log = new OpenLog('1', { ...directory, name: 'a-0' }, pool);
    log.takeGlance(0, totals, usageOf(1));
    const verified = log.verify({ signal: new AbortController().signal, progress: () => {} });
    log.takeGlance(log.startGeneration(), totals, usageOf(2));
    answer(await found(usageOf(1)));
    await verified;
    expect(log.usage).toEqual(usageOf(2));
    log.takeGlance(log.startGeneration(), totals, usageOf(3));
    expect(log.usage).toEqual(usageOf(3));
  });
});

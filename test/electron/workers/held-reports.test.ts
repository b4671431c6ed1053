/** Reports that are held, and those that could not be read. */
import { expect, it } from 'vitest';
import { HeldReports } from '../../../electron/workers/held-reports';
import { AppError } from '../../../shared/errors';

it('reads a report again that could not be read', async () => {
  let readCount = 0;
  const reports = new HeldReports(async () => {
    readCount++;
    throw new AppError('NOT_A_REPORT', 'Not yet written to its end.');
  });
  for (let time = 0; time < 2; time++)
    await expect(reports.open('/r.json')).rejects.toMatchObject({ code: 'NOT_A_REPORT' });
  expect(readCount).toBe(2);
});

/** Whose differences are given out. How reports are made and compared: test/electron/reports. */
import { expect, it } from 'vitest';
import { ReportExports } from '../../../electron/ipc/report-exports';

it('gives out the differences of the directory that was compared last, and of no other', async () => {
  const gone = { name: 'a-0', change: 'gone', error: null, before: null, after: null, segments: [] };
  const side = { path: '/d', name: 'd', madeAtMs: 0, isReport: false };
  const found = { before: side, after: side, logs: [gone], caveats: [] };
  const exports = new ReportExports({
    reports: { call: async () => found } as never,
    version: '1',
    print: async () => new Uint8Array(),
  });
  const options = { counts: false, signal: new AbortController().signal, onProgress: () => {} };
  await exports.compare('/d', '/other', options);
  const page = { from: 0, limit: 10 };
  expect(exports.differences('/d', page).total).toBe(1);
  expect(exports.differences('/e', page)).toEqual({ total: 0, rows: [] });
});

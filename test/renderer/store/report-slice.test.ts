/** Which tables a report is asked for, as its parts are switched on and off. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../../renderer/api';
import { createAppStore } from '../../../renderer/store/app-store';
import { chosenTables, offeredTables, type ReportWish } from '../../../renderer/store/report-slice';

function storeWith() {
  const asked: unknown[] = [];
  const api = {
    async call(method: string, params: { contents?: { tables: unknown } }) {
      if (method === 'place.choose') return { placeId: 'p', path: '/p' };
      if (method === 'report.write') asked.push(params.contents!.tables);
      return { files: [] };
    },
    on: () => () => {},
  };
  const store = createAppStore(api as unknown as Api, { now: () => 0 });
  store.setState({ directory: { directoryId: 'd', name: 'data', logs: [] } as never });
  const wish = (part: Partial<ReportWish>) => store.getState().wishReport(part);
  return { store, asked, wish };
}

const ALWAYS = [
  ...(['logs', 'segments', 'problems', 'files', 'retention', 'settings', 'writers', 'runs'] as const),
];

describe('the tables of a report', () => {
  it('are those of the parts that are asked for', () => {
    const { store, wish } = storeWith();
    const offered = () => offeredTables(store.getState().reportWish, false);
    expect(offered()).toEqual(ALWAYS);
    wish({ plansStartup: true, listsTransactions: true });
    expect(offered()).toEqual(expect.arrayContaining(['startup', 'transactions']));
    expect(offered()).not.toContain('bytes');
    expect(offeredTables(store.getState().reportWish, true)).toContain('bytes');
  });

  it('are none where only those of a part that was switched off were left', () => {
    const { store, wish } = storeWith();
    wish({ readsStatistics: true });
    wish({ omittedTables: ALWAYS });
    expect(chosenTables(store.getState().reportWish, false)).toContain('bytes');
    wish({ readsStatistics: false });
    expect(chosenTables(store.getState().reportWish, false)).toEqual([]);
  });

  it('are asked for by name once one is left out', async () => {
    const { store, asked, wish } = storeWith();
    await store.getState().writeReport();
    wish({ omittedTables: ['bytes', 'files'] });
    await store.getState().writeReport();
    wish({ omittedTables: ['bytes'] });
    await store.getState().writeReport();
    expect(asked).toEqual([null, ALWAYS.filter((name) => name !== 'files'), null]);
  });
});

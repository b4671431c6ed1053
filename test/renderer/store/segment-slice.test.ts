/** The chosen segment while its file changes: what was gone to stays, or the list begins at the front again. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import type { SpanRow } from '../../../shared/inspection';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const SPAN_BYTES = 100;
const spanAt = (position: number, sizeInBytes = SPAN_BYTES, kind = 'batch') =>
  ({ kind, position, sizeInBytes }) as unknown as SpanRow;

/** A file of spans of which the calls of a test may change the size; pages are short whatever the limit. */
class SpanFile {
  spans: SpanRow[];
  readonly asked: number[] = [];
  /** Called with each question, before it is answered. */
  onAsked: (fromPosition: number) => void | Promise<void> = () => {};

  constructor(count: number) {
    this.spans = Array.from({ length: count }, (_, index) => spanAt(index * SPAN_BYTES));
  }

  async page(fromPosition: number, signal: AbortSignal | undefined) {
    this.asked.push(fromPosition);
    await this.onAsked(fromPosition);
    if (signal?.aborted) throw new AppError('CANCELLED', 'Cancelled.');
    const rows = this.spans.filter(({ position }) => position >= fromPosition).slice(0, 3);
    const first = rows[0]?.position ?? fromPosition;
    if (first > fromPosition) rows.unshift(spanAt(fromPosition, first - fromPosition, 'corrupt'));
    const end = (rows.at(-1)?.position ?? fromPosition) + SPAN_BYTES;
    return { rows, nextPosition: this.spans.some(({ position }) => position >= end) ? end : null };
  }
}

async function storeOver(file: SpanFile) {
  const { store, api } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'log.engineWriter': () => null,
    'segment.files': () => [],
    'segment.spans': ({ fromPosition }, signal) => file.page(Number(fromPosition), signal),
    'segment.batch': ({ position }) => ({ header: { position } }),
    'segment.offsetIndex': () => ({ entryCount: 0, offsets: [], positions: [] }),
  });
  await store.getState().start();
  await quiet();
  return { store, api };
}
const positions = (spans: readonly SpanRow[]) => spans.map(({ position }) => position);

describe('showBatchAt', () => {
  it('lists from the start where that reaches the batch, and chooses it', async () => {
    const file = new SpanFile(9);
    const { store } = await storeOver(file);
    await store.getState().showBatchAt(0, 200);
    expect(file.asked).toEqual([0]);
    expect(store.getState()).toMatchObject({ screen: 'segments', spansFrom: 0, selectedBatchPosition: 200 });
    expect(store.getState().anatomy).toEqual({ header: { position: 200 } });
  });

  it('lists from the batch on where it is far away', async () => {
    const file = new SpanFile(9);
    const { store } = await storeOver(file);
    await store.getState().showBatchAt(0, 700);
    expect(file.asked).toEqual([0, 700]);
    expect(positions(store.getState().spans)).toEqual([700, 800]);
    expect(store.getState()).toMatchObject({ spansFrom: 700, selectedBatchPosition: 700 });
  });

  it('lists again where a change on disk came in between, and still gets there', async () => {
    const file = new SpanFile(9);
    const { store, api } = await storeOver(file);
    let changes = 0;
    file.onAsked = async (fromPosition) => {
      if (fromPosition !== 700 || changes++ > 0) return;
      api.emit('log.changed', { logId: 'log-1', generation: 1 });
      await quiet();
    };
    await store.getState().showBatchAt(0, 700);
    await quiet();
    await quiet();
    expect(changes).toBeGreaterThan(1);
    expect(positions(store.getState().spans)).toEqual([700, 800]);
    expect(store.getState()).toMatchObject({ selectedBatchPosition: 700, isLoadingSpans: false });
  });

  it('ends where another segment was chosen meanwhile', async () => {
    const file = new SpanFile(9);
    const { store } = await storeOver(file);
    file.onAsked = () => store.getState().selectSegment(null);
    await store.getState().showBatchAt(0, 700);
    expect(file.asked).toEqual([0]);
    expect(store.getState()).toMatchObject({ selectedSegment: null, selectedBatchPosition: null });
  });
});

describe('refreshSegment', () => {
  async function atBatch700(file: SpanFile) {
    const { store } = await storeOver(file);
    await store.getState().showBatchAt(0, 700);
    file.asked.length = 0;
    return store;
  }

  it('stays where it was while the file only grows', async () => {
    const file = new SpanFile(8);
    const store = await atBatch700(file);
    file.spans.push(spanAt(800));
    store.getState().refreshSegment();
    await quiet();
    expect(file.asked).toEqual([700]);
    expect(positions(store.getState().spans)).toEqual([700, 800]);
  });

  it('begins at the front again where no such span is there any more: the file was written anew', async () => {
    const file = new SpanFile(9);
    const store = await atBatch700(file);
    file.spans = [spanAt(0, 650), spanAt(650, 70), spanAt(720)];
    store.getState().refreshSegment();
    await quiet();
    expect(file.asked).toEqual([700, 0]);
    expect(positions(store.getState().spans)).toEqual([0, 650, 720]);
    expect(store.getState().spansFrom).toBe(0);
  });

  it('begins at the front again where the file ends before the place', async () => {
    const file = new SpanFile(9);
    const store = await atBatch700(file);
    file.spans = file.spans.slice(0, 2);
    store.getState().refreshSegment();
    await quiet();
    expect(positions(store.getState().spans)).toEqual([0, 100]);
  });
});

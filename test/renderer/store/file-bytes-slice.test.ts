/** The bytes of a small file: read around a place, again after a change, and never those of another one. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

type Answer = () => unknown;

async function storeWithFile() {
  const waiting: Answer[] = [];
  const asked: unknown[] = [];
  let next: Answer = () => 'first';
  const { store } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'log.engineWriter': () => null,
    'log.fileBytes': ({ file, position }, signal) => {
      asked.push([file, position]);
      const answer = next;
      return new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        waiting.push(() => {
          try {
            resolve(answer());
          } catch (error) {
            reject(error);
          }
        });
      });
    },
  });
  await store.getState().start();
  await quiet();
  const answerAll = async () => {
    for (const answer of waiting.splice(0)) answer();
    await quiet();
  };
  const answerWith = (answer: Answer) => {
    next = answer;
  };
  return { store, asked, answerAll, answerWith };
}

describe('showFileBytes', () => {
  it('names the file at once, and has its bytes when they are read', async () => {
    const { store, answerAll } = await storeWithFile();
    void store.getState().showFileBytes('0.index', 8);
    expect(store.getState().shownFile).toEqual({ file: '0.index', position: 8, anatomy: null, error: null });
    await answerAll();
    expect(store.getState().shownFile).toMatchObject({ position: 8, anatomy: 'first' });
  });

  it('shows the file that was asked for last', async () => {
    const { store, answerAll, answerWith } = await storeWithFile();
    void store.getState().showFileBytes('0.index', 8);
    answerWith(() => 'second');
    void store.getState().showFileBytes('0.timeindex', 12);
    await answerAll();
    expect(store.getState().shownFile).toMatchObject({ file: '0.timeindex', anatomy: 'second', error: null });
  });

  it('shows nothing where it was hidden meanwhile', async () => {
    const { store, answerAll } = await storeWithFile();
    void store.getState().showFileBytes('0.index', 8);
    store.getState().hideFileBytes();
    await answerAll();
    expect(store.getState().shownFile).toBeNull();
  });
});

describe('refreshFileBytes', () => {
  it('reads the same place again and keeps the old bytes until then', async () => {
    const { store, asked, answerAll, answerWith } = await storeWithFile();
    void store.getState().showFileBytes('0.index', 8);
    await answerAll();
    answerWith(() => 'changed');
    void store.getState().refreshFileBytes();
    expect(store.getState().shownFile).toMatchObject({ anatomy: 'first' });
    await answerAll();
    expect(store.getState().shownFile).toMatchObject({ anatomy: 'changed' });
    expect(asked).toEqual([
      ['0.index', 8],
      ['0.index', 8],
    ]);
  });

  it('says that the file is gone, and mends that when it is there again', async () => {
    const { store, answerAll, answerWith } = await storeWithFile();
    void store.getState().showFileBytes('0.index', 8);
    await answerAll();
    answerWith(() => {
      throw new AppError('NOT_FOUND', 'Gone.');
    });
    void store.getState().refreshFileBytes();
    await answerAll();
    expect(store.getState().shownFile).toMatchObject({ anatomy: null, error: { code: 'NOT_FOUND' } });
    answerWith(() => 'back');
    void store.getState().refreshFileBytes();
    await answerAll();
    expect(store.getState().shownFile).toMatchObject({ anatomy: 'back', error: null });
  });

  it('asks for nothing while no file is shown', async () => {
    const { store, asked } = await storeWithFile();
    await store.getState().refreshFileBytes();
    expect(asked).toEqual([]);
  });
});

/**
 * Many small file operations at once, so that each does not wait for the one before it to come back from its thread.
 *
 * Knows nothing of files; the results stand in the order of the items.
 */

/** As many as keep the threads of Node's file operations busy; each may hold a file open. */
const AT_ONCE = 16;

/** Rejects with the first error; what has begun by then is still waited for. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(AT_ONCE, items.length) }, worker);
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return results;
}

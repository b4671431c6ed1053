/** One at a time, in the order of asking. Not reentrant: a task that asks again for its own mutex never ends. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs the task when all before it have settled; its error is the caller's, not the next one's. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task, task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

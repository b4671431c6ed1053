/** Binds the log watcher to @parcel/watcher. The one file that loads it; it reads directories, never files. */
import { type AsyncSubscription, subscribe } from '@parcel/watcher';
import type { Subscribe } from './log-dir-watcher';

export const subscribeToSystem: Subscribe = async (directory, onDirty, onFailed) => {
  const subscription: AsyncSubscription = await subscribe(directory, (error, events) => {
    if (error !== null) onFailed(error);
    for (const { path } of events ?? []) onDirty(path);
  });
  return () => subscription.unsubscribe();
};

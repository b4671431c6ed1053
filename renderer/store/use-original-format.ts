/** Whether the log on the screen is one of the original Python program, which has neither Kafka's words nor its settings. */
import { useApp } from './use-app';

export function useOriginalFormat(): boolean {
  return useApp(
    ({ directory, logId }) => directory?.logs.find((log) => log.logId === logId)?.format === 'log-manager',
  );
}

/**
 * What the file of a log's counters is called: it stands beside the log's directory, in the data directory, where a broker
 * looks at no regular file but its own. What is in it, and who writes it, is not known here.
 */
const METRICS_SUFFIX = '.metrics.json';

/** @param logDirectory The log's own directory. */
export function metricsPathOf(logDirectory: string): string {
  return logDirectory + METRICS_SUFFIX;
}

/** Whether a file of a data directory holds a log's counters, or is about to be renamed to that. */
export function isMetricsFile(name: string): boolean {
  return name.includes(METRICS_SUFFIX);
}

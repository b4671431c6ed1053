/**
 * The engine as a library for plain Node: what a program that embeds a log may use.
 * Everything else in this folder is Strata's own and may change.
 */
export { AppError, type ErrorCode } from '../../shared/errors';
export { type DirectoryLock, lockDataDirectory, lockLogDirectory } from './directory-lock';
export { type FileSystem, nodeFileSystem } from './file-system';
export { markSegmentsDeleted, purgeDeletedFiles, undoDeletion } from './log/delete-segments';
export { DiskFullError } from './log/disk-full-error';
export { Log } from './log/log';
export type { CompactionReport, CompactionSummary, CompactOptions } from './log/log-cleaner';
export type { LogMetrics } from './log/log-metrics';
export type { MetricsReport } from './log/metrics-file';
export type { ReadOptions } from './log/read-options';
export type { RecordInput, TextOrBytes } from './log/record-input';
export { replaceSegments, type SegmentReplacement, undoReplacement } from './log/replace-segments';
export { DEFAULT_SETTINGS, type FsyncPolicy, type LogSettings } from './log/settings';

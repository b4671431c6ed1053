/**
 * A report as a file of JSON and back. What is read may come from anybody: size, form and schema are checked before
 * anything is believed, and a file of another version is told apart from one that is no report.
 */
import { AppError } from '../../shared/errors';
import { PackedRowsError, packLists, unpackLists } from '../../shared/packed-rows';
import { REPORT_SCHEMA, type Report, ReportSchema } from '../../shared/report';
import type { Bytes } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { readFully } from '../engine/read-fully';

/** Ten times what 40,000 segments take. */
const FILE_BYTES_MAX: Bytes = 256 * 1024 * 1024;

export function reportJson(report: Report): string {
  return `${JSON.stringify(packLists(report))}\n`;
}

/** @throws AppError NOT_A_REPORT; what reading a file throws */
export async function readReport(fs: ReadingFileSystem, path: string): Promise<Report> {
  const bytes = await readFileUpTo(fs, path, FILE_BYTES_MAX);
  return parseReport(bytes.toString('utf8'), path);
}

/** @throws AppError NOT_A_REPORT */
export function parseReport(text: string, path: string): Report {
  const refused = (why: string) => new AppError('NOT_A_REPORT', `${path} ${why}`, { path });
  let value: { schema?: unknown };
  try {
    value = JSON.parse(text) as { schema?: unknown };
  } catch {
    throw refused(
      'is a file, and no report: it is not JSON. To see a log, open the directory that holds it.',
    );
  }
  const schema = typeof value === 'object' && value !== null ? value.schema : undefined;
  if (typeof schema !== 'string' || !schema.startsWith('strata.report/'))
    throw refused('is a file, and no report of Strata.');
  if (schema !== REPORT_SCHEMA)
    throw refused(`is a report of another version: ${schema}; this program reads ${REPORT_SCHEMA}.`);
  try {
    return ReportSchema.parse(unpackLists(value));
  } catch (error) {
    throw refused(`is a damaged report: ${flawOf(error)}.`);
  }
}

function flawOf(error: unknown): string {
  if (error instanceof PackedRowsError) return error.message.replace(/\.$/, '');
  const [issue] =
    (error as { issues?: readonly { path: readonly PropertyKey[]; message: string }[] }).issues ?? [];
  if (issue === undefined) throw error;
  return `${issue.path.join('.')}: ${issue.message}`;
}

async function readFileUpTo(fs: ReadingFileSystem, path: string, bytesMax: Bytes): Promise<Buffer> {
  const file = await fs.openForReading(path);
  try {
    const { sizeInBytes } = await file.status();
    if (sizeInBytes > bytesMax)
      throw new AppError('NOT_A_REPORT', `${path} has ${sizeInBytes} bytes, more than any report.`, { path });
    const bytes = Buffer.alloc(sizeInBytes);
    return bytes.subarray(0, await readFully(file, bytes, 0));
  } finally {
    await file.close();
  }
}

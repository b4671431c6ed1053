/**
 * What main can ask of the report worker: reports made, written, read and compared, which takes as long as logs and
 * files are large. In paths: both sides are ours.
 */
import { z } from 'zod';
import { BytesProgressSchema } from '../../shared/contract';
import { DirectoryDiffSchema } from '../../shared/report-diff';
import { ReportContentsSchema } from '../../shared/report-request';
import type { Contract } from '../../shared/rpc';
import { workerEvents } from './worker-events';

const Int = z.number().int();
const Count = Int.nonnegative();
const Path = z.string().min(1);

export const reportContract = {
  calls: {
    /** Reads a report and holds it, until it is to be forgotten. */
    'report.open': { params: z.object({ path: Path }), result: z.object({}) },
    /** What a scan worker would answer of a directory, from a report. The contract of both is the scan workers'. */
    'report.answer': {
      params: z.object({ path: Path, method: z.string(), params: z.unknown() }),
      result: z.unknown(),
    },
    'report.forget': { params: z.object({ path: Path }), result: z.object({}) },
    'report.write': {
      params: z.object({
        path: Path,
        contents: ReportContentsSchema,
        version: z.string(),
        /** A folder; made where it is not there. */
        output: Path,
        overwrites: z.boolean(),
        /** Whether the HTML comes back, written or not: what is printed. */
        returnsHtml: z.boolean(),
      }),
      result: z.object({
        files: z.array(z.object({ path: z.string(), sizeInBytes: Count })),
        html: z.string().nullable(),
        /** What the names of the files begin with. */
        baseName: z.string(),
      }),
      progress: BytesProgressSchema,
    },
    /** Of directories and files of reports. What was looked at earlier is before; of one time, the path is. */
    'report.compare': {
      params: z.object({ path: Path, otherPath: Path, version: z.string(), counts: z.boolean() }),
      result: DirectoryDiffSchema,
      progress: BytesProgressSchema,
    },
  },
  events: workerEvents,
} as const satisfies Contract;

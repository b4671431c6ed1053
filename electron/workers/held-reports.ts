/**
 * Reports that are open as if they were directories, held where they were read: of 40,000 segments only what a screen asks
 * for goes from thread to thread. A report that is no longer held is read again.
 */
import type { Report } from '../../shared/report';
import { notInReport, type ReportAnswers, reportAnswers } from './report-answers';

export class HeldReports {
  readonly #read: (path: string) => Promise<Report>;
  readonly #held = new Map<string, Promise<ReportAnswers>>();

  /** @param read Of a report's file */
  constructor(read: (path: string) => Promise<Report>) {
    this.#read = read;
  }

  /** @throws what reading it throws, and then it is not held */
  async open(path: string): Promise<ReportAnswers> {
    const known = this.#held.get(path);
    if (known !== undefined) return known;
    const reading = this.#read(path).then((report) => reportAnswers(report, path));
    this.#held.set(path, reading);
    try {
      return await reading;
    } catch (error) {
      this.#held.delete(path);
      throw error;
    }
  }

  /** @throws AppError NOT_IN_REPORT for what no report answers; what the answer throws */
  async answer(path: string, method: string, params: unknown): Promise<unknown> {
    const answers = await this.open(path);
    const answer = answers[method as keyof ReportAnswers] as
      | ((given: unknown) => Promise<unknown>)
      | undefined;
    if (answer === undefined) throw notInReport('Records and what is read of them are');
    return answer(params);
  }

  forget(path: string): void {
    this.#held.delete(path);
  }
}

/** Reports for tests: of a directory, with a time and a version of their own. */
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { makeReport } from '../../electron/reports/report-model';
import type { ReportOptions } from '../../electron/reports/report-options';
import type { CompactionAnalysis } from '../../shared/compaction';
import { type Problem, problemAt } from '../../shared/problem';
import type { Report } from '../../shared/report';
import type { Statistics } from '../../shared/statistics';
import { HOSTILE_TEXTS } from './hostile-texts';

export const REPORT_NOW_MS = 1_800_000_000_000;

export function reportOf(path: string, options: Partial<ReportOptions> = {}, disk = fs): Promise<Report> {
  return makeReport(disk, path, {
    ...{ version: '9.9.9', nowMs: REPORT_NOW_MS, depth: 'records', analysesCompaction: true },
    ...{ readsStatistics: false, listsBatches: false, listsTransactions: false, plansStartup: false },
    plansIndexRebuild: false,
    ...{ hostName: null, brokerConfig: null, stateDirectory: null, ...options },
  });
}

/** A copy of a report in which every log has a hostile text wherever a name, a key or a sentence may come from a disk. */
export function hostileReport(report: Report): Report {
  const [log] = report.logs;
  const { inspection, retention, statistics, compaction } = log!;
  return {
    ...report,
    hostName: HOSTILE_TEXTS[0]!,
    directory: { ...report.directory, name: HOSTILE_TEXTS[6]!, path: `/${HOSTILE_TEXTS.join('/')}` },
    broker: { verdict: 'unknown', writer: null, reason: HOSTILE_TEXTS.join(' ') },
    startup: hostileStartup(report.startup),
    logs: HOSTILE_TEXTS.map((text) => ({
      ...log!,
      ...{
        name: text,
        topic: text,
        files: [{ baseOffset: 0, suffix: text, sizeInBytes: 1, modifiedAtMs: 2 }],
      },
      inspection: { ...inspection!, name: text, problems: [hostileProblem(text)] },
      retention: {
        ...retention!,
        plan: { ...retention!.plan, name: text, deletions: retention!.plan.deletions.slice(0, 1) },
        facts: { ...retention!.facts, refusal: text },
      },
      statistics: statistics === null ? null : { log: hostileStatistics(statistics.log, text), segments: [] },
      compaction:
        compaction === null ? null : { ...compaction, analysis: hostileAnalysis(compaction.analysis, text) },
    })),
  };
}

function hostileStartup(startup: Report['startup']): Report['startup'] {
  if (startup === null || startup.plan === null) return startup;
  const step = { action: 'delete', reason: 'deleted', sizeInBytes: 1, sizeAfterInBytes: null } as const;
  const steps = HOSTILE_TEXTS.map((text) => ({ ...step, log: text, file: text, toName: text, detail: text }));
  return { ...startup, plan: { ...startup.plan, steps } };
}

function hostileStatistics(statistics: Statistics, text: string): Statistics {
  const top = [{ nameText: text, nameSizeInBytes: text.length, bytesMin: 9, bytesMax: 10 }];
  return { ...statistics, name: text, topKeys: top, topHeaderNames: top };
}

function hostileAnalysis(analysis: CompactionAnalysis | null, text: string): CompactionAnalysis | null {
  if (analysis === null || analysis.findings === null) return analysis;
  const key = {
    keyText: text,
    keySizeInBytes: text.length,
    supersededBytes: 9,
    supersededCount: 1,
    latestOffset: 0,
  };
  return { ...analysis, findings: { ...analysis.findings, worstKeys: [key] } };
}

function hostileProblem(text: string): Problem {
  const place = { file: text, position: -1, sizeInBytes: 7, baseOffset: 3 };
  return { ...problemAt('segment-torn-tail', place, text), consequence: text };
}

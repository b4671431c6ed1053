/** A retention plan as text for a terminal. Pure. */
import { type KeptSurroundings, whyDeleted, whyKept } from '../../shared/plan/why-kept';
import type { RetentionLogPlan } from '../../shared/retention';
import { refusalText } from './planned-logs';
import { type Column, countText, durationText, safeText, sizeText, textTable, timeText } from './text-table';

const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: countText };

/** A plan, and what its reasons are put into words with. */
export interface ExplainedPlan {
  readonly shown: RetentionLogPlan;
  readonly around: KeptSurroundings;
}

interface Row {
  readonly fate: string;
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly why: string;
  readonly largest: string;
  readonly due: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: '', text: ({ fate }) => fate },
  { title: 'base offset', align: 'right', text: ({ baseOffset }) => String(baseOffset) },
  { title: 'size', align: 'right', text: ({ sizeInBytes }) => sizeText(sizeInBytes) },
  { title: 'largest timestamp', text: ({ largest }) => largest },
  { title: 'due', text: ({ due }) => due },
  { title: 'why', text: ({ why }) => why },
];

interface ShownReport {
  readonly directory: string;
  readonly nowMs: number;
  readonly plans: readonly ExplainedPlan[];
}

export function retentionText({ directory, nowMs, plans }: ShownReport, isApplying: boolean): string {
  // Of what was to be applied, only what was.
  const counted = plans.map(({ shown }) => shown).filter(({ applied }) => !isApplying || applied !== null);
  const count = counted.reduce((sum, { deletions }) => sum + deletions.length, 0);
  const freed = sizeText(counted.reduce((sum, { freedBytes }) => sum + freedBytes, 0));
  const segments = `${count} ${count === 1 ? 'segment' : 'segments'}`;
  const total = isApplying
    ? `${segments} deleted, ${freed} to be freed\n`
    : `${segments} to delete, ${freed}\n`;
  return `${safeText(directory)}, as of ${timeText(nowMs)}\n${plans.map((plan) => logText(plan, isApplying)).join('')}\n${total}`;
}

function logText({ shown: log, around }: ExplainedPlan, isApplying: boolean): string {
  const { name, cleanupPolicy, policySource, settings, logStartOffset, logStartOffsetAfter } = log;
  const setting = (key: keyof typeof settings) => `${key} ${settings[key].value} (${settings[key].source})`;
  const start =
    logStartOffset === logStartOffsetAfter
      ? `log start offset ${logStartOffset}`
      : `log start offset ${logStartOffset}, then ${logStartOffsetAfter}`;
  return [
    '',
    `${safeText(name)}: cleanup.policy ${cleanupPolicy || '(empty)'} (${policySource}), ${setting('retention.ms')}, ${setting('retention.bytes')}`,
    `${start}, log end offset ${log.logEndOffset}, high watermark ${log.highWatermark} (${log.highWatermarkSource})`,
    textTable(COLUMNS, rowsOf(log, around)).trimEnd(),
    ...(log.rollsActiveSegment ? ['Every segment goes: an empty one is rolled first.'] : []),
    ...outcome(log, isApplying),
    '',
  ].join('\n');
}

function outcome({ refusal, applied, deletions }: RetentionLogPlan, isApplying: boolean): string[] {
  if (applied !== null)
    return [
      `Done in ${safeText(applied.directory)}: ${applied.deletedSegmentCount} deleted. The space is freed by \`strata purge\`, by the window once it is due (${timeText(applied.purgeDueAtMs)}), or by a broker that starts; until then \`strata undo\` takes it back.`,
    ];
  if (refusal !== null) return [refusalText(refusal, isApplying)];
  return isApplying && deletions.length === 0 ? ['Nothing to delete.'] : [];
}

function rowsOf({ deletions, kept, logEndOffset }: RetentionLogPlan, around: KeptSurroundings): Row[] {
  const largest = ({
    largestTimestampMs,
    largestTimestampSource,
  }: RetentionLogPlan['kept'][number] | RetentionLogPlan['deletions'][number]) =>
    `${timeText(largestTimestampMs)} (${largestTimestampSource})`;
  return [
    ...deletions.map((one) => ({
      ...one,
      fate: 'delete',
      why: whyDeleted(one, around, TEXTS),
      largest: largest(one),
      due: 'now',
    })),
    ...kept.map((one, index) => {
      const next = kept[index + 1];
      const place = { endOffset: next?.baseOffset ?? logEndOffset, isActive: next === undefined };
      return {
        ...one,
        fate: 'keep',
        why: whyKept(one, place, around, TEXTS),
        largest: largest(one),
        due: one.dueAtMs === null ? '-' : timeText(one.dueAtMs),
      };
    }),
  ];
}

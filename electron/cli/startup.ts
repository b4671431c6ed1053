/**
 * `strata startup`: what a broker would do to a directory at its next start, file by file. Reads only.
 *
 * Files to which nothing happens are counted, and listed with --all.
 */
import {
  bytesOfStep,
  STARTUP_ACTIONS,
  STARTUP_REASONS,
  type StartupStep,
} from '../../shared/plan/startup-reasons';
import type { StartupPlan } from '../../shared/startup';
import { simulateStartup } from '../engine/inspect/simulate-startup';
import { quickReadingFileSystem as fs } from '../engine/quick-file-system';
import { type Command, onlyDirectory } from './command';
import { parseOptions } from './parse-values';
import { progressLine } from './progress-line';
import { startupFacts, startupVerdict } from './startup-words';
import { jsonPieces, outInPieces } from './text-pieces';
import { type Column, safeText, sizeText, tablePieces } from './text-table';

export const startup: Command = {
  name: 'startup',
  usage: 'DIR [--all] [--json]',
  summary: 'What a broker would do to the files at its next start, and whether it would start',
  options: [
    '--all   list the files that stay as they are, too',
    '--json  as JSON, all files: schema strata.startup/1 in shared/startup.ts',
    'DIR is a data directory, or one log of it. Rules of Kafka 4.4. Exit status 1: the broker would not start.',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      all: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const { signal } = terminal;
    const progress = progressLine(terminal, 'checked');
    const found = await simulateStartup(fs, onlyDirectory(positionals), {
      signal,
      onProgress: progress.show,
    });
    progress.clear();
    const { logs, steps, ...facts } = found;
    const plan: StartupPlan = { schema: 'strata.startup/1', ...facts, logs: [...logs], steps: [...steps] };
    await outInPieces(terminal, values.json ? jsonPieces(plan) : planPieces(plan, values.all ?? false));
    return steps.some(({ action }) => action === 'refuse') ? 1 : 0;
  },
};

function* planPieces(plan: StartupPlan, isAll: boolean): Iterable<string> {
  const shown = plan.steps.filter(({ action }) => isAll || action !== 'keep');
  const keptCount = plan.steps.length - shown.length;
  yield [safeText(plan.directory), ...startupFacts(plan), startupVerdict(plan), ''].join('\n');
  if (shown.length > 0) {
    yield '\n';
    yield* tablePieces(COLUMNS, shown);
  }
  if (keptCount > 0) yield `\n${keptCount} files stay as they are.\n`;
}

const COLUMNS: readonly Column<StartupStep>[] = [
  { title: 'log', text: ({ log }) => safeText(log ?? '.') },
  { title: 'file', text: ({ file }) => safeText(file === '' ? '(directory)' : file) },
  { title: 'broker', text: ({ action }) => STARTUP_ACTIONS[action] },
  { title: 'bytes', align: 'right', text: bytesText },
  { title: 'why', text: whyText },
];

function bytesText(step: StartupStep): string {
  const bytes = bytesOfStep(step);
  return bytes === null ? '' : sizeText(bytes);
}

function whyText({ reason, detail, toName }: StartupStep): string {
  const to = toName === null ? '' : ` Afterwards: ${safeText(toName)}.`;
  return `${STARTUP_REASONS[reason]}${detail === null ? '' : ` ${safeText(detail)}`}${to}`;
}

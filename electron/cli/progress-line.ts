/** One line of progress on standard error, drawn over itself, only where somebody watches. */
import type { Bytes } from '../../shared/units';
import type { Terminal } from './command';
import { sizeText } from './text-table';

const INTERVAL_MS = 100;
const PERCENT = 100;
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressLine {
  show(progress: { readonly bytesDone: Bytes; readonly bytesTotal: Bytes }): void;
  clear(): void;
}

/** @param verb What is being done to the bytes: "read". */
export function progressLine({ err, isInteractive, now }: Terminal, verb: string): ProgressLine {
  let shownAtMs = 0;
  return {
    show({ bytesDone, bytesTotal }) {
      if (!isInteractive || now() - shownAtMs < INTERVAL_MS) return;
      shownAtMs = now();
      const percent = bytesTotal === 0 ? PERCENT : Math.floor((bytesDone / bytesTotal) * PERCENT);
      err(`${CLEAR_LINE}${percent} % of ${sizeText(bytesTotal)} ${verb}`);
    },
    clear() {
      if (shownAtMs > 0) err(CLEAR_LINE);
    },
  };
}

/**
 * Checks leader-epoch-checkpoint against the leader epochs of the batches (LeaderEpochFileCache).
 *
 * A batch of an epoch has to lie between that epoch's start offset and the next one's. Epochs without a batch are
 * normal: retention and cleaning take batches, and a leader may append nothing.
 */
import { type Problem, problemAt } from '../../../shared/problem';
import type { Offset } from '../../../shared/units';
import { LEADER_EPOCH_CHECKPOINT, type LeaderEpoch, readLeaderEpochs } from '../format/checkpoint-files';
import type { RecordBatchHeader } from '../format/record-batch';

/** First and last offset of each epoch, as the batches have them. */
export class LeaderEpochsSeen {
  readonly #ranges = new Map<number, { from: Offset; to: Offset }>();

  batch({ partitionLeaderEpoch: epoch, baseOffset, lastOffset, magic }: RecordBatchHeader): void {
    if (magic < 2 || epoch < 0) return;
    const range = this.#ranges.get(epoch);
    if (range === undefined) this.#ranges.set(epoch, { from: baseOffset, to: lastOffset });
    else range.to = Math.max(range.to, lastOffset);
  }

  /** @param logStartOffset The checkpoint is cut there; batches below it may still be on disk. */
  check(text: string, logStartOffset: Offset): Problem[] {
    const place = { file: LEADER_EPOCH_CHECKPOINT };
    const epochs = readLeaderEpochs(text);
    if (typeof epochs === 'string')
      return [problemAt('leader-epoch-checkpoint-malformed', place, `In ${place.file}: ${epochs}.`)];
    const unordered = epochs.findIndex(
      ({ epoch, startOffset }, index) =>
        index > 0 && (epoch <= epochs[index - 1]!.epoch || startOffset < epochs[index - 1]!.startOffset),
    );
    if (unordered > 0)
      return [
        problemAt(
          'leader-epoch-checkpoint-mismatch',
          place,
          `Entry ${unordered} is not above the one before it.`,
        ),
      ];
    return [...cutOff(text), ...this.#againstBatches(epochs, logStartOffset)];
  }

  #againstBatches(epochs: readonly LeaderEpoch[], logStartOffset: Offset): Problem[] {
    const place = { file: LEADER_EPOCH_CHECKPOINT };
    return [...this.#ranges].flatMap(([epoch, { from, to }]) => {
      if (to < logStartOffset) return [];
      const flaw = epochFlaw(epochs, epoch, { from: Math.max(from, logStartOffset), to });
      return flaw === null
        ? []
        : [problemAt('leader-epoch-checkpoint-mismatch', { ...place, baseOffset: from }, flaw)];
    });
  }
}

/** A broker ends every line. Without the last end the last number may have lost digits, which a broker does not notice. */
function cutOff(text: string): Problem[] {
  if (text === '' || text.endsWith('\n')) return [];
  const place = { file: LEADER_EPOCH_CHECKPOINT, position: Buffer.byteLength(text) };
  const message = 'The last line has no end, as a broker writes it: its number may have lost digits.';
  return [problemAt('leader-epoch-checkpoint-mismatch', place, message)];
}

function epochFlaw(
  epochs: readonly LeaderEpoch[],
  epoch: number,
  { from, to }: { readonly from: Offset; readonly to: Offset },
): string | null {
  const index = epochs.findIndex((entry) => entry.epoch === epoch);
  if (index < 0) return `Batches from offset ${from} have leader epoch ${epoch}, which has no entry.`;
  const { startOffset } = epochs[index]!;
  const next = epochs[index + 1];
  if (from < startOffset)
    return `A batch at offset ${from} has leader epoch ${epoch}, which starts at ${startOffset} by its entry.`;
  if (next !== undefined && to >= next.startOffset)
    return `A batch at offset ${to} has leader epoch ${epoch}; epoch ${next.epoch} starts at ${next.startOffset} by its entry.`;
  return null;
}

/**
 * The parts of the bytes as rows of a bar and of a table: as the records are, and as they lie on disk. For the window and
 * for reports; pure.
 *
 * Both bars have one scale, so that their difference is what compression saves.
 */
import type { BytesByPart, Statistics } from './statistics';

export interface BytePart {
  readonly key: string;
  readonly title: string;
  /** What it is, for the tooltip. */
  readonly meaning: string;
  readonly sizeInBytes: number;
  /** Of the scale that both bars share. */
  readonly share: number;
  /** Name of a colour in renderer/theme/tokens.css. */
  readonly colour: string;
}

export interface ByteBars {
  /** Decompressed records, and everything else as it is. */
  readonly content: readonly BytePart[];
  readonly contentBytes: number;
  /** Records by codec as they are stored, and everything else. */
  readonly stored: readonly BytePart[];
  readonly storedBytes: number;
  /** Share of the content that compression saves; negative where it costs. */
  readonly savedShare: number;
}

type PartName = Exclude<keyof BytesByPart, 'compressionGain' | 'total'>;
type PartKind = readonly [name: PartName, title: string, meaning: string, colour: string];

const RECORD_PARTS: readonly PartKind[] = [
  ['keys', 'Keys', 'Keys of records, decompressed', 'part-keys'],
  ['values', 'Values', 'Values of records, decompressed', 'part-values'],
  ['headerNames', 'Header names', 'Names of record headers, again in each record', 'part-header-names'],
  ['headerValues', 'Header values', 'Values of record headers', 'part-header-values'],
  ['recordOverhead', 'Record overhead', 'Lengths, deltas and attributes of records', 'part-overhead'],
];
const OTHER_PARTS: readonly PartKind[] = [
  ['batchOverhead', 'Batch headers', '61 bytes a batch; of message sets the wrappers', 'part-batches'],
  ['controlRecords', 'Control records', 'Markers of committed and aborted transactions', 'part-control'],
  ['indexes', 'Index entries', 'Used entries of offset, time and transaction indexes', 'part-indexes'],
  ['sideFiles', 'Side files', 'Snapshots, checkpoints, metadata, leftovers', 'part-side-files'],
  ['slack', 'Empty room', 'Preallocated or zeroed room of indexes and segments', 'part-slack'],
  ['damaged', 'Damaged', 'Neither batches nor zeros, or batches that cannot be read', 'damage'],
];

export function byteBars({ bytes, codecs }: Statistics): ByteBars {
  const contentBytes = bytes.total + bytes.compressionGain;
  const scale = Math.max(contentBytes, bytes.total, 1);
  const part = (
    key: string,
    title: string,
    meaning: string,
    colour: string,
    sizeInBytes: number,
  ): BytePart => ({
    ...{ key, title, meaning, colour, sizeInBytes, share: sizeInBytes / scale },
  });
  const partsOf = (kinds: readonly PartKind[]) =>
    kinds
      .filter(([name]) => bytes[name] > 0)
      .map(([name, title, meaning, colour]) => part(name, title, meaning, colour, bytes[name]));
  const others = partsOf(OTHER_PARTS);
  const byCodec = codecs
    .filter(({ storedBytes }) => storedBytes > 0)
    .map(({ codec, storedBytes }) => {
      const title = codec === 'none' ? 'Uncompressed' : codec;
      return part(`codec-${codec}`, title, 'Records as stored', `codec-${codec}`, storedBytes);
    });
  return {
    content: [...partsOf(RECORD_PARTS), ...others],
    contentBytes,
    stored: [...byCodec, ...others],
    storedBytes: bytes.total,
    savedShare: contentBytes === 0 ? 0 : bytes.compressionGain / contentBytes,
  };
}

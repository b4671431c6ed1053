/**
 * The files of a directory in columns: what goes from thread to thread at each look, and is compared with the look before.
 *
 * A million files as objects would hold up whoever takes them for seconds. Pure; reads no file.
 */
import { z } from 'zod';

/** A file of a log's directory as the file system describes it. */
export interface FileState {
  readonly name: string;
  readonly sizeInBytes: number;
  readonly modifiedAtMs: number;
  readonly inode: number;
}

const Numbers = z.instanceof(Float64Array);
export const PackedFilesSchema = z.object({
  /** Behind each name a slash, which no name has. */
  names: z.string(),
  sizesInBytes: Numbers,
  modifiedAtMs: Numbers,
  inodes: Numbers,
});
export type PackedFiles = z.infer<typeof PackedFilesSchema>;

const NAME_END = '/';

export function packFiles(files: readonly FileState[]): PackedFiles {
  const column = (of: (file: FileState) => number) => Float64Array.from(files, of);
  return {
    names: files.map(({ name }) => name + NAME_END).join(''),
    sizesInBytes: column(({ sizeInBytes }) => sizeInBytes),
    modifiedAtMs: column(({ modifiedAtMs }) => modifiedAtMs),
    inodes: column(({ inode }) => inode),
  };
}

export function unpackFiles({ names, sizesInBytes, modifiedAtMs, inodes }: PackedFiles): FileState[] {
  return names
    .split(NAME_END)
    .slice(0, -1)
    .map((name, index) => ({
      name,
      sizeInBytes: sizesInBytes[index]!,
      modifiedAtMs: modifiedAtMs[index]!,
      inode: inodes[index]!,
    }));
}

/** Of two looks, each in the order of the names. A file renamed away and another put in its place tells itself by its inode. */
export function areSameFiles(before: PackedFiles, after: PackedFiles): boolean {
  return (
    before.names === after.names &&
    isSame(before.sizesInBytes, after.sizesInBytes) &&
    isSame(before.modifiedAtMs, after.modifiedAtMs) &&
    isSame(before.inodes, after.inodes)
  );
}

function isSame(some: Float64Array, others: Float64Array): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

/** Names of directories in a data directory at which a broker does not start. Looks at names only. */
import { type Problem, type ProblemCode, problemAt } from '../../../shared/problem';
import type { ReadingFileSystem } from '../file-system';
import { DATA_DIRECTORY_FILES } from '../format/file-names';
import { type DirectoryRefusal, directoryRefusals, REMOTE_INDEX_CACHE } from '../rules/startup-names';

const CODES: Readonly<Record<DirectoryRefusal['reason'], ProblemCode>> = {
  'name-not-topic-partition': 'directory-not-topic-partition',
  'partition-twice': 'directory-partition-twice',
  'future-beside-current': 'directory-future-beside-current',
};

/** @throws AppError where the directory cannot be listed */
export async function checkDirectoryNames(fs: ReadingFileSystem, dataDirectory: string): Promise<Problem[]> {
  const entries = await fs.list(dataDirectory);
  if (!entries.some(({ name }) => DATA_DIRECTORY_FILES.includes(name))) return []; // a folder of copies: no broker's
  const directories = entries.filter(({ kind }) => kind === 'directory');
  const names = directories.map(({ name }) => name).filter((name) => name !== REMOTE_INDEX_CACHE);
  return directoryRefusals(names).map(({ name, reason, other }) => {
    const message = other === null ? 'A broker expects topic-partition.' : `The other directory is ${other}.`;
    return problemAt(CODES[reason], { file: name }, message);
  });
}

/**
 * The key of the hashes in redacted reports: in Strata's own state folder, made when the first one is written; or a file
 * that the user names, so that the reports of several machines compare.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors';
import { toStorageError } from '../engine/file-system';

const FILE_NAME = 'report-key';
const KEY_BYTES = 32;
const KEY_LENGTH_MIN = 16;

/** @param path The user's file. @throws AppError where it cannot be read; INVALID_ARGUMENT where it holds too little */
export async function readRedactionKey(path: string): Promise<string> {
  const key = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toStorageError(error, path);
  });
  if (key.trim().length >= KEY_LENGTH_MIN) return key.trim();
  throw new AppError('INVALID_ARGUMENT', `${path} holds no key: at least ${KEY_LENGTH_MIN} characters.`, {
    path,
  });
}

/**
 * @param stateDirectory Strata's; made where it is not there.
 * @throws AppError where it can be neither read nor written
 */
export async function ownRedactionKey(stateDirectory: string): Promise<string> {
  const path = join(stateDirectory, FILE_NAME);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // There is one, or at least there may be: where the folder cannot be written it may still be read.
    if (code !== 'EEXIST' && code !== 'EROFS' && code !== 'EACCES') throw toStorageError(error, path);
  }
  return readRedactionKey(path);
}

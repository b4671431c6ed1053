/** Names what could not be opened, where that is known. */
import type { OpenFailure } from '../store/directory-slice';

export function openFailureTitle({ path }: OpenFailure): string {
  return path === null ? 'The directory could not be opened.' : `${path} could not be opened.`;
}

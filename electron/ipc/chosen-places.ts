/**
 * Files and directories that the user chose in the system's dialog for something else than opening, by ids.
 *
 * The page never sees more of them than their names; what is done with a place, its callers know.
 */
import { basename } from 'node:path';
import { AppError } from '../../shared/errors';

export interface ChosenPlace {
  readonly placeId: string;
  readonly name: string;
  /** For the eye only: a call names the place by its id. */
  readonly path: string;
}

export class ChosenPlaces {
  readonly #paths = new Map<string, string>();

  add(path: string): ChosenPlace {
    const placeId = `place-${this.#paths.size + 1}`;
    this.#paths.set(placeId, path);
    return { placeId, name: basename(path), path };
  }

  /** null stays null: nothing was chosen. @throws AppError NOT_FOUND for an id that was not given out */
  pathOf(placeId: string): string;
  pathOf(placeId: string | null): string | null;
  pathOf(placeId: string | null): string | null {
    if (placeId === null) return null;
    const path = this.#paths.get(placeId);
    if (path === undefined) throw new AppError('NOT_FOUND', 'This place was not chosen here.', { placeId });
    return path;
  }
}

/**
 * Problems of which there may be as many as a file has entries: the first of each kind is reported, with the number of
 * those like it. What is wrong, and where, its callers know.
 */
import { type Problem, type ProblemCode, type ProblemPlace, problemAt } from '../../../shared/problem';

export class Findings {
  readonly #what: 'entries' | 'transactions';
  readonly #byCode = new Map<ProblemCode, { first: Problem; count: number }>();

  /** @param what Those are that something is found of. */
  constructor(what: 'entries' | 'transactions') {
    this.#what = what;
  }

  add(code: ProblemCode, place: ProblemPlace, message: string): void {
    const known = this.#byCode.get(code);
    if (known !== undefined) known.count++;
    else this.#byCode.set(code, { first: problemAt(code, place, message), count: 1 });
  }

  all(): Problem[] {
    return [...this.#byCode.values()].map(({ first, count }) => {
      if (count === 1) return first;
      return { ...first, message: `${first.message} ${count - 1} more ${this.#what} are like it.` };
    });
  }
}

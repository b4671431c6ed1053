/**
 * Typed arrays in a form for a file of JSON, and back: `{ float64: [...] }` or `{ int32: [...] }` with the numbers as they
 * are; `{ float64All: [number, count] }` where all are the same; `{ float64Steps: [...] }` where each is told by what it
 * adds to the one before it, as offsets and timestamps are shorter. Knows nothing of rows or of any schema.
 */
type Numbers = Float64Array | Int32Array;
type Packed = { readonly [form: string]: readonly number[] };

const FORMS: ReadonlySet<string> = new Set(
  ['float64', 'int32'].flatMap((type) => [type, `${type}All`, `${type}Steps`]),
);
/** Sums of differences below it are exact. */
const EXACT_MAX = 2 ** 52;
/** Below it the form matters to nobody's disk. */
const STEPS_MIN = 4;
/** How much smaller the steps have to be than the numbers to be shorter as digits. */
const STEPS_ARE_SMALLER_BY = 8;

export function packNumbers(numbers: Numbers): Packed {
  const type = numbers instanceof Float64Array ? 'float64' : 'int32';
  const [first] = numbers;
  if (first !== undefined && numbers.length >= STEPS_MIN && numbers.every((each) => each === first))
    return { [`${type}All`]: [first, numbers.length] };
  return isShorterAsSteps(numbers) ? { [`${type}Steps`]: stepsOf(numbers) } : { [type]: [...numbers] };
}

function isShorterAsSteps(numbers: Numbers): boolean {
  if (numbers.length < STEPS_MIN) return false;
  let [sum, steps, before] = [0, 0, 0];
  for (const each of numbers) {
    if (!Number.isInteger(each) || Math.abs(each) > EXACT_MAX || Object.is(each, -0)) return false;
    sum += Math.abs(each);
    steps += Math.abs(each - before);
    before = each;
  }
  return steps * STEPS_ARE_SMALLER_BY < sum;
}

function stepsOf(numbers: Numbers): number[] {
  let before = 0;
  const steps: number[] = [];
  for (const each of numbers) {
    steps.push(each - before);
    before = each;
  }
  return steps;
}

/** Whether a value read from a file has one of the forms. */
export function isPackedNumbers(value: object): value is Packed {
  const [form, ...others] = Object.keys(value);
  if (form === undefined || others.length > 0 || !FORMS.has(form)) return false;
  return Array.isArray((value as Record<string, unknown>)[form]);
}

/** How many numbers it stands for; not finite where it is damaged. */
export function packedNumberCount(packed: Packed): number {
  const [form, numbers] = partsOf(packed);
  if (!form.endsWith('All')) return numbers.length;
  const count = numbers[1];
  return Number.isSafeInteger(count) && count! >= 0 ? count! : Number.POSITIVE_INFINITY;
}

/** The caller has looked whether so many numbers fit into memory. */
export function unpackNumbers(packed: Packed): Numbers {
  const [form, given] = partsOf(packed);
  const count = packedNumberCount(packed);
  const numbers = form.startsWith('float64') ? new Float64Array(count) : new Int32Array(count);
  if (form.endsWith('All')) return numbers.fill(given[0]!);
  if (!form.endsWith('Steps')) {
    numbers.set(given);
    return numbers;
  }
  let sum = 0;
  for (let index = 0; index < count; index++) {
    sum += given[index]!;
    numbers[index] = sum;
  }
  return numbers;
}

function partsOf(packed: Packed): [form: string, numbers: readonly number[]] {
  return Object.entries(packed)[0]!;
}

/** Reads a list page by page, to its end or to a maximum. Main limits the size of a page, not of a list. */
interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** @returns the total of the last page, or what was read where a page came empty: the list shrank meanwhile */
export async function allPages<Row>(
  load: (from: number) => Promise<Page<Row>>,
  countMax = Number.POSITIVE_INFINITY,
): Promise<{ readonly rows: Row[]; readonly total: number }> {
  const rows: Row[] = [];
  let total = 1;
  while (rows.length < total && rows.length < countMax) {
    const page = await load(rows.length);
    total = page.rows.length === 0 ? rows.length : page.total;
    rows.push(...page.rows);
  }
  return { rows, total };
}

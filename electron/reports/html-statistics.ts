/**
 * Statistics of a log in the HTML of a report: the bars and tables of the window's statistics pane, and the worst keys of
 * an analysis. Names come as they stand in the report, which may be keyed hashes.
 */
import { type ByteBars, type BytePart, byteBars } from '../../shared/byte-bars';
import type { CompactionFindings } from '../../shared/compaction';
import { percentText } from '../../shared/plan/share-text';
import type { DistributionRow, Statistics, TopRow } from '../../shared/statistics';
import { sizeText } from '../cli/text-table';
import { grouped, html, htmlTable, type Markup } from './html-markup';

const WIDTH = 1000;
const BAR_HEIGHT = 18;
const WORST_KEYS_MAX = 20;

export function statisticsSection(statistics: Statistics, isRedacted: boolean): Markup {
  const { counts, uniqueKeys, isComplete } = statistics;
  const note = isRedacted ? ' The report is redacted: names are keyed hashes.' : '';
  const fact = (title: string, value: string) => html`<dt>${title}</dt><dd>${value}</dd>`;
  return html`<h3>Statistics</h3>${
    isComplete
      ? null
      : html`<p class="warning">Bytes are damaged: records may be missing from every count.</p>`
  }<dl class="facts">${[
    fact('Records', `${grouped(counts.records)} in ${grouped(counts.batches)} batches`),
    fact('Different keys', uniqueKeysText(uniqueKeys)),
    fact('Null keys, tombstones', `${grouped(counts.nullKeys)}, ${grouped(counts.tombstones)}`),
    fact('Headers', `${grouped(counts.headers)} in ${grouped(counts.recordsWithHeaders)} records`),
  ]}</dl>
${bytesFigure(byteBars(statistics))}
<div class="columns">${sizesTable(statistics.sizes)}${codecsTable(statistics)}${largestTable(statistics)}
${heaviestTable('Keys that take the most bytes', `All records with the key, as decompressed.${note}`, statistics.topKeys)}
${heaviestTable('Header names that take the most bytes', `The name and its values.${note}`, statistics.topHeaderNames)}</div>`;
}

function uniqueKeysText(uniqueKeys: Statistics['uniqueKeys']): string {
  if (uniqueKeys === null) return 'not counted';
  const { count, isExact, standardError } = uniqueKeys;
  return isExact ? grouped(count) : `about ${grouped(count)} ± ${percentText(standardError)}`;
}

function bytesFigure({ content, contentBytes, stored, storedBytes, savedShare }: ByteBars): Markup {
  const isCompressed = storedBytes !== contentBytes;
  const saved = `compression ${savedShare >= 0 ? 'saves' : 'costs'} ${percentText(Math.abs(savedShare))}`;
  return html`<figure><figcaption>What each byte is${content.map(
    ({ title, colour, sizeInBytes }) =>
      html`<span><svg class="swatch" viewBox="0 0 12 12"><rect class="${colour}" width="12" height="12"/></svg>${title} ${sizeText(sizeInBytes)} <span class="quiet">${percentText(sizeInBytes / Math.max(contentBytes, 1))}</span></span>`,
  )}</figcaption>
${bar(`${isCompressed ? 'Decompressed' : 'On disk'}, ${sizeText(contentBytes)}`, content)}${
  isCompressed ? bar(`On disk, ${sizeText(storedBytes)}: ${saved}`, stored) : null
}</figure>`;
}

function bar(title: string, parts: readonly BytePart[]): Markup {
  let x = 0;
  return html`<p class="bar-title">${title}</p><svg viewBox="0 0 ${WIDTH} ${BAR_HEIGHT}" role="img" aria-label="${`${title}: ${parts.map((part) => `${part.title} ${sizeText(part.sizeInBytes)}`).join(', ')}`}">${parts.map(
    ({ title: name, colour, share, sizeInBytes }) => {
      const from = x;
      x += share * WIDTH;
      return html`<rect class="${colour}" x="${from.toFixed(1)}" width="${(share * WIDTH).toFixed(1)}" height="${BAR_HEIGHT}"><title>${`${name}, ${sizeText(sizeInBytes)}`}</title></rect>`;
    },
  )}</svg>`;
}

const DISTRIBUTIONS = [
  ['record', 'Record', sizeText],
  ['key', 'Key', sizeText],
  ['value', 'Value', sizeText],
  ['batch', 'Batch', sizeText],
  ['recordsPerBatch', 'Records a batch', grouped],
] as const;

function sizesTable(sizes: Statistics['sizes']): Markup | null {
  const rows = DISTRIBUTIONS.map(([name, title, show]) => ({ title, show, of: sizes[name] })).filter(
    ({ of }) => of.count > 0,
  );
  if (rows.length === 0) return null;
  type Row = (typeof rows)[number];
  const figure = (title: string, value: (of: DistributionRow) => number) => ({
    ...{ title, isNumber: true, cell: ({ show, of }: Row) => show(value(of)) },
  });
  return html`<section class="wide"><h4>Sizes</h4>${htmlTable<Row>(
    [
      { title: '', cell: ({ title }) => title },
      figure('Least', ({ min }) => min),
      ...rows[0]!.of.percentiles.map(({ percent }, index) => ({
        ...{ title: percent === 50 ? 'Half up to' : `${percent} %`, isNumber: true },
        cell: ({ show, of }: Row) => {
          const { size, isExact } = of.percentiles[index]!;
          return `${isExact ? '' : '≈ '}${show(size)}`;
        },
      })),
      figure('Largest', ({ max }) => max),
    ],
    rows,
  )}</section>`;
}

function codecsTable({ codecs }: Statistics): Markup | null {
  if (codecs.length === 0) return null;
  return html`<section><h4>Codecs</h4>${htmlTable<(typeof codecs)[number]>(
    [
      {
        title: '',
        cell: ({ codec }) =>
          html`<span class="whole"><svg class="swatch" viewBox="0 0 12 12"><rect class="codec-${codec}" width="12" height="12"/></svg>${codec}</span>`,
      },
      { title: 'Batches', isNumber: true, cell: ({ batchCount }) => grouped(batchCount) },
      { title: 'Records', isNumber: true, cell: ({ recordCount }) => grouped(recordCount) },
      { title: 'Stored', isNumber: true, cell: ({ storedBytes }) => sizeText(storedBytes) },
      { title: 'Decompressed', isNumber: true, cell: ({ contentBytes }) => sizeText(contentBytes) },
    ],
    codecs,
  )}</section>`;
}

function largestTable({ largestRecords }: Statistics): Markup | null {
  if (largestRecords.length === 0) return null;
  const sizeOr = (size: number | null) => (size === null ? 'null' : sizeText(size));
  return html`<section><h4>Largest records</h4>${htmlTable<(typeof largestRecords)[number]>(
    [
      { title: 'Offset', isNumber: true, cell: ({ offset }) => grouped(offset) },
      { title: 'Size', isNumber: true, cell: ({ sizeInBytes }) => sizeText(sizeInBytes) },
      { title: 'Key', isNumber: true, cell: ({ keySizeInBytes }) => sizeOr(keySizeInBytes) },
      { title: 'Value', isNumber: true, cell: ({ valueSizeInBytes }) => sizeOr(valueSizeInBytes) },
    ],
    largestRecords,
  )}</section>`;
}

/** Names whose bytes are only known to be above nothing say nothing: there were too many of them to tell. */
function heaviestTable(title: string, note: string, tops: readonly TopRow[]): Markup | null {
  const rows = tops.filter(({ bytesMin }) => bytesMin > 0);
  if (rows.length === 0) return null;
  const isExact = rows.every(({ bytesMin, bytesMax }) => bytesMin === bytesMax);
  return html`<section><h4>${title}</h4>${htmlTable<TopRow>(
    [
      {
        title: 'Name',
        isName: true,
        cell: ({ nameText, nameBase64 }) => html`<span class="mono">${nameOf(nameText, nameBase64)}</span>`,
      },
      { title: isExact ? 'Bytes' : 'At least', isNumber: true, cell: ({ bytesMin }) => sizeText(bytesMin) },
      ...(isExact
        ? []
        : [{ title: 'At most', isNumber: true, cell: ({ bytesMax }: TopRow) => sizeText(bytesMax) }]),
    ],
    rows,
    note,
  )}</section>`;
}

function nameOf(text: string | null | undefined, base64: string | undefined): string {
  return text === '' ? '(empty)' : (text ?? `base64 ${base64}`);
}

export function worstKeysSection({ worstKeys }: CompactionFindings, isRedacted: boolean): Markup | null {
  const shown = (worstKeys ?? []).slice(0, WORST_KEYS_MAX);
  if (shown.length === 0) return null;
  const note = `Records that a later one of the same key supersedes.${isRedacted ? ' The report is redacted: keys are keyed hashes.' : ''}`;
  return html`<h4>Worst keys</h4>${htmlTable<(typeof shown)[number]>(
    [
      {
        title: 'Key',
        isName: true,
        cell: ({ keyText, keyBase64 }) => html`<span class="mono">${nameOf(keyText, keyBase64)}</span>`,
      },
      { title: 'Records that go', isNumber: true, cell: ({ supersededCount }) => grouped(supersededCount) },
      {
        title: 'Bytes, uncompressed',
        isNumber: true,
        cell: ({ supersededBytes }) => sizeText(supersededBytes),
      },
      { title: 'Stays at offset', isNumber: true, cell: ({ latestOffset }) => grouped(latestOffset) },
    ],
    shown,
    note,
  )}`;
}

/**
 * The Index screen in the HTML of a report: as SVG, where it lists index entries, how many stretches between entries are
 * how large, and how large they are along the log; as a table which index files are to be rebuilt.
 */
import type { IndexFacts } from '../../shared/index-facts';
import { indexFigures } from '../../shared/plan/index-figures';
import type { DensityPoint, HistogramBar } from '../../shared/plan/index-gaps';
import type { Report } from '../../shared/report';
import { sizeText } from '../cli/text-table';
import { grouped, html, htmlTable, type Markup } from './html-markup';
import { rounded } from './html-pictures';

/** As wide as a column of the page is, so that its words are as large as the others. */
const WIDTH = 340;
const HEIGHT = 150;
const ROOM = { left: 58, right: 8, top: 10, bottom: 22 };
const PLOT = { width: WIDTH - ROOM.left - ROOM.right, height: HEIGHT - ROOM.top - ROOM.bottom };
const TICK_DISTANCE = 56;
const FILES_MAX = 200;

export function indexSection(facts: IndexFacts): Markup | null {
  const { gaps, density } = indexFigures(facts);
  if (gaps.bytes.length === 0) return null;
  const interval = Number(facts.settings['index.interval.bytes'].value);
  const endBytes = facts.segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  return html`<h3>Index entries</h3><div class="columns">${histogram('Stretches between entries, by bytes', gaps.bytes, sizeText)}${histogram(
    'Stretches between entries, by records',
    gaps.records,
    grouped,
  )}${alongLog(density, { interval, endBytes })}</div>`;
}

function histogram(title: string, bars: readonly HistogramBar[], text: (value: number) => string): Markup {
  const most = bars.reduce((max, { count }) => Math.max(max, count), 1);
  const width = PLOT.width / Math.max(bars.length, 6);
  let labelledUpTo = Number.NEGATIVE_INFINITY;
  return html`<section><figure><figcaption>${title}</figcaption>${chart(title, most, grouped)}${bars.map(
    ({ from, to, count }, index) => {
      const x = ROOM.left + index * width;
      const height = (count / most) * PLOT.height;
      const range = to - from <= 1 ? text(from) : `${text(from)} to under ${text(to)}`;
      const isLabelled = x - labelledUpTo >= TICK_DISTANCE;
      if (isLabelled) labelledUpTo = x;
      return html`<rect class="density-step-4" x="${rounded(x + 0.5)}" y="${rounded(ROOM.top + PLOT.height - height)}" width="${rounded(width - 1)}" height="${rounded(height)}"><title>${`${range}: ${grouped(count)}`}</title></rect>${
        isLabelled ? html`<text x="${rounded(x)}" y="${HEIGHT - 8}">${text(from)}</text>` : null
      }`;
    },
  )}</svg></figure></section>`;
}

/** @param endBytes Where the log ends: the last point is where its part begins. */
function alongLog(
  points: readonly DensityPoint[],
  { interval, endBytes }: { readonly interval: number; readonly endBytes: number },
): Markup | null {
  const [first] = points;
  if (first === undefined || points.length < 2) return null;
  const most = points.reduce((max, { maxBytes }) => Math.max(max, maxBytes), interval);
  const x = (at: number) => rounded(ROOM.left + ((at - first.at) / (endBytes - first.at)) * PLOT.width);
  const y = (bytes: number) => rounded(ROOM.top + PLOT.height * (1 - bytes / most));
  const line = (bytesOf: (point: DensityPoint) => number) =>
    points.map((point) => `${x(point.at)},${y(bytesOf(point))}`).join(' ');
  const title = 'Bytes between entries, along the log';
  return html`<section><figure><figcaption>${title}<span><svg class="swatch" viewBox="0 0 12 12"><path class="with-policy" d="M0 6H12"/></svg>mean</span><span><svg class="swatch" viewBox="0 0 12 12"><path class="without-policy" d="M0 6H12"/></svg>largest</span><span><svg class="swatch" viewBox="0 0 12 12"><path class="limit" d="M0 6H12"/></svg>index.interval.bytes ${sizeText(interval)}</span></figcaption>${chart(title, most, sizeText)}
<line class="limit" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${y(interval)}" y2="${y(interval)}"/>
<polyline class="without-policy" points="${line(({ maxBytes }) => maxBytes)}"/><polyline class="with-policy" points="${line(({ meanBytes }) => meanBytes)}"/>
<text x="${ROOM.left}" y="${HEIGHT - 8}">${sizeText(Math.round(first.at))}</text><text x="${WIDTH - ROOM.right}" y="${HEIGHT - 8}" text-anchor="end">${sizeText(endBytes)}</text></svg></figure></section>`;
}

/** The beginning of a picture with its scale at the left; the end is the caller's. */
function chart(title: string, most: number, text: (value: number) => string): Markup {
  // Whole numbers, each at its own height: half of 3 is labelled nowhere.
  const values = most > 1 ? [0, Math.round(most / 2), most] : [0, most];
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${values.map((value) => {
    const y = ROOM.top + PLOT.height * (1 - value / most);
    return html`<line class="grid" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${rounded(y)}" y2="${rounded(y)}"/><text x="${ROOM.left - 6}" y="${rounded(y + 4)}" text-anchor="end">${text(value)}</text>`;
  })}`;
}

/** Of all logs: what a rebuild would write anew, and what stays as it is because of damage. */
export function indexRebuildSection({ logs, directory }: Report): Markup | null {
  const planned = logs.flatMap(({ name, indexRebuild }) =>
    indexRebuild === null ? [] : [{ log: name, ...indexRebuild }],
  );
  if (planned.length === 0) return null;
  const files = planned.flatMap(({ log, files: each }) => each.map((file) => ({ log, file })));
  const blocked = planned.flatMap(({ log, blocked: each }) => each.map((segment) => ({ log, ...segment })));
  const placeOf = (log: string, name: string) => (directory.kind === 'log' ? name : `${log}/${name}`);
  type Row = (typeof files)[number];
  const columns: Parameters<typeof htmlTable<Row>>[0] = [
    {
      ...{ title: 'File', isName: true },
      cell: ({ log, file }) => html`<span class="mono">${placeOf(log, file.name)}</span>`,
    },
    { title: 'Reason', cell: ({ file }) => file.reason },
    { title: 'Entries', isNumber: true, cell: ({ file }) => grouped(file.entriesBefore) },
    { title: 'Then', isNumber: true, cell: ({ file }) => grouped(file.entriesAfter) },
    { title: 'Why', cell: ({ file }) => file.why },
  ];
  return html`<h2>Index files to rebuild</h2>${
    files.length === 0
      ? html`<p>None: each was compared with every byte of its log.</p>`
      : htmlTable<Row>(
          columns,
          files.slice(0, FILES_MAX),
          files.length > FILES_MAX ? `The first ${FILES_MAX} of ${grouped(files.length)}.` : null,
        )
  }${blocked
    .slice(0, FILES_MAX)
    .map(
      ({ log, baseOffset, why }) =>
        html`<p><span class="warning">stays as it is</span> ${placeOf(log, `segment ${grouped(baseOffset)}`)}: ${why}</p>`,
    )}`;
}

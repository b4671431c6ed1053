/**
 * The treemap of the Disk screen as SVG: topic, partition, segment and kind of file, areas true to the sizes. Laid out by
 * the window's function; what has too little room is one rectangle.
 */
import type { Report, ReportLog } from '../../shared/report';
import { type TreemapMark, type TreemapNode, treemapMarks } from '../../shared/treemap/treemap-layout';
import { DISK_TONES, logNode, nodeOf } from '../../shared/treemap/usage-tree';
import { sizeText } from '../cli/text-table';
import { grouped, html, type Markup } from './html-markup';
import { rounded, swatch } from './html-pictures';

const WIDTH = 1000;
const HEIGHTS = { log: 240, 'data-directory': 420 } as const;
/** Coarser than on a screen, so that the page stays small: some thousand rectangles at most. */
const CHILD_AREA_MIN = 240;
const LINE_FROM = 4;
const NAME = { widthMin: 46, heightMin: 20, inset: 6, charWidth: 6.2 };

/** null where nothing is known of what takes the space. */
export function treemapPicture({ logs, directory }: Report): Markup | null {
  const nodes = logs.flatMap((log) => (log.usage === null ? [] : [{ log, node: nodeOfLog(log, log.usage) }]));
  const root = directory.kind === 'log' ? nodes[0]?.node : byTopic(nodes);
  if (root === undefined || root.sizeInBytes === 0) return null;
  const height = HEIGHTS[directory.kind];
  const marks = treemapMarks(root, { width: WIDTH, height }, CHILD_AREA_MIN);
  const used = new Set(marks.filter(({ isLeaf }) => isLeaf).map(({ node }) => node.tone));
  const label = `What takes the space, ${sizeText(root.sizeInBytes)}`;
  return html`<figure><figcaption>${label}${DISK_TONES.map(({ title, colour }, tone) =>
    used.has(tone) ? html`<span>${swatch(colour, false)}${title}</span>` : null,
  )}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${leaves(marks, directory.kind === 'log' ? [root] : [])}
${marks.filter((mark) => Math.min(mark.width, mark.height) >= LINE_FROM).map(outline)}
${marks.filter(({ depth }) => depth === 0).map(name)}</svg></figure>`;
}

function nodeOfLog({ name }: ReportLog, usage: NonNullable<ReportLog['usage']>): TreemapNode {
  const names = { key: name, name, segmentName: (baseOffset: number) => `segment ${grouped(baseOffset)}` };
  return logNode(names, { ...usage, from: 0, to: usage.baseOffsets.length });
}

function byTopic(nodes: readonly { readonly log: ReportLog; readonly node: TreemapNode }[]): TreemapNode {
  const topics = new Map<string, TreemapNode[]>();
  for (const { log, node } of nodes) topics.set(log.topic, [...(topics.get(log.topic) ?? []), node]);
  return nodeOf(
    ...(['', ''] as const),
    [...topics].map(([topic, own]) => nodeOf(topic, topic, own)),
  );
}

const place = ({ x, y, width, height }: TreemapMark) =>
  html`x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}"`;

/** Each with the names of what it lies in. Parents come before their children. */
function leaves(marks: readonly TreemapMark[], outer: readonly TreemapNode[]): Markup[] {
  const path: TreemapNode[] = [];
  return marks.flatMap((mark) => {
    path.splice(mark.depth, path.length, mark.node);
    return mark.isLeaf ? [leaf(mark, [...outer, ...path])] : [];
  });
}

function leaf(mark: TreemapMark, path: readonly TreemapNode[]): Markup {
  const { tone, sizeInBytes } = mark.node;
  const title = [...path.map(({ name: own }) => own), sizeText(sizeInBytes)].join(', ');
  return html`<rect class="${DISK_TONES[tone]!.colour}" ${place(mark)}><title>${title}</title></rect>`;
}

/** Over the areas: a border beside them would take from the smaller ones. */
function outline(mark: TreemapMark): Markup {
  return html`<rect class="edge-${Math.min(mark.depth, 2)}" ${place(mark)}/>`;
}

function name({ node, x, y, width, height }: TreemapMark): Markup | null {
  if (width < NAME.widthMin || height < NAME.heightMin) return null;
  const room = Math.floor((width - 2 * NAME.inset) / NAME.charWidth);
  const shown = node.name.length <= room ? node.name : `${node.name.slice(0, Math.max(1, room - 1))}…`;
  const plateWidth = Math.min(width - 4, shown.length * NAME.charWidth + 2 * NAME.inset);
  return html`<rect class="plate" x="${rounded(x + 2)}" y="${rounded(y + 2)}" width="${rounded(plateWidth)}" height="16"/><text class="name-on-plate" x="${rounded(x + NAME.inset)}" y="${rounded(y + 14)}">${shown}</text>`;
}

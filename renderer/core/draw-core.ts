/**
 * Draws the core on a canvas: strata, their gaps, index lines, selection, damage and the axis.
 *
 * Everything comes in as numbers and resolved colours; nothing is decided here but pixels.
 */
import type { CoreExtent, CoreMark, CoreSection, CoreWindow } from '../../shared/core/core-layout';
import type { Tick } from './core-ticks';
import type { Colouring, Tone } from './core-tones';

export const STRATA_HEIGHT = 76;
const AXIS_HEIGHT = 20;
const CORE_HEIGHT = STRATA_HEIGHT + AXIS_HEIGHT;
/** Over the strata, where the core has sections. */
const SECTIONS_HEIGHT = 20;

/** From this width on strata are set apart by a gap, and may show their index entries. */
const GAP_FROM_WIDTH = 6;
const GAP_WIDTH = 2;
/** Closer than this, marks have nothing between them. */
const TOUCHING_PX = 0.01;
export const LINES_FROM_WIDTH = 48;
const LINE_DISTANCE_MIN = 2;
const LINE_TOP = 22;
const HATCH_DISTANCE = 5;
const DAMAGE_HEIGHT = 4;
const TICK_HEIGHT = 4;
const TEXT_INSET = 4;
const BRACKET_TOP = 14;
const BRACKET_GAP = 2;

export interface CorePicture {
  readonly widthPx: number;
  readonly extent: CoreExtent;
  readonly window: CoreWindow;
  /** What of the strata is in the window. */
  readonly marks: readonly CoreMark[];
  readonly colouring: Colouring;
  /** For each stratum, 1 where problems are known. */
  readonly damage: Uint8Array;
  readonly selected: number | null;
  readonly hovered: number | null;
  /** Part of the axis that is being, or was, dragged over. */
  readonly range: CoreWindow | null;
  readonly ticks: readonly Tick[];
  readonly sections: readonly CoreSection[];
  /** Places of the axis where a stratum has an index entry; null where they are not known. */
  readonly linesOf: (index: number) => Float64Array | null;
  /** The value of a CSS colour made of tokens. */
  readonly colour: (css: string) => string;
}

/** In CSS pixels. */
export function coreHeight(sections: readonly CoreSection[]): number {
  return sections.length === 0 ? CORE_HEIGHT : CORE_HEIGHT + SECTIONS_HEIGHT;
}

export function drawCore(context: CanvasRenderingContext2D, picture: CorePicture): void {
  const { widthPx, sections } = picture;
  context.clearRect(0, 0, widthPx, coreHeight(sections));
  context.save();
  if (sections.length > 0) {
    drawSections(context, picture);
    context.translate(0, SECTIONS_HEIGHT);
  }
  drawStrata(context, picture);
  context.restore();
}

function drawStrata(context: CanvasRenderingContext2D, picture: CorePicture): void {
  const { widthPx, marks, colour } = picture;
  context.fillStyle = colour('var(--core-gap)');
  context.fillRect(0, 0, widthPx, STRATA_HEIGHT);
  for (const stretch of stretchesOf(picture)) drawStretch(context, picture, stretch);
  for (const mark of marks) if (mark.width >= LINES_FROM_WIDTH) drawLines(context, picture, mark);
  drawOutline(context, picture, picture.hovered, 'var(--core-ink)', 1);
  drawOutline(context, picture, picture.selected, 'var(--accent)', 2);
  drawRange(context, picture);
  drawTicks(context, picture);
}

/** A bracket over each, with its name where that fits, and a line through the strata where the next begins. */
function drawSections(context: CanvasRenderingContext2D, picture: CorePicture): void {
  const { extent, widthPx, colour } = picture;
  context.strokeStyle = colour('var(--hairline-strong)');
  context.fillStyle = colour('var(--text-quiet)');
  context.font = `11px ${colour('var(--font-text)')}`;
  context.textBaseline = 'top';
  context.lineWidth = 1;
  for (const { first, last, label } of picture.sections) {
    const from = Math.max(0, Math.round(xOf(picture, extent.from[first] ?? 0))) + 0.5;
    const to = Math.min(widthPx, Math.round(xOf(picture, extent.to[last] ?? 0))) - BRACKET_GAP - 0.5;
    if (to < 0 || from > widthPx) continue;
    context.beginPath();
    context.moveTo(from, SECTIONS_HEIGHT);
    context.lineTo(from, BRACKET_TOP);
    context.lineTo(Math.max(to, from + 1), BRACKET_TOP);
    context.lineTo(Math.max(to, from + 1), SECTIONS_HEIGHT - BRACKET_GAP);
    context.stroke();
    const room = to - from - 2 * TEXT_INSET;
    if (context.measureText(label).width <= room) context.fillText(label, from + TEXT_INSET, 0);
  }
}

function xOf({ window, widthPx }: CorePicture, place: number): number {
  return ((place - window.from) / (window.to - window.from)) * widthPx;
}

/** Marks side by side that look the same: of thousands, each with its pattern, the drawing would take longer than a frame. */
interface Stretch {
  readonly x: number;
  width: number;
  readonly toneIndex: number;
  readonly isDamaged: boolean;
  /** Its marks are set apart, so that nothing joins it. */
  readonly isApart: boolean;
}

function stretchesOf({ marks, colouring, damage }: CorePicture): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { x, width, first, last } of marks) {
    let toneIndex = 0;
    let isAnyDamaged = false;
    for (let index = first; index <= last; index++) {
      toneIndex = Math.max(toneIndex, colouring.toneOf[index] ?? 0);
      isAnyDamaged ||= damage[index] === 1;
    }
    const isApart = width >= GAP_FROM_WIDTH;
    const before = stretches.at(-1);
    const isAlike =
      before !== undefined && before.toneIndex === toneIndex && before.isDamaged === isAnyDamaged;
    if (isAlike && !isApart && !before.isApart && x - (before.x + before.width) < TOUCHING_PX)
      before.width = x + width - before.x;
    else stretches.push({ x, width, toneIndex, isDamaged: isAnyDamaged, isApart });
  }
  return stretches;
}

function drawStretch(context: CanvasRenderingContext2D, picture: CorePicture, stretch: Stretch): void {
  const { colouring, colour } = picture;
  const { x } = stretch;
  const tone = colouring.tones[stretch.toneIndex]!;
  const width = stretch.isApart ? stretch.width - GAP_WIDTH : stretch.width;
  context.fillStyle = colour(tone.fill);
  context.fillRect(x, 0, width, STRATA_HEIGHT);
  if (tone.pattern !== 'plain') drawPattern(context, tone, x, width, colour);
  if (!stretch.isDamaged) return;
  context.fillStyle = colour('var(--damage)');
  context.fillRect(x, STRATA_HEIGHT - DAMAGE_HEIGHT, Math.max(width, 2), DAMAGE_HEIGHT);
}

function drawPattern(
  context: CanvasRenderingContext2D,
  { pattern }: Tone,
  x: number,
  width: number,
  colour: CorePicture['colour'],
): void {
  context.save();
  context.beginPath();
  context.rect(x, 0, width, STRATA_HEIGHT);
  context.clip();
  context.strokeStyle = colour('var(--core-line)');
  context.lineWidth = 1;
  context.setLineDash(pattern === 'dotted' ? [1, 3] : []);
  context.beginPath();
  for (let start = x - STRATA_HEIGHT; start < x + width; start += HATCH_DISTANCE) {
    context.moveTo(start, STRATA_HEIGHT);
    context.lineTo(start + STRATA_HEIGHT, 0);
  }
  context.stroke();
  context.restore();
}

/** Never closer than two pixels: where they would be, every n-th is drawn. */
function drawLines(context: CanvasRenderingContext2D, picture: CorePicture, mark: CoreMark): void {
  const places = picture.linesOf(mark.first);
  if (places === null) return;
  context.strokeStyle = picture.colour('var(--core-line)');
  context.lineWidth = 1;
  context.beginPath();
  let drawnAt = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    const x = Math.round(xOf(picture, place)) + 0.5;
    if (x < mark.x || x > mark.x + mark.width || x - drawnAt < LINE_DISTANCE_MIN) continue;
    drawnAt = x;
    context.moveTo(x, LINE_TOP);
    context.lineTo(x, STRATA_HEIGHT);
  }
  context.stroke();
}

function drawOutline(
  context: CanvasRenderingContext2D,
  picture: CorePicture,
  index: number | null,
  css: string,
  lineWidth: number,
): void {
  if (index === null || picture.extent.from[index] === undefined) return;
  const from = xOf(picture, picture.extent.from[index]);
  const to = xOf(picture, picture.extent.to[index]!);
  if (to < 0 || from > picture.widthPx) return;
  const width = Math.max(to - from, 3);
  context.strokeStyle = picture.colour(css);
  context.lineWidth = lineWidth;
  context.strokeRect(from + lineWidth / 2, lineWidth / 2, width - lineWidth, STRATA_HEIGHT - lineWidth);
}

function drawRange(context: CanvasRenderingContext2D, picture: CorePicture): void {
  if (picture.range === null) return;
  const from = xOf(picture, Math.min(picture.range.from, picture.range.to));
  const to = xOf(picture, Math.max(picture.range.from, picture.range.to));
  context.save();
  context.globalAlpha = 0.28;
  context.fillStyle = picture.colour('var(--accent)');
  context.fillRect(from, 0, Math.max(1, to - from), STRATA_HEIGHT);
  context.restore();
}

function drawTicks(context: CanvasRenderingContext2D, picture: CorePicture): void {
  const { colour } = picture;
  context.strokeStyle = colour('var(--hairline-strong)');
  context.fillStyle = colour('var(--text-quiet)');
  context.font = `11px ${colour('var(--font-text)')}`;
  context.textBaseline = 'top';
  context.lineWidth = 1;
  context.beginPath();
  let freeFrom = 0;
  for (const { place, text } of picture.ticks) {
    const x = Math.round(xOf(picture, place)) + 0.5;
    context.moveTo(x, STRATA_HEIGHT);
    context.lineTo(x, STRATA_HEIGHT + TICK_HEIGHT);
    const width = context.measureText(text).width;
    const start = x + TEXT_INSET;
    if (start < freeFrom || start + width > picture.widthPx) continue;
    context.fillText(text, start, STRATA_HEIGHT + TICK_HEIGHT);
    freeFrom = start + width + 2 * TEXT_INSET;
  }
  context.stroke();
}

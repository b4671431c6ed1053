/**
 * A treemap on a canvas: areas true to scale, names where they fit. Hover reads out, click selects, a double click or
 * Enter goes in, Escape or Backspace out; arrows go from one to the next by size.
 *
 * Draws what it is given; what a colour means is the screen's business, and the same numbers stand in its table.
 */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import {
  marksAt,
  type TreemapMark,
  type TreemapNode,
  treemapMarks,
} from '../../shared/treemap/treemap-layout';
import classes from './treemap.module.css';

const NAME_WIDTH_MIN = 46;
const NAME_HEIGHT_MIN = 18;
const NAME_INSET = 5;
const TITLE_SIZE = 11;
const LINE_FROM_PX = 4;

export interface TreemapProps {
  readonly label: string;
  readonly root: TreemapNode;
  /** CSS colours by tone. */
  readonly fills: readonly string[];
  /** Key of a child of the root, or null. */
  readonly selected: string | null;
  /** What stands at a place, in one line, from its path below the root. */
  readonly readout: (path: readonly TreemapNode[]) => string;
  readonly onHover: (path: readonly TreemapNode[]) => void;
  readonly onSelect: (key: string) => void;
  readonly onOpen: (key: string) => void;
  readonly onOut: () => void;
}

export function Treemap({
  label,
  root,
  fills,
  selected,
  readout,
  onHover,
  onSelect,
  onOpen,
  onOut,
}: TreemapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useBoxSize(canvas);
  const marks = useMemo(() => treemapMarks(root, size), [root, size]);
  const children = useMemo(
    () =>
      root.children
        .filter(({ sizeInBytes }) => sizeInBytes > 0)
        .sort((a, b) => b.sizeInBytes - a.sizeInBytes),
    [root],
  );
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d') ?? null;
    if (canvas.current !== null && context !== null)
      drawTreemap(context, { marks, fills, selected, size, styles: getComputedStyle(canvas.current) });
  });
  const chosen = children.findIndex(({ key }) => key === selected);
  const pathAt = (event: { clientX: number; clientY: number }) => {
    const box = canvas.current!.getBoundingClientRect();
    return marksAt(marks, event.clientX - box.left, event.clientY - box.top).map(({ node }) => node);
  };

  function onKeyDown(event: KeyboardEvent): void {
    const go = (index: number) => {
      const child = children[Math.max(0, Math.min(children.length - 1, index))];
      if (child !== undefined) onSelect(child.key);
    };
    const actions: Record<string, () => void> = {
      ArrowRight: () => go(chosen + 1),
      ArrowDown: () => go(chosen + 1),
      ArrowLeft: () => go(chosen - 1),
      ArrowUp: () => go(chosen - 1),
      Home: () => go(0),
      End: () => go(children.length - 1),
      Enter: () => selected !== null && onOpen(selected),
      Escape: onOut,
      Backspace: onOut,
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  }

  return (
    <canvas
      ref={canvas}
      className={classes['treemap']}
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, children.length - 1)}
      aria-valuenow={Math.max(0, chosen)}
      aria-valuetext={chosen < 0 ? 'nothing selected' : readout([children[chosen]!])}
      onKeyDown={onKeyDown}
      onPointerMove={(event: PointerEvent) => onHover(pathAt(event))}
      onPointerLeave={() => onHover([])}
      onClick={(event) => {
        const [top] = pathAt(event);
        if (top !== undefined) onSelect(top.key);
      }}
      onDoubleClick={(event) => {
        const [top] = pathAt(event);
        if (top !== undefined) onOpen(top.key);
      }}
    />
  );
}

/** Keeps as many pixels as the screen has for the box. */
function useBoxSize(canvas: React.RefObject<HTMLCanvasElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [canvas]);
  return size;
}

interface TreemapPicture extends Pick<TreemapProps, 'fills' | 'selected'> {
  readonly marks: readonly TreemapMark[];
  readonly size: { readonly width: number; readonly height: number };
  readonly styles: CSSStyleDeclaration;
}

function drawTreemap(
  context: CanvasRenderingContext2D,
  { marks, fills, selected, size, styles }: TreemapPicture,
): void {
  const colour = (css: string) =>
    css.replace(/var\((--[\w-]+)\)/g, (_all, name) => styles.getPropertyValue(name).trim());
  const ratio = globalThis.devicePixelRatio;
  context.canvas.width = Math.round(size.width * ratio);
  context.canvas.height = Math.round(size.height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const resolved = fills.map(colour);
  for (const mark of marks) {
    if (!mark.isLeaf) continue;
    context.fillStyle = resolved[mark.node.tone] ?? '';
    context.fillRect(mark.x, mark.y, mark.width, mark.height);
  }
  // Lines over the areas, the outer ones stronger: a border beside them would take from the smaller areas.
  context.strokeStyle = colour('var(--surface)');
  for (const mark of marks) {
    if (Math.min(mark.width, mark.height) < LINE_FROM_PX) continue;
    context.lineWidth = mark.depth === 0 ? 3 : mark.depth === 1 ? 1.5 : 0.5;
    context.strokeRect(mark.x, mark.y, mark.width, mark.height);
  }
  context.font = `${TITLE_SIZE}px ${colour('var(--font-text)')}`;
  context.textBaseline = 'top';
  for (const mark of marks) if (mark.depth === 0) drawName(context, mark, colour);
  const chosen = marks.find(({ depth, node }) => depth === 0 && node.key === selected);
  if (chosen === undefined) return;
  context.strokeStyle = colour('var(--accent)');
  context.lineWidth = 2;
  context.strokeRect(chosen.x + 1, chosen.y + 1, chosen.width - 2, chosen.height - 2);
}

/** On a plate of its own, so that it can be read on every colour. */
function drawName(
  context: CanvasRenderingContext2D,
  { node, x, y, width, height }: TreemapMark,
  colour: (css: string) => string,
): void {
  if (width < NAME_WIDTH_MIN || height < NAME_HEIGHT_MIN) return;
  const textWidth = Math.min(context.measureText(node.name).width, width - 2 * NAME_INSET - 4);
  context.save();
  context.beginPath();
  context.rect(x + 2, y + 2, textWidth + 2 * NAME_INSET, TITLE_SIZE + NAME_INSET);
  context.clip();
  context.fillStyle = colour('var(--surface)');
  context.fillRect(x + 2, y + 2, textWidth + 2 * NAME_INSET, TITLE_SIZE + NAME_INSET);
  context.fillStyle = colour('var(--text)');
  context.fillText(node.name, x + 2 + NAME_INSET, y + 4);
  context.restore();
}

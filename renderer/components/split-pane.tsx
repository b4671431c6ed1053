/**
 * Two panes and a divider that can be dragged, or moved with the arrow keys; the place of the divider is remembered.
 */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import classes from './split-pane.module.css';

export interface SplitPaneProps {
  /** What it is remembered under. */
  readonly name: string;
  readonly first: ReactNode;
  /** null: the first pane has all the room. */
  readonly second: ReactNode;
  /** Share of the first pane, between 0 and 1, until it was moved. */
  readonly initialShare: number;
}

const SHARE_MIN = 0.2;
const SHARE_MAX = 0.85;
const SHARE_STEP = 0.02;

export function SplitPane({ name, first, second, initialShare }: SplitPaneProps) {
  const [share, setShare] = useState(() => rememberedShare(name) ?? initialShare);
  const frame = useRef<HTMLDivElement>(null);

  const move = (wanted: number) => {
    const next = Math.min(SHARE_MAX, Math.max(SHARE_MIN, wanted));
    setShare(next);
    localStorage.setItem(keyOf(name), String(next));
  };
  function onPointerMove(event: PointerEvent): void {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    move((event.clientX - box.left) / box.width);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    move(share + (event.key === 'ArrowLeft' ? -SHARE_STEP : SHARE_STEP));
  }

  if (second === null)
    return <div className={`${classes['frame']} ${classes['alone']}`}>{paneOf(first)}</div>;
  return (
    <div
      ref={frame}
      className={classes['frame']}
      style={{ gridTemplateColumns: `${share}fr 5px ${1 - share}fr` }}
    >
      {paneOf(first)}
      {/* biome-ignore lint/a11y/useSemanticElements: a rule between panes cannot be focused and dragged */}
      <div
        className={classes['divider']}
        role="separator"
        aria-label="Divider"
        aria-orientation="vertical"
        aria-valuenow={Math.round(share * 100)}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      {paneOf(second)}
    </div>
  );
}

function paneOf(content: ReactNode): ReactNode {
  return <div className={classes['pane']}>{content}</div>;
}

const keyOf = (name: string) => `split-${name}`;

function rememberedShare(name: string): number | null {
  const share = Number(localStorage.getItem(keyOf(name)) ?? Number.NaN);
  return share >= SHARE_MIN && share <= SHARE_MAX ? share : null;
}

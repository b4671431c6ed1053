/**
 * Bytes as hexadecimal and text, sixteen a line, or eight where it is narrow; the field under the pointer or cursor is named and marked in both.
 * Only the lines in sight are in the document.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { countText } from '../text/quantities';
import { copyText } from './copy-text';
import classes from './hex-view.module.css';
import { useWidth } from './use-width';

const BYTES_PER_LINE = 16;
const BYTES_PER_NARROW_LINE = 8;
/** What sixteen bytes take, with their position and text. */
const WIDTH_PX = 570;
const LINE_HEIGHT = 18;
const NO_FIELD = -1;

export interface HexField {
  readonly name: string;
  /** In the bytes. */
  readonly position: number;
  readonly sizeInBytes: number;
  /** Its value for people; empty where the bytes are the value. */
  readonly text: string;
  /** What it is a part of, as in `record 3`; null for a field of the whole. */
  readonly owner: string | null;
}

export interface HexViewProps {
  readonly bytes: Uint8Array;
  /** Ascending by position, without overlap. */
  readonly fields: readonly HexField[];
  /** Position of the first byte in its file. */
  readonly origin: number;
  /** Position in the file of the byte whose field is marked at first; left out, none is. */
  readonly startAt?: number;
}

export function HexView({ bytes, fields, origin, startAt }: HexViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const fieldOf = useMemo(() => fieldIndexes(bytes.length, fields), [bytes, fields]);
  const startIndex = startAt === undefined ? null : Math.min(startAt - origin, bytes.length - 1);
  const [chosen, setChosen] = useState(startIndex === null ? NO_FIELD : (fieldOf[startIndex] ?? NO_FIELD));
  const width = useWidth(scroller);
  const perLine = width !== null && width < WIDTH_PX ? BYTES_PER_NARROW_LINE : BYTES_PER_LINE;
  const lineCount = Math.ceil(bytes.length / perLine);
  const virtualizer = useVirtualizer({
    count: lineCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 8,
  });
  useEffect(() => {
    if (startIndex !== null && startIndex >= 0)
      virtualizer.scrollToIndex(Math.floor(startIndex / perLine), { align: 'center' });
  }, [startIndex, perLine, virtualizer]);
  const field = fields[chosen];
  const choose = (index: number) => {
    const next = fields[index];
    if (next === undefined) return;
    setChosen(index);
    virtualizer.scrollToIndex(Math.floor(next.position / perLine), { align: 'auto' });
  };
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0) choose(chosen + step);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && field !== undefined)
      copyText(field.text);
    else return;
    event.preventDefault();
  }
  return (
    <div className={classes['frame']}>
      <output className={classes['field']}>
        {field === undefined ? (
          'Point at a byte to name its field.'
        ) : (
          <FieldText field={field} origin={origin} />
        )}
      </output>
      <div
        ref={scroller}
        className={classes['bytes']}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled and walked with the keys
        tabIndex={0}
        role="application"
        aria-label="Bytes; left and right arrows go from field to field"
        onKeyDown={onKeyDown}
      >
        <div className={classes['lines']} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <HexLine
              key={index}
              top={start}
              from={index * perLine}
              {...{ bytes, perLine, fieldOf, origin, chosen }}
              onChoose={setChosen}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function FieldText({ field, origin }: { readonly field: HexField; readonly origin: number }) {
  const owner = field.owner === null ? '' : `${field.owner} · `;
  const size = field.sizeInBytes === 1 ? '1 byte' : `${countText(field.sizeInBytes)} bytes`;
  return (
    <>
      {owner}
      <strong>{field.name}</strong> {field.text}
      <span className={classes['quiet']}>{` at ${countText(origin + field.position)}, ${size}`}</span>
    </>
  );
}

interface HexLineProps {
  readonly bytes: Uint8Array;
  readonly fieldOf: Int32Array;
  readonly origin: number;
  readonly from: number;
  readonly perLine: number;
  readonly top: number;
  readonly chosen: number;
  readonly onChoose: (field: number) => void;
}

function HexLine({ bytes, fieldOf, origin, from, perLine, top, chosen, onChoose }: HexLineProps) {
  const line = [...bytes.subarray(from, from + perLine)];
  const classOf = (index: number) => {
    const field = fieldOf[from + index]!;
    if (field !== NO_FIELD && field === chosen) return classes['chosen'];
    return field % 2 === 0 ? classes['even'] : classes['odd'];
  };
  const over = (index: number) => () => onChoose(fieldOf[from + index]!);
  return (
    <div className={classes['line']} style={{ transform: `translateY(${top}px)` }}>
      <span className={classes['position']}>{(origin + from).toString(16).padStart(8, '0')}</span>
      <span className={perLine === BYTES_PER_LINE ? classes['hex'] : classes['narrowHex']}>
        {line.map((byte, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its place
          <span key={index} className={classOf(index)} onPointerEnter={over(index)}>
            {byte.toString(16).padStart(2, '0')}
          </span>
        ))}
      </span>
      <span className={classes['text']}>
        {line.map((byte, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its place
          <span key={index} className={classOf(index)} onPointerEnter={over(index)}>
            {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
          </span>
        ))}
      </span>
    </div>
  );
}

/** For each byte the index of its field. */
function fieldIndexes(byteCount: number, fields: readonly HexField[]): Int32Array {
  const indexes = new Int32Array(byteCount).fill(NO_FIELD);
  fields.forEach(({ position, sizeInBytes }, index) => {
    indexes.fill(index, position, position + sizeInBytes);
  });
  return indexes;
}

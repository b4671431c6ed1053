/** The bytes of an index, a snapshot or a checkpoint, a window of them at a time, each field named. */
import { useMemo } from 'react';
import type { FileAnatomy } from '../../shared/inspection';
import { Button } from '../components/controls';
import { type HexField, HexView } from '../components/hex-view';
import { Failure } from '../components/notices';
import { useAppParts } from '../store/use-app';
import { countText, sizeText } from '../text/quantities';
import classes from './file-bytes.module.css';

/** Of the file that was asked for last; nothing where none was. */
export function FileBytes() {
  const { shown, showFileBytes } = useAppParts((state) => ({
    shown: state.shownFile,
    showFileBytes: state.showFileBytes,
  }));
  if (shown === null) return null;
  const { file, position, anatomy, error } = shown;
  return (
    <section className={classes['bytes']} aria-label={`Bytes of ${file}`}>
      {error !== null && <Failure title="The bytes could not be read." error={error} />}
      {anatomy !== null && (
        <>
          <Extent file={file} anatomy={anatomy} onMove={(to) => void showFileBytes(file, to)} />
          <Fields key={`${file} ${position}`} anatomy={anatomy} position={position} />
        </>
      )}
    </section>
  );
}

interface ExtentProps {
  readonly file: string;
  readonly anatomy: FileAnatomy;
  readonly onMove: (position: number) => void;
}

function Extent({ file, anatomy: { from, bytes, sizeInBytes }, onMove }: ExtentProps) {
  const end = from + bytes.length;
  const isWhole = from === 0 && end >= sizeInBytes;
  return (
    <div className={classes['extent']}>
      <span className={classes['file']}>{file}</span>
      <span className={classes['quiet']}>
        {isWhole
          ? sizeText(sizeInBytes)
          : `${countText(from)} to ${countText(end)} of ${countText(sizeInBytes)} bytes`}
      </span>
      {from > 0 && <Button onClick={() => onMove(Math.max(0, from - bytes.length))}>Earlier bytes</Button>}
      {end < sizeInBytes && <Button onClick={() => onMove(end)}>Later bytes</Button>}
    </div>
  );
}

function Fields({ anatomy, position }: { readonly anatomy: FileAnatomy; readonly position: number }) {
  const { bytes, fields, from } = anatomy;
  const named = useMemo(
    () =>
      fields.map(
        ({ entryIndex, ...field }): HexField => ({
          ...field,
          owner: entryIndex === null ? null : `entry ${countText(entryIndex)}`,
        }),
      ),
    [fields],
  );
  if (bytes.length === 0) return <p className={classes['quiet']}>The file is empty.</p>;
  return <HexView bytes={bytes} fields={named} origin={from} startAt={position} />;
}

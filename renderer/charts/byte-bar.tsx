/** A bar of parts with their names above it, where there is room for a name. Draws what it is given. */
import { percentText } from '../../shared/plan/share-text';
import classes from './byte-bar.module.css';

export interface BarPart {
  readonly key: string;
  readonly title: string;
  readonly meaning: string;
  /** From 0 to 1, of the whole width. */
  readonly share: number;
  readonly fill: string;
}

export interface ByteBarProps {
  /** What the bar is, for screen readers. */
  readonly label: string;
  readonly parts: readonly BarPart[];
}

/** A part with less room for each letter has no name above it; the table below the bars names all. */
const SHARE_PER_LETTER = 0.016;

export function ByteBar({ label, parts }: ByteBarProps) {
  const named = parts.map(({ title, share }) => `${title} ${percentText(share)}`).join(', ');
  return (
    <div className={classes['bar']} role="img" aria-label={`${label}: ${named}`}>
      {parts.map(({ key, title, meaning, share, fill }) => (
        <div
          key={key}
          className={classes['part']}
          style={{ width: `${share * 100}%` }}
          title={`${title}, ${percentText(share)}: ${meaning}`}
        >
          <span className={classes['name']}>{share >= title.length * SHARE_PER_LETTER ? title : ''}</span>
          <span className={classes['fill']} style={{ background: fill }} />
        </div>
      ))}
    </div>
  );
}

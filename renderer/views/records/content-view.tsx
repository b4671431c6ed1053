/**
 * A key, a value or a header value in one form: JSON that folds, or text of which the beginning is shown until more is
 * asked for, since a page lays out no megabyte of text at once without being felt.
 */
import { useMemo, useState } from 'react';
import {
  beginningOf,
  type Content,
  type ContentFormat,
  formatsOf,
  formattedContent,
  jsonOf,
  sizeOf,
} from '../../../shared/content-formats';
import { Button } from '../../components/controls';
import { JsonTree } from '../../components/json-tree';
import { sizeText } from '../../text/quantities';
import classes from './records.module.css';

const SHOWN_BYTES = 16 * 1024;
const MORE_FACTOR = 8;

export interface ContentViewProps {
  readonly title: string;
  readonly content: Content | null;
  readonly format: ContentFormat;
  /** Of the whole, where what came is cut. */
  readonly sizeInBytes: number | null;
}

export function ContentView({ title, content, format, sizeInBytes }: ContentViewProps) {
  const json = useMemo(
    () => (content !== null && format === 'JSON' ? jsonOf(content) : undefined),
    [content, format],
  );
  if (json !== undefined) return <JsonTree value={json} label={`${title} as JSON`} />;
  if (content === null)
    return (
      <pre className={classes['text']}>
        <span className={classes['null']}>null</span>
      </pre>
    );
  return <ContentText content={content} format={format} sizeInBytes={sizeInBytes} />;
}

type ContentTextProps = Pick<ContentViewProps, 'format' | 'sizeInBytes'> & { readonly content: Content };

function ContentText({ content, format, sizeInBytes }: ContentTextProps) {
  const [shownBytes, setShownBytes] = useState(SHOWN_BYTES);
  const shown = useMemo(() => beginningOf(content, shownBytes), [content, shownBytes]);
  const text = useMemo(() => formattedContent(shown, format), [shown, format]);
  const shownSize = sizeOf(shown);
  const whole = sizeInBytes ?? sizeOf(content);
  const next = Math.min(shownBytes * MORE_FACTOR, sizeOf(content));
  return (
    <>
      <pre className={classes['text']}>{text}</pre>
      {shownSize < whole && (
        <p className={classes['cut']}>
          {`The first ${sizeText(shownSize)} of ${sizeText(whole)}.`}
          {next > shownSize && (
            <Button onClick={() => setShownBytes(next)}>{`Show ${sizeText(next)}`}</Button>
          )}
        </p>
      )}
    </>
  );
}

/** The form that was chosen, where the content has it; else the best guess. */
export function formatShown(content: Content | null, chosen: ContentFormat | null): ContentFormat {
  const formats = content === null ? [] : formatsOf(content);
  return formats.find((each) => each === chosen) ?? formats[0] ?? 'text';
}

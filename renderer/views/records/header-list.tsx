/** The headers of one record, name beside value, all in the form that was chosen for header values; many are shown in steps. */
import { useMemo, useState } from 'react';
import { CONTENT_FORMATS, contentOf, formatsOf, sizeOf } from '../../../shared/content-formats';
import type { RecordRow } from '../../../shared/inspection';
import { Button, Choice } from '../../components/controls';
import { useAppParts } from '../../store/use-app';
import { countText } from '../../text/quantities';
import { ContentView, formatShown } from './content-view';
import classes from './records.module.css';

const HEADERS_STEP = 50;

export function HeaderList({ headers }: { readonly headers: RecordRow['headers'] }) {
  const [shownCount, setShownCount] = useState(HEADERS_STEP);
  const { format, showContentAs } = useAppParts((state) => ({
    format: state.contentFormats.header,
    showContentAs: state.showContentAs,
  }));
  const shown = useMemo(
    () =>
      headers.slice(0, shownCount).map(({ name, valueText, valueBase64 }) => {
        const content = contentOf(valueText, valueBase64);
        return { name, content, formats: content === null ? [] : formatsOf(content) };
      }),
    [headers, shownCount],
  );
  const formats = CONTENT_FORMATS.filter((each) => shown.some((header) => header.formats.includes(each)));
  if (shown.length === 0) return null;
  const firstContent = shown.find(({ content }) => content !== null)?.content ?? null;
  const left = headers.length - shown.length;
  return (
    <section className={classes['part']} aria-label="Headers">
      <div className={classes['heading']}>
        {`Headers (${countText(headers.length)})`}
        <span className={classes['rest']} />
        {formats.length > 1 && (
          <Choice
            label="Headers as"
            value={formats.find((each) => each === format) ?? formatShown(firstContent, format)}
            options={formats}
            onChange={(next) => showContentAs('header', next)}
          />
        )}
      </div>
      <dl className={classes['headers']}>
        {shown.map(({ name, content }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, order is theirs
          <div key={index} className={classes['header']}>
            <dt>{name === '' ? '(empty)' : name}</dt>
            <dd>
              <ContentView
                title={`Header ${name}`}
                content={content}
                format={formatShown(content, format)}
                sizeInBytes={content === null ? null : sizeOf(content)}
              />
            </dd>
          </div>
        ))}
      </dl>
      {left > 0 && (
        <Button onClick={() => setShownCount(shownCount + HEADERS_STEP)}>
          {`${countText(left)} more headers`}
        </Button>
      )}
    </section>
  );
}

/**
 * A JSON value that folds: objects and arrays open and close, the outer levels are open. Long lists and long texts are cut
 * and say so; what is folded is not in the document. Numbers have the digits that were written.
 */
import { type ReactNode, useState } from 'react';
import { WrittenNumber } from '../../shared/content-formats';
import { countText } from '../text/quantities';
import classes from './json-tree.module.css';

export interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
}

const OPEN_DEPTH = 2;
const ENTRIES_STEP = 200;
const TEXT_LENGTH_MAX = 4_000;

export function JsonTree({ value, label }: JsonTreeProps) {
  return (
    <section className={classes['tree']} aria-label={label}>
      <JsonNode name={null} value={value} depth={0} />
    </section>
  );
}

interface NodeProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly depth: number;
}

function JsonNode({ name, value, depth }: NodeProps) {
  if (typeof value === 'object' && value !== null && !(value instanceof WrittenNumber))
    return <Branch name={name} value={value} depth={depth} />;
  return (
    <div className={classes['leaf']}>
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

function Branch({ name, value, depth }: NodeProps & { readonly value: object }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const [shownCount, setShownCount] = useState(ENTRIES_STEP);
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  const count = entries.length;
  const summary = isArray ? `[${countText(count)}]` : `{${countText(count)}}`;
  if (count === 0)
    return (
      <div className={classes['leaf']}>
        <Name name={name} />
        <span className={classes['quiet']}>{isArray ? '[]' : '{}'}</span>
      </div>
    );
  return (
    <div>
      <button
        type="button"
        className={classes['fold']}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={classes['mark']} aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <Name name={name} />
        <span className={classes['quiet']}>{summary}</span>
      </button>
      {isOpen && (
        <div className={classes['children']}>
          {entries.slice(0, shownCount).map(([key, child]) => (
            <JsonNode key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {count > shownCount && (
            <button
              type="button"
              className={classes['fold']}
              onClick={() => setShownCount(shownCount + ENTRIES_STEP)}
            >
              {`${countText(count - shownCount)} more`}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Name({ name }: { readonly name: string | null }): ReactNode {
  return name === null ? null : <span className={classes['name']}>{`${name}: `}</span>;
}

function Leaf({ value }: { readonly value: unknown }) {
  if (typeof value !== 'string')
    return (
      <span className={classes['plain']}>
        {value instanceof WrittenNumber ? value.digits : String(value)}
      </span>
    );
  const cut = value.length - TEXT_LENGTH_MAX;
  return (
    <span className={classes['string']}>
      {JSON.stringify(cut > 0 ? value.slice(0, TEXT_LENGTH_MAX) : value)}
      {cut > 0 && <span className={classes['quiet']}>{` and ${countText(cut)} more characters`}</span>}
    </span>
  );
}

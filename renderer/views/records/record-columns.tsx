/** What the list of records shows of each. */

import type { ContentFormat } from '../../../shared/content-formats';
import type { RecordRow } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { countColumn, inFileOrder, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { Count } from '../../components/quantities';
import type { ContentPart } from '../../store/record-slice';
import { fieldsText, previewText } from '../../text/content-preview';
import classes from './records.module.css';
import { TransactionBadge } from './transaction-badge';

type Formats = Readonly<Record<ContentPart, ContentFormat | null>>;

/** Records of Kafka's own topics are told by their fields; where those cannot be read, by their bytes. */
function keyText({ keyText: text, keyBase64, decoded }: RecordRow, { key }: Formats): string | null {
  if (decoded?.name == null) return previewText(text, keyBase64, key);
  return decoded.key === null ? decoded.name : `${decoded.name} ${fieldsText(decoded.key)}`;
}

function valueText({ valueText: text, valueBase64, decoded }: RecordRow, { value }: Formats): string | null {
  if (decoded?.value == null) return previewText(text, valueBase64, value);
  return fieldsText(decoded.value);
}

function Content({ text }: { readonly text: string | null }) {
  if (text === null) return <span className={classes['null']}>null</span>;
  return (
    <span className={classes['content']} title={text}>
      {text === '' ? '(empty)' : text}
    </span>
  );
}

/** Those that say nothing about any of the records are left out: key and value need the room. */
export function recordColumns(formats: Formats, records: readonly RecordRow[]): readonly Column<RecordRow>[] {
  const hasTransactions = records.some(({ transactionState }) => transactionState !== null);
  const hasHeaders = records.some(({ headers }) => headers.length > 0);
  const columns = inFileOrder(columnsOf(formats, keyWeight(formats, records)));
  return columns.filter(
    ({ key }) => (key !== 'transaction' || hasTransactions) && (key !== 'headers' || hasHeaders),
  );
}

/** Of the first ones, so that columns stay where they are while the list grows. */
const WEIGHED_COUNT = 50;
const KEY_WEIGHT_MIN = 0.15;
const KEY_WEIGHT_MAX = 0.6;

/** How much room keys take beside a value, by how long both are. */
function keyWeight(formats: Formats, records: readonly RecordRow[]): number {
  let [keys, values] = [0, 0];
  for (const record of records.slice(0, WEIGHED_COUNT)) {
    keys += keyText(record, formats)?.length ?? 0;
    values += valueText(record, formats)?.length ?? 0;
  }
  return Math.min(KEY_WEIGHT_MAX, Math.max(KEY_WEIGHT_MIN, keys / Math.max(1, values)));
}

function columnsOf(formats: Formats, weight: number): readonly Column<RecordRow>[] {
  return [
    countColumn('Offset', '88px', ({ offset }) => offset),
    timeColumn('Timestamp', '168px', ({ timestampMs }) => timestampMs),
    {
      ...{ key: 'key', title: 'Key', width: `minmax(112px, ${weight.toFixed(2)}fr)` },
      cell: (record) =>
        record.isControl ? (
          <Badge tone="quiet" title={record.controlType ?? 'control'}>
            {record.controlType ?? 'control'}
          </Badge>
        ) : (
          <Content text={keyText(record, formats)} />
        ),
      text: (record) => keyText(record, formats) ?? '',
    },
    {
      ...{ key: 'value', title: 'Value', width: 'minmax(180px, 1fr)' },
      cell: (record) => (record.isControl ? '' : <Content text={valueText(record, formats)} />),
      text: (record) => valueText(record, formats) ?? '',
    },
    ...optional<RecordRow>(
      {
        ...{ key: 'transaction', title: 'Transaction', width: '92px' },
        cell: ({ transactionState }) =>
          transactionState === null ? '' : <TransactionBadge state={transactionState} />,
        text: ({ transactionState }) => transactionState ?? '',
      },
      sizeColumn('Value size', '76px', ({ valueSizeInBytes }) => valueSizeInBytes),
      {
        ...{ key: 'headers', title: 'Headers', width: '64px', isNumber: true },
        cell: ({ headers }) => <Count value={headers.length === 0 ? null : headers.length} />,
        text: ({ headers }) => String(headers.length),
      },
    ),
  ];
}

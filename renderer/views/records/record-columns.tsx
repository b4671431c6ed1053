/** What the list of records shows of each. */
import type { RecordRow } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { countColumn, inFileOrder, sizeColumn, timeColumn } from '../../components/number-columns';
import { Count } from '../../components/quantities';
import { previewText } from '../../text/content-formats';
import classes from './records.module.css';
import { TransactionBadge } from './transaction-badge';

const keyText = ({ keyText: text, keyBase64 }: RecordRow) => previewText(text, keyBase64);
const valueText = ({ valueText: text, valueBase64 }: RecordRow) => previewText(text, valueBase64);

function Content({ text }: { readonly text: string | null }) {
  if (text === null) return <span className={classes['null']}>null</span>;
  return <span className={classes['content']}>{text === '' ? '(empty)' : text}</span>;
}

export const RECORD_COLUMNS: readonly Column<RecordRow>[] = inFileOrder([
  countColumn('Offset', '88px', ({ offset }) => offset),
  timeColumn('Timestamp', '168px', ({ timestampMs }) => timestampMs),
  {
    ...{ key: 'key', title: 'Key', width: 'minmax(96px, 0.6fr)' },
    cell: (record) =>
      record.isControl ? (
        <Badge tone="quiet">{record.controlType ?? 'control'}</Badge>
      ) : (
        <Content text={keyText(record)} />
      ),
    text: (record) => keyText(record) ?? '',
  },
  {
    ...{ key: 'value', title: 'Value', width: 'minmax(140px, 1fr)' },
    cell: (record) => (record.isControl ? '' : <Content text={valueText(record)} />),
    text: (record) => valueText(record) ?? '',
  },
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
]);

/** Transactions of the log: by whom, from where to where, and how they ended. */
import type { Transactions } from '../../../shared/inspection';
import { CloseDetails } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { countColumn, optional } from '../../components/number-columns';
import { useApp } from '../../store/use-app';
import { countText, plural } from '../../text/quantities';
import classes from './records.module.css';
import { TransactionBadge } from './transaction-badge';

type Transaction = Transactions['transactions'][number];

const OFFSET_WIDTH = 'minmax(80px, 1fr)';

const COLUMNS: readonly Column<Transaction>[] = [
  {
    ...{ key: 'state', title: 'State', width: '92px' },
    cell: ({ state }) => <TransactionBadge state={state} />,
    text: ({ state }) => state,
    order: ({ state }) => state,
  },
  countColumn('First offset', OFFSET_WIDTH, ({ firstOffset }) => firstOffset),
  countColumn('Last offset', OFFSET_WIDTH, ({ lastOffset }) => lastOffset),
  ...optional(
    countColumn<Transaction>('Producer id', OFFSET_WIDTH, ({ producerId }) => producerId),
    countColumn<Transaction>('Epoch', OFFSET_WIDTH, ({ producerEpoch }) => producerEpoch),
  ),
];

const keyOf = ({ producerId, producerEpoch, firstOffset }: Transaction) =>
  `${producerId} ${producerEpoch} ${firstOffset}`;

export function TransactionList({ transactions }: { readonly transactions: Transactions }) {
  const jumpTo = useApp((state) => state.jumpTo);
  const hideTransactions = useApp((state) => state.hideTransactions);
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const { firstOpenOffset, total } = transactions;
  return (
    <>
      <div className={classes['titleLine']}>
        <p className={classes['part']}>
          {plural(total, 'transaction')}.{' '}
          {total > transactions.transactions.length &&
            `The newest ${countText(transactions.transactions.length)} are listed. `}
          {firstOpenOffset === null
            ? 'None is open.'
            : `The earliest open one begins at ${countText(firstOpenOffset)}: read_committed consumers stop there.`}
          {isSaved && ' The records themselves are not in a saved report.'}
        </p>
        {!isSaved && <CloseDetails onClose={hideTransactions} />}
      </div>
      <DataTable
        label="Transactions"
        rows={transactions.transactions}
        columns={COLUMNS}
        keyOf={keyOf}
        selectedKey={null}
        onSelect={({ firstOffset }) => {
          if (!isSaved) void jumpTo({ kind: 'offset', offset: firstOffset });
        }}
        empty={<Empty title="No transaction in this log." />}
      />
    </>
  );
}

/** Transactions of the log: by whom, from where to where, and how they ended. */

import type { Transactions } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { Count } from '../../components/quantities';
import { useApp } from '../../store/use-app';
import { countText, plural } from '../../text/quantities';
import classes from './records.module.css';

type Transaction = Transactions['transactions'][number];

const TONES = { committed: 'quiet', aborted: 'error', open: 'warning' } as const;

const COLUMNS: readonly Column<Transaction>[] = [
  {
    ...{ key: 'state', title: 'State', width: '104px' },
    cell: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge>,
    text: ({ state }) => state,
    order: ({ state }) => state,
  },
  numberColumn('First offset', ({ firstOffset }) => firstOffset),
  numberColumn('Last offset', ({ lastOffset }) => lastOffset),
  numberColumn('Producer id', ({ producerId }) => producerId),
  numberColumn('Epoch', ({ producerEpoch }) => producerEpoch),
];

function numberColumn(title: string, of: (transaction: Transaction) => number | null): Column<Transaction> {
  return {
    ...{ key: title, title, width: 'minmax(80px, 1fr)', isNumber: true },
    cell: (transaction) => <Count value={of(transaction)} />,
    text: (transaction) => String(of(transaction) ?? ''),
    order: of,
  };
}

const keyOf = ({ producerId, producerEpoch, firstOffset }: Transaction) =>
  `${producerId} ${producerEpoch} ${firstOffset}`;

export function TransactionList({ transactions }: { readonly transactions: Transactions }) {
  const jumpTo = useApp((state) => state.jumpTo);
  const { firstOpenOffset, total } = transactions;
  return (
    <>
      <p className={classes['part']}>
        {plural(total, 'transaction')}.{' '}
        {firstOpenOffset === null
          ? 'None is open.'
          : `The earliest open one begins at ${countText(firstOpenOffset)}: read_committed consumers stop there.`}
      </p>
      <DataTable
        label="Transactions"
        rows={transactions.transactions}
        columns={COLUMNS}
        keyOf={keyOf}
        selectedKey={null}
        onSelect={({ firstOffset }) => void jumpTo({ kind: 'offset', offset: firstOffset })}
        empty={<Empty title="No transaction in this log." />}
      />
    </>
  );
}

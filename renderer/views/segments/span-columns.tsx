/** What the list of batches shows of each span of a segment, the bytes that are no batch included. */
import type { SpanRow } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { countColumn, inFileOrder, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { None } from '../../components/quantities';
import { useOriginalFormat } from '../../store/use-original-format';

const KIND_TEXTS: Readonly<Record<Exclude<SpanRow['kind'], 'batch'>, string>> = {
  corrupt: 'unreadable bytes',
  zeros: 'zeros',
  'torn-tail': 'torn tail',
};

export const SPAN_COLUMNS: readonly Column<SpanRow>[] = inFileOrder([
  countColumn('Position', '88px', ({ position }) => position),
  countColumn('Base offset', '92px', ({ baseOffset }) => baseOffset),
  ...optional(
    countColumn<SpanRow>('Last offset', '92px', ({ lastOffset }) => lastOffset),
    countColumn<SpanRow>('Records', '72px', ({ recordCount }) => recordCount),
  ),
  sizeColumn('Size', '80px', ({ sizeInBytes }) => sizeInBytes),
  ...optional<SpanRow>(
    {
      ...{ key: 'codec', title: 'Codec', width: '64px' },
      cell: ({ codec }) => codec ?? <None />,
      text: ({ codec }) => codec ?? '',
    },
    timeColumn('Largest timestamp', '158px', ({ maxTimestampMs }) => maxTimestampMs),
  ),
  {
    ...{ key: 'marks', title: 'Kind', width: 'minmax(112px, 1fr)' },
    cell: (span) => <Marks span={span} />,
    text: ({ kind, problem }) => problem?.code ?? kind,
  },
]);

function Marks({ span }: { readonly span: SpanRow }) {
  const { kind, problem } = span;
  // Its records are told as messages of magic 1, which they are not.
  const isOriginal = useOriginalFormat();
  return (
    <>
      {kind !== 'batch' && <Badge tone="error">{KIND_TEXTS[kind]}</Badge>}{' '}
      {problem !== null && (
        <Badge tone="error" title={problem.message}>
          {problem.code}
        </Badge>
      )}{' '}
      {span.isControl === true && <Badge tone="quiet">control</Badge>}{' '}
      {span.isTransactional === true && <Badge tone="quiet">transactional</Badge>}{' '}
      {span.magic !== null && span.magic < 2 && !isOriginal && (
        <Badge tone="quiet">{`magic ${span.magic}`}</Badge>
      )}
    </>
  );
}

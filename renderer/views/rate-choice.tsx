/** Which span of the past a rate of ingest is from; only what is known can be chosen. */
import type { IngestRates } from '../../shared/plan/ingest-rate';
import { Choice } from '../components/controls';

type RateName = keyof IngestRates;

const TITLES: Readonly<Record<RateName, string>> = {
  overall: 'overall',
  lastDay: 'last day',
  lastHour: 'last hour',
  weekly: 'by weekday',
};

export interface RateChoiceProps<Name extends RateName> {
  /** Whose rate: a screen may have two of them. */
  readonly label: string;
  readonly value: Name;
  readonly known: readonly Name[];
  readonly onChange: (name: Name) => void;
}

export function RateChoice<Name extends RateName>({ label, value, known, onChange }: RateChoiceProps<Name>) {
  return (
    <>
      <span>{label}</span>
      <Choice
        label={label}
        value={value}
        options={known}
        titleOf={(name) => TITLES[name]}
        onChange={onChange}
      />
    </>
  );
}

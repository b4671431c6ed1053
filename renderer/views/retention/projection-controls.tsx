/** Which rate of ingest the projection goes by, and how far it looks ahead. */
import type { IngestRates } from '../../../shared/plan/ingest-rate';
import { Choice } from '../../components/controls';
import { useAppParts } from '../../store/use-app';
import { durationText, sizeText } from '../../text/quantities';
import classes from '../plan-panel.module.css';
import { HORIZONS, RATE_NAMES, type RateName } from './retention-view';

const HOUR_MS = 3_600_000;
const AUTO = 'auto';
const RATE_TITLES: Readonly<Record<RateName, string>> = {
  overall: 'overall',
  lastDay: 'last day',
  lastHour: 'last hour',
  weekly: 'by weekday',
};
const HORIZON_TITLES = HORIZONS.map((ms) => (ms === null ? AUTO : durationText(ms)));

export function HorizonChoice() {
  const { horizonMs, setHorizon } = useAppParts((state) => ({
    horizonMs: state.retentionHorizonMs,
    setHorizon: state.setRetentionHorizon,
  }));
  return (
    <Choice
      label="How far ahead"
      value={HORIZON_TITLES[HORIZONS.indexOf(horizonMs)] ?? AUTO}
      options={HORIZON_TITLES}
      onChange={(title) => setHorizon(HORIZONS[HORIZON_TITLES.indexOf(title)] ?? null)}
    />
  );
}

/** Only rates that are known can be chosen; each with what it comes to in an hour. */
export function RateChoice({ rates }: { readonly rates: IngestRates }) {
  const { rate, setRate } = useAppParts((state) => ({
    rate: state.retentionRate,
    setRate: state.setRetentionRate,
  }));
  const known = RATE_NAMES.filter((name) => rates[name] !== null);
  if (known.length === 0)
    return <p className={classes['source']}>No rate of ingest: the segments tell of a single time.</p>;
  return (
    <div className={classes['policy']}>
      <span>Rate of ingest</span>
      <Choice
        label="Rate of ingest"
        value={rate}
        options={known}
        titleOf={(name) => RATE_TITLES[name]}
        onChange={setRate}
      />
      <span className={classes['source']}>{rateText(rates[rate]?.bytesPerMs ?? 0)}</span>
    </div>
  );
}

export function rateText(bytesPerMs: number): string {
  return `${sizeText(Math.round(bytesPerMs * HOUR_MS))} per hour`;
}

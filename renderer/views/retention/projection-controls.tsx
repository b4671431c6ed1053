/** Which rate of ingest the projection goes by, and how far it looks ahead. */
import { memo } from 'react';
import type { IngestRates } from '../../../shared/plan/ingest-rate';
import { Choice } from '../../components/controls';
import { useAppParts } from '../../store/use-app';
import { durationText, sizeText } from '../../text/quantities';
import classes from '../plan-panel.module.css';
import { RateChoice } from '../rate-choice';
import { HORIZONS, RATE_NAMES } from './retention-view';

const HOUR_MS = 3_600_000;
const AUTO = 'auto';
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
export const ProjectionRate = memo(function ProjectionRate({ rates }: { readonly rates: IngestRates }) {
  const { rate, setRate } = useAppParts((state) => ({
    rate: state.retentionRate,
    setRate: state.setRetentionRate,
  }));
  const known = RATE_NAMES.filter((name) => rates[name] !== null);
  if (known.length === 0)
    return <p className={classes['source']}>No rate of ingest: the segments tell of a single time.</p>;
  return (
    <div className={classes['policy']}>
      <RateChoice label="Rate of ingest" value={rate} known={known} onChange={setRate} />
      <span className={classes['source']}>{rateText(rates[rate]?.bytesPerMs ?? 0)}</span>
    </div>
  );
});

export function rateText(bytesPerMs: number): string {
  return `${sizeText(Math.round(bytesPerMs * HOUR_MS))} per hour`;
}

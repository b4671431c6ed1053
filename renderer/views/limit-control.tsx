/**
 * One limit of a policy: a slider, presets, a typed value, and where the topic's own value is from. Used by
 * every screen that tries settings; what the limit does, it does not know.
 */
import { memo, useState } from 'react';
import type { Setting } from '../../shared/plan/topic-settings';
import { Button, Field } from '../components/controls';
import { type LimitScale, limitOf, limitText, parseLimit, SLIDER_STEPS, sliderOf } from '../text/limits';
import classes from './limit-control.module.css';

/** In the words of every screen. */
export const SETTING_SOURCES: Readonly<Record<Setting['source'], string>> = {
  given: 'tried here',
  'metadata-topic': 'the topic’s setting',
  'metadata-broker': 'the broker’s dynamic setting',
  'metadata-cluster': 'the cluster’s dynamic setting',
  'broker-config': 'server.properties',
  default: 'Kafka’s default',
};

export interface LimitControlProps {
  /** Kafka's name. */
  readonly name: string;
  readonly scale: LimitScale;
  readonly value: number;
  /** What is in force without a trial. */
  readonly own: Setting;
  readonly isTried: boolean;
  readonly isDisabled: boolean;
  /** null: back to the topic's own. */
  readonly onChange: (value: number | null) => void;
}

export const LimitControl = memo(function LimitControl({
  name,
  scale,
  value,
  own,
  isTried,
  isDisabled,
  onChange,
}: LimitControlProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && parseLimit(scale, typed) === null;
  const take = () => {
    const parsed = typed === null ? null : parseLimit(scale, typed);
    if (parsed !== null) onChange(parsed);
    if (!isWrong) setTyped(null);
  };
  return (
    <fieldset className={classes['limit']} disabled={isDisabled}>
      <legend className={classes['legend']}>
        {name}
        <span className={classes['source']}>
          {isTried
            ? `tried here; ${SETTING_SOURCES[own.source]}: ${limitText(scale, Number(own.value))}`
            : SETTING_SOURCES[own.source]}
        </span>
      </legend>
      <div className={classes['line']}>
        <input
          type="range"
          className={classes['slider']}
          aria-label={name}
          aria-valuetext={limitText(scale, value)}
          min={0}
          max={SLIDER_STEPS}
          value={sliderOf(scale, value)}
          onChange={(event) => onChange(limitOf(scale, Number(event.target.value)))}
        />
        <Field
          className={classes['typed']}
          aria-label={`${name} typed`}
          aria-invalid={isWrong}
          value={typed ?? limitText(scale, value)}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take();
            if (event.key === 'Escape') setTyped(null);
          }}
        />
      </div>
      <div className={classes['presets']}>
        {scale.presets.map((preset) => (
          <Button key={preset} kind="plain" onClick={() => onChange(preset)}>
            {limitText(scale, preset)}
          </Button>
        ))}
        {isTried && (
          <Button kind="plain" onClick={() => onChange(null)}>
            Back to the topic’s
          </Button>
        )}
      </div>
    </fieldset>
  );
});

/** The few controls of the page: button, choice of one, search field, badge. Look and keys only, no state. */
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import classes from './controls.module.css';

export interface ButtonProps extends ComponentProps<'button'> {
  /** primary: the one thing to do here. plain: no frame. */
  readonly kind?: 'primary' | 'normal' | 'plain' | 'danger';
}

/** @param className Beside the look of its kind. */
export function Button({ kind = 'normal', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`${classes['button']} ${classes[kind]} ${className}`} {...rest} />;
}

/** Takes the pane of details away again; the focus goes back to the table. */
export function CloseDetails({ onClose }: { readonly onClose: () => void }) {
  return (
    <Button
      kind="plain"
      aria-label="Close details"
      title="Close details (Escape in the table)"
      onClick={(event) => {
        event.currentTarget.closest('main')?.querySelector<HTMLElement>('[role="grid"]')?.focus();
        onClose();
      }}
    >
      <X size={14} aria-hidden="true" />
    </Button>
  );
}

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly titleOf?: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({
  label,
  value,
  options,
  titleOf,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={classes['choice']}
      value={[value]}
      // Choosing the chosen one again says it on purpose, which counts where it was only assumed.
      onValueChange={([next = value]) => onChange(next as Value)}
    >
      {options.map((option) => (
        <Toggle key={option} value={option} className={classes['option']}>
          {titleOf?.(option) ?? option}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}

export interface BadgeProps {
  readonly tone: 'quiet' | 'good' | 'warning' | 'error' | 'accent' | 'going';
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** Of findings. */
export const SEVERITY_TONES = { error: 'error', warning: 'warning', info: 'quiet' } as const;

export function Badge({ tone, title, children }: BadgeProps) {
  return (
    <span className={`${classes['badge']} ${classes[tone]}`} title={title}>
      {children}
    </span>
  );
}

export function Field(props: ComponentProps<'input'>) {
  return <input className={classes['field']} spellCheck={false} autoComplete="off" {...props} />;
}

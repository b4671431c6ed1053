/** A button that changes the log's files, and the dialog that lists what it will do before it does it. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { Button } from '../components/controls';
import dialog from '../components/dialog.module.css';
import { isChanging } from '../store/run-slice';
import { useApp } from '../store/use-app';
import classes from './plan-panel.module.css';

export interface RunDialogProps {
  /** What will be done, with numbers. */
  readonly text: string;
  /** What leaves everything as it is. */
  readonly keepText: string;
  /** What happens to the files, and how long it can be taken back. */
  readonly children: ReactNode;
  /** The look of the button that opens the dialog. */
  readonly kind?: 'danger' | 'plain';
  readonly onConfirm: () => void;
}

export function RunDialog({ text, keepText, children, kind = 'danger', onConfirm }: RunDialogProps) {
  const isRunning = useApp(isChanging);
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger
        render={
          <Button kind={kind} className={kind === 'danger' ? classes['run'] : ''} disabled={isRunning} />
        }
      >
        {`${text}…`}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialog['backdrop']} />
        <AlertDialog.Popup className={`${dialog['popup']} ${classes['dialog']}`}>
          <AlertDialog.Title className={classes['title']}>{`${text}?`}</AlertDialog.Title>
          {children}
          <div className={classes['buttons']}>
            <AlertDialog.Close render={<Button />}>{keepText}</AlertDialog.Close>
            <AlertDialog.Close render={<Button kind="danger" />} onClick={onConfirm}>
              {text}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The paragraph that describes the dialog to a screen reader. */
export const RunDescription = AlertDialog.Description;

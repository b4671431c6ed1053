/** A file or directory beside the log, chosen in the system's dialog: a server.properties, where to copy, where to archive. */
import { Button } from '../components/controls';
import type { RetentionPlace } from '../store/retention-slice';
import { useApp, useAppParts } from '../store/use-app';
import classes from './plan-panel.module.css';

interface PlaceButtonProps {
  readonly place: RetentionPlace;
  /** While none is chosen. */
  readonly text: string;
  readonly chosenText: string;
}

/** Chooses one of the run's places in the system's dialog, or forgets it again. */
export function PlaceButton({ place, text, chosenText }: PlaceButtonProps) {
  const chosen = useApp((state) => state[place]);
  const { choose, forget } = useAppParts((state) => ({
    choose: state.chooseRetentionPlace,
    forget: state.forgetRetentionPlace,
  }));
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  if (isSaved) return null; // nothing runs on a report, and its settings are of their time
  if (chosen === null) return <Button onClick={() => void choose(place)}>{text}</Button>;
  return (
    <span className={classes['chosen']} title={chosen.path}>
      {`${chosenText} ${chosen.name}`}
      <Button kind="plain" aria-label={`Forget ${chosen.name}`} onClick={() => forget(place)}>
        ×
      </Button>
    </span>
  );
}

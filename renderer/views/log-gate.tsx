/** Shows a screen of a log once there is something to show, and until then why not. */
import type { ReactNode } from 'react';
import { Button } from '../components/controls';
import { Empty, Failure } from '../components/notices';
import { useAppParts } from '../store/use-app';

export interface LogGateProps {
  readonly children: ReactNode;
  /** What the screen shows and no report holds, as in `Records`; left out where a saved report fills the screen. */
  readonly unsaved?: string;
}

export function LogGate({ children, unsaved }: LogGateProps) {
  const state = useAppParts(({ segmentsState, segmentsError, segments, reloadLog, directory }) => ({
    ...{ segmentsState, segmentsError, hasSegments: segments.length > 0, reloadLog },
    isSaved: directory?.savedReport !== undefined,
  }));
  if (state.isSaved && unsaved !== undefined)
    return (
      <Empty title={`${unsaved} are not in a saved report.`}>
        <p>Open the directory itself to see them.</p>
      </Empty>
    );
  if (state.segmentsState === 'failed' && state.segmentsError !== null)
    return (
      <Failure title="The log could not be read." error={state.segmentsError}>
        <Button onClick={() => void state.reloadLog()}>Read again</Button>
      </Failure>
    );
  if (state.hasSegments || state.segmentsState === 'ready') return children;
  if (state.segmentsState === 'loading') return <Empty title="Reading segments…" />;
  return <Empty title="No log is open.">Choose one on the Disk screen.</Empty>;
}

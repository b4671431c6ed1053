/** Shows a screen of a log once there is something to show, and until then why not. */
import type { ReactNode } from 'react';
import { Button } from '../components/controls';
import { Empty, Failure } from '../components/notices';
import { useAppParts } from '../store/use-app';

export function LogGate({ children }: { readonly children: ReactNode }) {
  const state = useAppParts(({ segmentsState, segmentsError, segments, reloadLog }) => ({
    ...{ segmentsState, segmentsError, hasSegments: segments.length > 0, reloadLog },
  }));
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

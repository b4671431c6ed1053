/** How a transaction ended, in the same tone wherever it stands. */
import { Badge } from '../../components/controls';

const TONES = { committed: 'quiet', aborted: 'error', open: 'warning' } as const;

export function TransactionBadge({ state }: { readonly state: keyof typeof TONES }) {
  return <Badge tone={TONES[state]}>{state}</Badge>;
}

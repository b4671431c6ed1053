/** A clock that moves only when the test says so. */
import type { Clock } from '../../electron/engine/clock';
import { ManualTimers } from './manual-timers';

export class FakeClock extends ManualTimers implements Clock {
  readonly elapsedMs = () => this.now();
}

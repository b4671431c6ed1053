/** index.interval.bytes in force for a log. */
import type { IndexFigures } from '../../../shared/index-facts';
import { settingNumber } from '../../../shared/plan/topic-settings';

export function ownInterval({ settings }: Pick<IndexFigures, 'settings'>): number {
  return settingNumber(settings['index.interval.bytes']) ?? 0;
}

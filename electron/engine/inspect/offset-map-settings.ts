/**
 * The settings of a broker that size the offset map of its cleaner, and how many keys a round of it has room for.
 * Settings come from anybody's files: what no broker could clean with counts as not set. Pure.
 */
import {
  brokerDefaultOf,
  brokerSettingOf,
  type Setting,
  type SettingPlaces,
  settingDouble,
  THREAD_MAP_BYTES_ABOVE,
} from '../../../shared/plan/topic-settings';
import type { Bytes } from '../../../shared/units';
import { OFFSET_MAP_SLOT_BYTES, offsetMapCapacity } from '../rules/offset-map';

const SIZE = 'log.cleaner.dedupe.buffer.size';
const THREADS = 'log.cleaner.threads';
const LOAD_FACTOR = 'log.cleaner.io.buffer.load.factor';

/** A broker takes up to 2 GiB a thread; here more keys take more rounds, after which the same records stay. */
const MAP_BYTES_MAX: Bytes = 512 * 1024 * 1024;
export const OFFSET_MAP_KEYS_MAX = offsetMapCapacity(MAP_BYTES_MAX);

export type OffsetMapSettings = Readonly<Record<typeof SIZE | typeof THREADS | typeof LOAD_FACTOR, Setting>>;

export function offsetMapSettings(places: SettingPlaces): OffsetMapSettings {
  const found = {
    [SIZE]: brokerSettingOf(SIZE, places),
    [THREADS]: brokerSettingOf(THREADS, places),
    [LOAD_FACTOR]: brokerSettingOf(LOAD_FACTOR, places),
  };
  // The two are right or wrong together (KafkaConfig.validateValues).
  const settings =
    threadBytes(found) > THREAD_MAP_BYTES_ABOVE
      ? found
      : { ...found, [SIZE]: brokerDefaultOf(SIZE), [THREADS]: brokerDefaultOf(THREADS) };
  // No cleaner starts with a map that holds not even one key (Cleaner's constructor).
  return keysIn(settings) > 1 ? settings : { ...settings, [LOAD_FACTOR]: brokerDefaultOf(LOAD_FACTOR) };
}

/** Keys that fit the map of one cleaner thread in a round (LogCleaner.CleanerThread, Cleaner.buildOffsetMap), or ours. */
export function offsetMapCapacityOf(settings: OffsetMapSettings): number {
  return Math.min(Math.floor(keysIn(settings)), OFFSET_MAP_KEYS_MAX);
}

function keysIn(settings: OffsetMapSettings): number {
  return Math.floor(threadBytes(settings) / OFFSET_MAP_SLOT_BYTES) * settingDouble(settings[LOAD_FACTOR])!;
}

function threadBytes(settings: OffsetMapSettings): Bytes {
  return Math.floor(Number(settings[SIZE].value) / Number(settings[THREADS].value));
}

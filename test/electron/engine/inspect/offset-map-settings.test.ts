/** Keys that a round has room for, by the settings of a broker: those that one starts with, and those that none does. */
import { describe, expect, it } from 'vitest';
import {
  OFFSET_MAP_KEYS_MAX,
  offsetMapCapacityOf,
  offsetMapSettings,
} from '../../../../electron/engine/inspect/offset-map-settings';

function settingsOf(size: string, threads = '1', factor = '0.9') {
  return offsetMapSettings({
    ...{ given: new Map(), topic: new Map(), broker: new Map(), cluster: new Map() },
    brokerConfig: new Map([
      ['log.cleaner.dedupe.buffer.size', size],
      ['log.cleaner.threads', threads],
      ['log.cleaner.io.buffer.load.factor', factor],
    ]),
  });
}
const capacityOf = (...given: Parameters<typeof settingsOf>) => offsetMapCapacityOf(settingsOf(...given));
const DEFAULT_KEYS = 5_033_164;

describe('offsetMapCapacityOf', () => {
  it('is what a thread of the cleaner has room for', () => {
    expect(capacityOf('134217728')).toBe(DEFAULT_KEYS);
    expect(capacityOf('134217728', '1', '9.0E-1')).toBe(DEFAULT_KEYS);
    expect(capacityOf('134217728', '16')).toBe(314_572);
    expect(capacityOf('240000000', '1', '1')).toBe(10_000_000);
    expect(capacityOf('1048577', '1', '0.0001')).toBe(4);
  });

  it('is that of the default where a setting is no number, or none that a broker starts with', () => {
    for (const size of ['1e8', '134217728B', '240']) expect(capacityOf(size)).toBe(DEFAULT_KEYS);
    for (const factor of ['90%', '9', '1000000', '0', '1e-9'])
      expect(capacityOf('134217728', '1', factor)).toBe(DEFAULT_KEYS);
    expect(capacityOf('134217728', '128')).toBe(DEFAULT_KEYS);
    const sources = Object.values(settingsOf('134217728', '128', '9')).map(({ source }) => source);
    expect(sources).toEqual(['default', 'default', 'default']);
  });

  it('never asks for more memory than Strata takes', () => {
    for (const size of ['2147483647', '9223372036854775807'])
      expect(capacityOf(size, '1', '1')).toBe(OFFSET_MAP_KEYS_MAX);
    expect(OFFSET_MAP_KEYS_MAX).toBe(20_132_658);
  });
});

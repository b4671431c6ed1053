/** What counts as a setting of a broker, and how Kafka's doubles are read. */
import { describe, expect, it } from 'vitest';
import { brokerSettingOf, type SettingPlaces, settingDouble } from '../../../shared/plan/topic-settings';

function places(
  given: Partial<Record<'broker' | 'cluster' | 'brokerConfig', [string, string]>>,
): SettingPlaces {
  const map = (entry?: [string, string]) => new Map(entry === undefined ? [] : [entry]);
  return {
    ...{ given: new Map(), topic: new Map() },
    ...{ broker: map(given.broker), cluster: map(given.cluster), brokerConfig: map(given.brokerConfig) },
  };
}

describe('brokerSettingOf', () => {
  it.each([
    [
      'log.cleaner.dedupe.buffer.size',
      '134217728',
      ['1048577', ' 2147483647 '],
      ['1e8', '128M', '1048576', ''],
    ],
    ['log.cleaner.io.buffer.load.factor', '0.9', ['1', '9.0E-1', '.5'], ['90%', '0', '1.01', '-0.9', 'NaN']],
    ['log.cleaner.threads', '1', ['16', '+2'], ['0', '-1', '1.5', '2147483648']],
    ['producer.id.expiration.ms', '86400000', ['1'], ['0', '1d', '86400000.0', '2147483648']],
  ] as const)('takes of %s what a broker takes, and else the default', (name, initial, taken, refused) => {
    for (const value of taken)
      expect(brokerSettingOf(name, places({ brokerConfig: [name, value] }))).toEqual({
        ...{ value, source: 'broker-config' },
      });
    for (const value of refused)
      expect(brokerSettingOf(name, places({ brokerConfig: [name, value] })), value).toEqual({
        ...{ value: initial, source: 'default' },
      });
  });

  it('looks on behind a dynamic value that is none, as a broker does', () => {
    const name = 'log.cleaner.threads';
    const found = brokerSettingOf(name, places({ broker: [name, 'many'], cluster: [name, '3'] }));
    expect(found).toEqual({ value: '3', source: 'metadata-cluster' });
  });
});

describe('settingDouble', () => {
  it('reads what Java reads', () => {
    const read = (value: string) => settingDouble({ value, source: 'given' });
    expect(['0.5', '5.0E-1', '5e-1', ' +.5d ', '1.', '-1F', '1E+2'].map(read)).toEqual([
      ...[0.5, 0.5, 0.5, 0.5, 1, -1, 100],
    ]);
    for (const value of ['', '50%', '0,5', 'e5', '.', '5e', 'half', '0.5 0.5'])
      expect(read(value)).toBeNull();
  });
});

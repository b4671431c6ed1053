/**
 * Settings of a topic by Kafka's own names, each with the place it is from. Pure.
 *
 * Order (KafkaConfig, DynamicBrokerConfig, LogConfig): given by the user, the topic's own, the broker's dynamic ones,
 * those for all brokers, the static ones of server.properties, Kafka's defaults.
 */

/** metadata-topic, -broker, -cluster: settings in the metadata log. default: nothing says otherwise. */
export type SettingSource =
  | 'given'
  | 'metadata-topic'
  | 'metadata-broker'
  | 'metadata-cluster'
  | 'broker-config'
  | 'default';

export interface Setting {
  readonly value: string;
  readonly source: SettingSource;
}

export type SettingName = keyof typeof SETTINGS;

interface SettingKind {
  /** Kafka's default (LogConfig, 4.x). */
  readonly initial: string;
  /** Names on a broker, the one that wins first, with what turns its value into the topic's unit. */
  readonly broker: readonly (readonly [name: string, factor: number])[];
}

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

export const SETTINGS = {
  'cleanup.policy': { initial: 'delete', broker: [['log.cleanup.policy', 1]] },
  'retention.ms': {
    initial: '604800000',
    broker: [
      ['log.retention.ms', 1],
      ['log.retention.minutes', MS_PER_MINUTE],
      ['log.retention.hours', MS_PER_HOUR],
    ],
  },
  'retention.bytes': { initial: '-1', broker: [['log.retention.bytes', 1]] },
  'segment.bytes': { initial: '1073741824', broker: [['log.segment.bytes', 1]] },
  'segment.ms': {
    initial: '604800000',
    broker: [
      ['log.roll.ms', 1],
      ['log.roll.hours', MS_PER_HOUR],
    ],
  },
  'segment.index.bytes': { initial: '10485760', broker: [['log.index.size.max.bytes', 1]] },
  'index.interval.bytes': { initial: '4096', broker: [['log.index.interval.bytes', 1]] },
  'min.cleanable.dirty.ratio': { initial: '0.5', broker: [['log.cleaner.min.cleanable.ratio', 1]] },
  'min.compaction.lag.ms': { initial: '0', broker: [['log.cleaner.min.compaction.lag.ms', 1]] },
  'max.compaction.lag.ms': {
    initial: '9223372036854775807',
    broker: [['log.cleaner.max.compaction.lag.ms', 1]],
  },
  'delete.retention.ms': { initial: '86400000', broker: [['log.cleaner.delete.retention.ms', 1]] },
  'file.delete.delay.ms': { initial: '60000', broker: [['log.segment.delete.delay.ms', 1]] },
} as const satisfies Record<string, SettingKind>;

export type BrokerSettingName = keyof typeof BROKER_SETTINGS;

interface BrokerSettingKind {
  readonly initial: string;
  /** Whether a broker can work with it: of dynamic values it leaves out those that it cannot (DynamicBrokerConfig). */
  readonly accepts: (value: string) => boolean;
}

const INT32_MAX = 2 ** 31 - 1;
/** A cleaner thread has more than this (KafkaConfig.validateValues). */
export const THREAD_MAP_BYTES_ABOVE = 1024 * 1024;

/** Of a broker alone, which no topic changes, with Kafka's defaults and ranges (CleanerConfig, TransactionLogConfig). */
const BROKER_SETTINGS = {
  'log.cleaner.dedupe.buffer.size': {
    initial: '134217728',
    accepts: (value) => isWhole(value) && Number(value) > THREAD_MAP_BYTES_ABOVE,
  },
  'log.cleaner.io.buffer.load.factor': {
    initial: '0.9',
    accepts: (value) => {
      const factor = doubleOf(value) ?? 0;
      return factor > 0 && factor <= 1;
    },
  },
  'log.cleaner.threads': { initial: '1', accepts: isPositiveInt },
  'producer.id.expiration.ms': { initial: '86400000', accepts: isPositiveInt },
} as const satisfies Record<string, BrokerSettingKind>;

/** Where settings may stand, the nearest first; each maps names to values as written. */
export interface SettingPlaces {
  /** By topic names. */
  readonly given: ReadonlyMap<string, string>;
  readonly topic: ReadonlyMap<string, string>;
  /** By broker names, as the next two. */
  readonly broker: ReadonlyMap<string, string>;
  readonly cluster: ReadonlyMap<string, string>;
  readonly brokerConfig: ReadonlyMap<string, string>;
}

/** What a user set, by topic names; values that are not given (null, undefined) leave the topic's own setting. */
export function givenSettings(
  values: Partial<Readonly<Record<SettingName, string | number | null | undefined>>>,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) if (value != null) given.set(name, String(value));
  return given;
}

/** The value in force, and where it is from. */
export function settingOf(name: SettingName, places: SettingPlaces): Setting {
  const given = places.given.get(name);
  if (given !== undefined) return { value: given, source: 'given' };
  const own = places.topic.get(name) ?? places.topic.get(`internal.${name}`);
  if (own !== undefined) return { value: own, source: 'metadata-topic' };
  return brokersSettingOf(SETTINGS[name], places);
}

/** As `settingOf`, of the broker that has the log; a value that no broker accepts does not count. */
export function brokerSettingOf(name: BrokerSettingName, places: SettingPlaces): Setting {
  const { initial, accepts } = BROKER_SETTINGS[name];
  return brokersSettingOf({ initial, broker: [[name, 1]] }, places, accepts);
}

export function brokerDefaultOf(name: BrokerSettingName): Setting {
  return { value: BROKER_SETTINGS[name].initial, source: 'default' };
}

function brokersSettingOf(
  { broker, initial }: SettingKind,
  places: SettingPlaces,
  accepts: (value: string) => boolean = () => true,
): Setting {
  const brokerPlaces = [
    ['metadata-broker', places.broker],
    ['metadata-cluster', places.cluster],
    ['broker-config', places.brokerConfig],
  ] as const;
  for (const [source, settings] of brokerPlaces)
    for (const [name, factor] of broker) {
      const value = settings.get(name);
      if (value !== undefined && accepts(value))
        return { value: factor === 1 ? value : scaled(value, factor), source };
    }
  return { value: initial, source: 'default' };
}

/** Minutes and hours as ms; -1 stays "no limit". */
function scaled(value: string, factor: number): string {
  const count = Number(value);
  return count < 0 ? '-1' : String(count * factor);
}

/** Several at once, by name. */
export function settingsOf<Name extends SettingName>(
  names: readonly Name[],
  places: SettingPlaces,
): Record<Name, Setting> {
  return Object.fromEntries(names.map((name) => [name, settingOf(name, places)])) as Record<Name, Setting>;
}

/** A setting as a number; what does not fit 2^53 (Long.MAX_VALUE for "never") becomes infinity, nonsense null. */
export function settingNumber({ value }: Setting): number | null {
  if (!/^\s*-?\d*\.?\d+\s*$/.test(value)) return null;
  const number = Number(value);
  return Math.abs(number) > Number.MAX_SAFE_INTEGER ? Math.sign(number) * Number.POSITIVE_INFINITY : number;
}

/** A setting that Kafka reads as a double; null where it is none. */
export function settingDouble({ value }: Setting): number | null {
  return doubleOf(value);
}

/** As Java's Double.parseDouble reads it, but for hexadecimal digits, NaN and Infinity, which no setting has. */
function doubleOf(text: string): number | null {
  const [, digits] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)[fd]?$/i.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** As Java's Long.parseLong takes it. */
function isWhole(text: string): boolean {
  return /^[+-]?\d+$/.test(text.trim());
}

function isPositiveInt(text: string): boolean {
  return isWhole(text) && Number(text) >= 1 && Number(text) <= INT32_MAX;
}

/**
 * What the disk knows of a log's settings: the metadata log of its data directory, and a server.properties if given.
 *
 * Reads only. Settings that neither tells have Kafka's defaults; whether that is good enough to act on is not decided here.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { SettingPlaces } from '../../../shared/plan/topic-settings';
import type { ReadingFileSystem } from '../file-system';
import { BROKER_PROPERTIES_FILE } from '../format/file-names';
import { readJavaProperties } from '../format/java-properties';
import type { ClusterMetadata, MetadataTopic } from '../internal-topics/cluster-metadata';
import type { LogDirectory } from './list-logs';
import { readClusterMetadata } from './read-cluster-metadata';
import { readSmallFile } from './read-small-file';

/** What is known of a data directory, read once for all of its logs. */
export interface DirectoryPolicies {
  readonly metadata: ClusterMetadata | null;
  /** As in `node.id`; empty where meta.properties does not tell. */
  readonly nodeId: string;
  readonly brokerConfig: ReadonlyMap<string, string>;
}

/**
 * @param logPath Path of one log in the data directory.
 * @param brokerConfigPath A server.properties, or null
 * @throws AppError where a file that is there cannot be read; INVALID_ARGUMENT where the given one has no property
 */
export async function readDirectoryPolicies(
  fs: ReadingFileSystem,
  logPath: string,
  brokerConfigPath: string | null,
): Promise<DirectoryPolicies> {
  const dataDirectory = dirname(logPath);
  const meta = await readSmallFile(fs, join(dataDirectory, BROKER_PROPERTIES_FILE));
  const properties = meta === null ? new Map<string, string>() : readJavaProperties(meta.toString('utf8'));
  const config = brokerConfigPath === null ? null : await readSmallFile(fs, brokerConfigPath);
  if (brokerConfigPath !== null && config === null)
    throw new AppError('NOT_FOUND', `There is no ${brokerConfigPath}.`, { path: brokerConfigPath });
  return {
    metadata: await readClusterMetadata(fs, dataDirectory),
    nodeId: properties.get('node.id') ?? properties.get('broker.id') ?? '',
    brokerConfig: config === null ? new Map() : brokerConfigOf(config, brokerConfigPath!),
  };
}

/** Every broker's has names with dots; another file's lines would be passed over as settings that nobody knows. */
function brokerConfigOf(bytes: Buffer, path: string): Map<string, string> {
  const properties = readJavaProperties(bytes.toString('utf8'));
  const isProperty = (name: string) => /^[A-Za-z][\w-]*(\.[\w-]+)+$/.test(name);
  if (bytes.includes(0) || ![...properties.keys()].some(isProperty))
    throw new AppError('INVALID_ARGUMENT', `${path} holds no property of a broker, such as log.dirs.`, {
      path,
    });
  return properties;
}

/** Where the settings of one log stand. `given` are the user's own, by topic names. */
export function settingPlacesOf(
  { metadata, nodeId, brokerConfig }: DirectoryPolicies,
  { topic, state }: LogDirectory,
  given: ReadonlyMap<string, string>,
): SettingPlaces & { readonly metadataTopic: MetadataTopic | null } {
  const metadataTopic = state === 'current' ? (metadata?.topic(topic) ?? null) : null;
  return {
    given,
    topic: metadataTopic === null || metadata === null ? new Map() : metadata.configs('topic', topic),
    broker: metadata === null || nodeId === '' ? new Map() : metadata.configs('broker', nodeId),
    cluster: metadata?.configs('broker', '') ?? new Map(),
    brokerConfig,
    metadataTopic,
  };
}

/** A log that Kafka wrote, in memory: quick to damage and to check thousands of times. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogDirectory } from '../../electron/engine/inspect/list-logs';
import { type KafkaFixture, kafkaFixtures } from './kafka-fixtures';
import { MemFileSystem } from './mem-file-system';

const DATA = '/data';

export interface FixtureInMemory {
  readonly fs: MemFileSystem;
  readonly log: LogDirectory;
  readonly fixture: KafkaFixture;
  /** Paths of the log's own files, sorted. */
  readonly paths: readonly string[];
}

/** With the checkpoints of its data directory. @param id As in `4.4.0/data-directory/orders-0` */
export function fixtureInMemory(id: string): FixtureInMemory {
  const fixture = kafkaFixtures().find((one) => one.id === id);
  if (fixture === undefined) throw new Error(`no fixture ${id}`);
  const fs = new MemFileSystem();
  const source = fixture.directory.path;
  const path = join(DATA, fixture.name);
  for (const name of readdirSync(source)) fs.put(join(path, name), readFileSync(join(source, name)));
  for (const name of readdirSync(dirname(source)))
    if (name.endsWith('checkpoint')) fs.put(join(DATA, name), readFileSync(join(dirname(source), name)));
  const paths = readdirSync(source)
    .sort()
    .map((name) => join(path, name));
  return { fs, log: { ...fixture.directory, path }, fixture, paths };
}

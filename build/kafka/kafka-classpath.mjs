/**
 * Brings one version of Apache Kafka through Maven and compiles the driver (driver/*.java) against it.
 * Results are kept in .cache/kafka/<version>, so that only the first call takes more than a moment.
 * Knows nothing of brokers and logs.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const cacheDirectory = join(here, '../../.cache/kafka');

/** Versions that fixtures and comparisons use: the newest, the newest 3.x, and one that still writes formats 0 and 1. */
export const KAFKA_VERSIONS = ['4.4.0', '3.9.2', '2.8.2'];

/** DumpLogSegments is asked in one version for all logs: the newest whose tools module was published. */
export const TOOLS_VERSION = '4.3.1';

const pending = new Map();

/** Class path of a version with the compiled driver first. Errors: whatever Maven or javac print. */
export function kafkaClasspath(version) {
  if (!pending.has(version)) pending.set(version, bring(version));
  return pending.get(version);
}

async function bring(version) {
  const directory = join(cacheDirectory, version);
  const sources = (await readdir(join(here, 'driver'))).map((name) => join(here, 'driver', name)).sort();
  const hash = createHash('sha256');
  for (const file of [join(here, 'pom.xml'), ...sources]) hash.update(await readFile(file));
  const stamp = hash.digest('hex');
  const known = await readFile(join(directory, 'classpath.json'), 'utf8').then(JSON.parse, () => null);
  if (known?.stamp === stamp) return known.classpath;

  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, 'classes'), { recursive: true });
  const listFile = join(directory, 'dependencies.txt');
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${listFile}`, `-Dkafka.version=${version}`];
  const profile = version === TOOLS_VERSION ? ['-Ptools'] : [];
  await run('mvn', ['-q', '-B', '-f', join(here, 'pom.xml'), ...profile, ...goal]);
  const dependencies = (await readFile(listFile, 'utf8')).trim();
  await run('javac', ['-nowarn', '-cp', dependencies, '-d', join(directory, 'classes'), ...sources]);
  const classpath = [join(directory, 'classes'), dependencies].join(delimiter);
  await writeFile(join(directory, 'classpath.json'), JSON.stringify({ stamp, classpath }));
  return classpath;
}

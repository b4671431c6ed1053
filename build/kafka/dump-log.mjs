/**
 * Asks Kafka's DumpLogSegments for the batches and records of segment files, and reads its text.
 * Keys and values are printed by the tool as UTF-8 text, so compare bytes only where they are plain text.
 */
import { runJava } from './java-process.mjs';
import { kafkaClasspath, TOOLS_VERSION } from './kafka-classpath.mjs';

/** The tool's own text for files of any kind (.log, .index, .timeindex, .snapshot, .txnindex). */
export async function dumpText(files, flags = []) {
  return runJava({
    classpath: await kafkaClasspath(TOOLS_VERSION),
    main: 'org.apache.kafka.tools.DumpLogSegments',
    args: ['--files', files.join(','), ...flags],
  });
}

/**
 * Batches of .log files: Map from file to [{ baseOffset, …, records: [{ offset, … }] }].
 * Field names are the tool's own (lastOffset, count, producerId, position, compresscodec, crc, isvalid …),
 * values are text. A message of format 0 or 1 comes as a batch with offset (its last one) and no baseOffset.
 * A record's key and payload are null where the tool prints none.
 */
export async function dumpBatches(files) {
  const result = new Map(files.map((file) => [file, []]));
  if (files.length === 0) return result;
  const text = await dumpText(files, ['--print-data-log', '--deep-iteration']);
  let batches = [];
  for (const line of text.split('\n')) {
    const file = /^Dumping (.*)$/.exec(line)?.[1];
    if (file !== undefined) batches = result.get(file);
    else if (/^(baseOffset|offset): /.test(line)) batches.push({ ...fieldsOf(line), records: [] });
    else if (/^\| offset: /.test(line)) batches.at(-1).records.push(recordOf(line.slice(2)));
  }
  return result;
}

const fieldsOf = (text) =>
  Object.fromEntries([...text.matchAll(/(\w+): (\[[^\]]*\]|\S+)/g)].map(([, name, value]) => [name, value]));

/** key and payload come last and may hold spaces; a key never holds the word " payload: " in our logs. */
function recordOf(text) {
  const [rest, payload = null] = text.split(/ payload: /);
  const [fields, key = null] = rest.split(/ key: /);
  return { ...fieldsOf(fields), key, payload };
}

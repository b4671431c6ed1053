/**
 * The Node side of driver/Driver.java: Kafka's own producer, consumer and admin client, one request at a time.
 * Keys, values and header values are strings (UTF-8), Buffers or null here, and Buffers or null in answers.
 */
import { createInterface } from 'node:readline';
import { startJava } from './java-process.mjs';

/**
 * Connects to a broker; returns when it answers. The functions of the result are described at each one.
 * signal: ends the driver while it still waits.
 */
export async function openDriver({ classpath, bootstrap, signal }) {
  const program = startJava({
    classpath,
    main: 'strata.kafka.Driver',
    args: [bootstrap],
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  signal.addEventListener('abort', () => program.child.kill('SIGKILL'));
  const waiting = [];
  createInterface({ input: program.child.stdout }).on('line', (line) => {
    const { resolve, reject } = waiting.shift();
    const reply = JSON.parse(line);
    if ('error' in reply) reject(new Error(reply.error));
    else resolve(reply.value);
  });
  void program.exited.then((code) => {
    for (const { reject } of waiting) reject(new Error(`driver ended with ${code}\n${program.outputTail()}`));
  });
  const ask = (op, request = {}) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      program.child.stdin.write(`${JSON.stringify({ op, ...request })}\n`);
    });
  await ask('ready');
  return {
    ...topicCalls(ask),
    ...producerCalls(ask),
    ...readerCalls(ask),
    /** Ends the driver without closing its producers: their open transactions stay open. */
    async end() {
      program.child.stdin.end();
      await program.exited;
    },
  };
}

const topicCalls = (ask) => ({
  /** { topic, partitions = 1, config = {} } */
  createTopic: (request) => ask('createTopic', request),
  deleteTopic: (topic) => ask('deleteTopic', { topic }),
  /** { topic, config }: sets settings on a topic; null takes one away. */
  setTopicConfig: (request) => ask('topicConfig', request),
  /** { broker = '' (whole cluster), config }: dynamic settings of a broker. */
  setBrokerConfig: (request) => ask('brokerConfig', request),
  /** Every setting of a topic: { [key]: { value, source } }. */
  describeConfig: (topic) => ask('describeConfig', { topic }),
  /** { topic, partition = 0, beforeOffset }: raises the log start offset. */
  deleteRecords: (request) => ask('deleteRecords', request),
  /** { topic, partition = 0 } to { earliest, latest, latestCommitted } (log start, high watermark, last stable). */
  listOffsets: (request) => ask('listOffsets', request),
});

const producerCalls = (ask) => {
  const send = ({ producer, topic, partition = 0, batches }) =>
    ask('send', { producer, topic, partition, batches: batches.map((batch) => batch.map(toWire)) });
  return {
    /** { producer: name, config }: opens a producer that stays open until closeProducer or the driver's end. */
    openProducer: (request) => ask('openProducer', request),
    /** { producer, topic, partition, batches: Record[][] } to [{ offset, timestamp }]: each array is one batch. */
    send,
    begin: (producer) => ask('begin', { producer }),
    commit: (producer) => ask('commit', { producer }),
    abort: (producer) => ask('abort', { producer }),
    /** { producer, group, topic, partition, offset }: an offset committed inside the transaction. */
    sendOffsets: (request) => ask('sendOffsets', request),
    closeProducer: (producer) => ask('closeProducer', { producer }),
    /** Opens a producer, sends, closes: { topic, partition = 0, config = {}, batches }. */
    async produce({ config = {}, ...request }) {
      await ask('openProducer', { producer: 'once', config });
      const told = await send({ producer: 'once', ...request });
      await ask('closeProducer', { producer: 'once' });
      return told;
    },
  };
};

const readerCalls = (ask) => ({
  /** { topic, partition = 0, isolation = 'read_uncommitted', from? }: all records up to the end. */
  consume: async (request) => (await ask('consume', request)).map(fromWire),
  /** { group, topic, partition, offset, metadata }: an offset of a group without members. */
  commitOffsets: (request) => ask('commitOffsets', request),
  /** { group, topic, config }: one member joins, commits and leaves. */
  joinGroup: (request) => ask('joinGroup', request),
});

const encode = (value) =>
  value === null || value === undefined ? null : Buffer.from(value).toString('base64');
const decode = (text) => (text === null ? null : Buffer.from(text, 'base64'));

function toWire({ key, value, timestamp, headers = [] }) {
  return {
    key: encode(key),
    value: encode(value),
    timestamp: timestamp ?? null,
    headers: headers.map(([name, content]) => [name, encode(content)]),
  };
}

function fromWire(record) {
  return {
    ...record,
    key: decode(record.key),
    value: decode(record.value),
    headers: record.headers.map(([name, content]) => [name, decode(content)]),
  };
}

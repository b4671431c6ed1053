/**
 * Runs one Apache Kafka broker on loopback over a data directory, for fixtures and comparisons.
 * KRaft (broker and controller in one process) from 3.x on; ZooKeeper beside the broker for 2.x.
 * What the broker does to the directory is Kafka's doing alone; nothing here edits a log.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDriver } from './driver.mjs';
import { runJava, startJava } from './java-process.mjs';
import { kafkaClasspath } from './kafka-classpath.mjs';

/** 22 characters of url-safe base64, as meta.properties wants it: the same cluster id in every run. */
export const CLUSTER_ID = 'c3RyYXRhLWZpeHR1cmVzMQ';

/** Whether a version is run with its own controller; older ones are run with ZooKeeper. */
export const isKraft = (version) => !version.startsWith('2.');

const SMALL_CLUSTER = {
  'offsets.topic.num.partitions': 2,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 2,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 2,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
  'auto.create.topics.enable': false,
  // Preallocated indexes of a live or killed broker stay small.
  'log.index.size.max.bytes': 4096,
  'log.initial.task.delay.ms': 500,
  'log.cleaner.backoff.ms': 500,
  'log.cleaner.dedupe.buffer.size': 16_777_216,
  'log.cleaner.threads': 1,
};

/**
 * Starts a broker and returns when it serves.
 * version: one of KAFKA_VERSIONS. dataDirectory: formatted first where it has no meta.properties; its parent must
 * exist. config: server properties over the small defaults above. javaOptions: for the broker's virtual machine.
 * Returns { version, dataDirectory, pid, client, stop(), kill() }; client is described in driver.mjs.
 * stop() is a clean shutdown (.kafka_cleanshutdown is written), kill() is SIGKILL.
 */
export async function startBroker({ version, dataDirectory, config = {}, javaOptions = [] }) {
  const classpath = await kafkaClasspath(version);
  const workDirectory = await mkdtemp(join(tmpdir(), 'strata-broker-'));
  const [port, secondPort] = [await freePort(), await freePort()];
  const hasController = isKraft(version);
  const properties = {
    ...SMALL_CLUSTER,
    ...(hasController ? kraft(port, secondPort) : zookeeper(port, secondPort)),
    'log.dirs': dataDirectory,
    ...config,
  };
  const propertiesFile = join(workDirectory, 'server.properties');
  await writeFile(propertiesFile, toProperties(properties));
  await mkdir(dataDirectory, { recursive: true });
  const keeper = hasController
    ? null
    : await startZookeeper({ classpath, workDirectory, dataDirectory, port: secondPort });
  if (hasController) await formatWhereNew({ classpath, dataDirectory, propertiesFile });

  const server = startJava({ classpath, main: 'kafka.Kafka', args: [propertiesFile], options: javaOptions });
  server.child.stdout.on('data', server.keep);
  const end = async (signal) => {
    server.child.kill(signal);
    const code = await server.exited;
    keeper?.child.kill('SIGKILL');
    await keeper?.exited;
    await rm(workDirectory, { recursive: true, force: true });
    return code;
  };
  const early = server.exited.then((code) => {
    throw new Error(
      `Kafka ${version} ended with ${code}\n${server.outputTail()}${keeper?.outputTail() ?? ''}`,
    );
  });
  early.catch(() => undefined);
  const abandoned = new AbortController();
  const driver = openDriver({ classpath, bootstrap: `127.0.0.1:${port}`, signal: abandoned.signal });
  const client = await Promise.race([driver, early]).catch(async (failure) => {
    abandoned.abort();
    await end('SIGKILL');
    throw failure;
  });
  return {
    version,
    dataDirectory,
    pid: server.child.pid,
    client,
    outputTail: server.outputTail,
    /** Clean shutdown. Producers of the driver that are still open stay so: their transactions remain open. */
    async stop() {
      await client.end();
      return end('SIGTERM');
    },
    /** kill -9 of the broker: no file is closed, indexes stay preallocated. */
    async kill() {
      const code = await end('SIGKILL');
      await client.end();
      return code;
    },
  };
}

const kraft = (port, controllerPort) => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
});

const zookeeper = (port, keeperPort) => ({
  'broker.id': 1,
  'zookeeper.connect': `127.0.0.1:${keeperPort}`,
  listeners: `PLAINTEXT://127.0.0.1:${port}`,
});

async function formatWhereNew({ classpath, dataDirectory, propertiesFile }) {
  const isFormatted = await access(join(dataDirectory, 'meta.properties')).then(
    () => true,
    () => false,
  );
  if (isFormatted) return;
  const args = ['format', '-t', CLUSTER_ID, '-c', propertiesFile];
  await runJava({ classpath, main: 'kafka.tools.StorageTool', args });
}

/** ZooKeeper's own files stay beside the data directory, so that the broker finds its topics again. */
async function startZookeeper({ classpath, workDirectory, dataDirectory, port }) {
  const file = join(workDirectory, 'zookeeper.properties');
  const settings = {
    dataDir: `${dataDirectory}.zookeeper`,
    clientPort: port,
    clientPortAddress: '127.0.0.1',
    'admin.enableServer': false,
  };
  await writeFile(file, toProperties(settings));
  const keeper = startJava({
    classpath,
    main: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    args: [file],
  });
  keeper.child.stdout.on('data', keeper.keep);
  await untilListening(port, keeper);
  return keeper;
}

/** Returns when something accepts connections at the port; throws when the program ended or half a minute passed. */
async function untilListening(port, program) {
  const deadline = Date.now() + 30_000;
  let hasEnded = false;
  void program.exited.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const isListening = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isListening) return;
    if (hasEnded || Date.now() > deadline)
      throw new Error(`nothing listens at ${port}\n${program.outputTail()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const toProperties = (settings) =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

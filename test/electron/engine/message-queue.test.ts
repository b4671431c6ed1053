/** The worked example of the library: the message queue of the seed document, on a real file system. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Log } from '../../../electron/engine';

interface Message {
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}

/** Retention makes space by itself when the disk is full, so that sending needs no second attempt of its own. */
class MessageQueue implements AsyncDisposable {
  readonly #log: Log;

  private constructor(log: Log) {
    this.#log = log;
  }

  static async open(directory: string): Promise<MessageQueue> {
    const log = await Log.open(directory, {
      segmentBytes: 1024 ** 3,
      retentionMs: 7 * 24 * 3_600_000,
      retentionBytes: 10 * 1024 ** 3,
      cleanupPolicy: 'compact,delete',
      fsync: 'none',
      metricsIntervalMs: 1000,
    });
    return new MessageQueue(log);
  }

  send(key: string, value: string): Promise<number> {
    return this.#log.append({ key, value });
  }

  async receive(fromOffset: number, countMax = 100): Promise<Message[]> {
    const messages: Message[] = [];
    for await (const { offset, key, value } of this.#log.read({ fromOffset, recordsMax: countMax }))
      messages.push({ offset, key: String(key), value: String(value) });
    return messages;
  }

  async cleanUp(): Promise<{ segmentsDeleted: number; segmentsCompacted: number }> {
    const { deletions } = await this.#log.applyRetention();
    const { done } = await this.#log.compact();
    return { segmentsDeleted: deletions.length, segmentsCompacted: done?.segmentsBefore ?? 0 };
  }

  /** What is behind it can be compacted; by itself that comes with segmentBytes. */
  roll(): Promise<void> {
    return this.#log.roll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#log.close();
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'strata-queue-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('a message queue on the log', () => {
  it('hands messages out from any offset, to ten senders and after a restart', async () => {
    const directory = join(scratch, 'queue/mail-0');
    {
      await using queue = await MessageQueue.open(directory);
      const send = async (sender: number) => {
        for (let index = 0; index < 100; index++) await queue.send(`sender-${sender}`, `message ${index}`);
      };
      await Promise.all(Array.from({ length: 10 }, (_, sender) => send(sender)));
      expect(await queue.receive(0)).toHaveLength(100);
      expect((await queue.receive(999))[0]).toMatchObject({ offset: 999, value: 'message 99' });
      expect(await queue.cleanUp()).toEqual({ segmentsDeleted: 0, segmentsCompacted: 0 });
    }
    const counters = JSON.parse(readFileSync(`${directory}.metrics.json`, 'utf8'));
    expect(counters).toMatchObject({ isClosed: true, metrics: { appendCount: 1000, recordCount: 1000 } });
    await using again = await MessageQueue.open(directory);
    expect(await again.send('late', 'one more')).toBe(1000);
    expect(await again.receive(1000)).toEqual([{ offset: 1000, key: 'late', value: 'one more' }]);
  });

  it('keeps the last message of each key in what it has compacted, with its offset', async () => {
    await using queue = await MessageQueue.open(join(scratch, 'profiles/users-0'));
    for (const [key, value] of ['1:v1', '2:v1', '1:v2', '3:v1', '1:v3'].map((text) => text.split(':')))
      await queue.send(`user-${key}`, `profile_${value}`);
    await queue.roll();
    expect(await queue.cleanUp()).toEqual({ segmentsDeleted: 0, segmentsCompacted: 1 });
    expect((await queue.receive(0)).map(({ offset, key, value }) => `${offset} ${key} ${value}`)).toEqual([
      ...['1 user-2 profile_v1', '3 user-3 profile_v1', '4 user-1 profile_v3'],
    ]);
  });
});

/** Each field of every index, snapshot and checkpoint that Kafka wrote, against the bytes themselves. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { type FileAnatomy, readFileAnatomy } from '../../../../electron/engine/inspect/file-anatomy';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

const BYTES_MAX = 64 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'strata-anatomy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const directory = join(folder, 'orders-0');
mkdirSync(directory);

const SMALL_FILE =
  /^\d{20}\.(index|timeindex|txnindex|snapshot)$|^leader-epoch-checkpoint$|^partition\.metadata$/;

function put(file: string, content: Buffer | string): void {
  writeFileSync(join(directory, file), content);
}

const anatomyAt = (file: string, position = 0, bytesMax = BYTES_MAX, path = directory) =>
  readFileAnatomy(fs, path, { file, position, bytesMax });
const texts = ({ fields }: FileAnatomy) =>
  fields.map(({ name, text, entryIndex }) => `${entryIndex ?? '-'} ${name} ${text}`);

/** The fields follow one another from the first byte to the last. */
function expectTiled({ fields, bytes }: FileAnatomy): void {
  let at = 0;
  for (const { position, sizeInBytes } of fields) {
    expect(position).toBe(at);
    at += sizeInBytes;
  }
  expect(at).toBe(bytes.length);
}

describe('readFileAnatomy', () => {
  it('names every byte of the small files that Kafka wrote', async () => {
    const seen = new Set<string>();
    for (const { directory: log } of kafkaFixtures())
      for (const file of readdirSync(log.path)) {
        if (!SMALL_FILE.test(file)) continue;
        const anatomy = await anatomyAt(file, 0, BYTES_MAX, log.path);
        expect(Buffer.from(anatomy.bytes)).toEqual(readFileSync(join(log.path, file)).subarray(0, BYTES_MAX));
        expectTiled(anatomy);
        seen.add(file.replace(/^\d+/, ''));
      }
    expect([...seen].sort()).toEqual([
      ...['.index', '.snapshot', '.timeindex', '.txnindex', 'leader-epoch-checkpoint', 'partition.metadata'],
    ]);
  });

  it('says what the entries of an index mean', async () => {
    const bytes = Buffer.alloc(64);
    bytes.writeInt32BE(7, 0);
    bytes.writeInt32BE(4_100, 4);
    put('00000000000000000100.index', bytes);
    const anatomy = await anatomyAt('00000000000000000100.index');
    expect(texts(anatomy)).toEqual([
      '0 relativeOffset 7 (offset 107)',
      '0 position 4100',
      '- unused room for entries to come',
    ]);
    expectTiled(anatomy);
  });

  it('keeps bytes that are no whole entry, and entries behind zeros, apart', async () => {
    put('00000000000000000100.timeindex', Buffer.alloc(12 + 5, 1));
    expect((await anatomyAt('00000000000000000100.timeindex')).fields.at(-1)).toMatchObject({
      ...{ name: 'rest', position: 12, sizeInBytes: 5 },
    });
  });

  it('begins with a whole entry in front of the place in a large file', async () => {
    const entries = 10_000;
    const bytes = Buffer.alloc(34 * entries);
    for (let index = 0; index < entries; index++) bytes.writeBigInt64BE(BigInt(index), index * 34 + 2);
    put('00000000000000000000.txnindex', bytes);
    const anatomy = await anatomyAt('00000000000000000000.txnindex', 34 * 5_000, 2_048);
    expect(anatomy.from % 34).toBe(0);
    expect(anatomy.from + anatomy.bytes.length).toBeGreaterThan(34 * 5_000 + 34);
    const field = anatomy.fields.find(
      ({ name, entryIndex }) => name === 'producerId' && entryIndex === 5_000,
    );
    expect(field).toMatchObject({ text: '5000', position: 34 * 5_000 + 2 - anatomy.from });
  });

  it('reads checkpoints of the data directory, and the line of an entry far behind', async () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => `orders ${index} ${index * 10}`);
    const text = `0\n4000\n${lines.join('\n')}\n`;
    writeFileSync(join(dirname(directory), 'recovery-point-offset-checkpoint'), text);
    const file = '../recovery-point-offset-checkpoint';
    expect(texts(await anatomyAt(file)).slice(0, 5)).toEqual([
      ...['- version 0', '- entryCount 4000', '0 topic orders', '0 partition 0', '0 offset 0'],
    ]);
    const position = text.indexOf('orders 3000 ');
    const anatomy = await anatomyAt(file, position, 4_096);
    const partition = anatomy.fields.find((field) => field.position === position + 7 - anatomy.from);
    expect(partition).toMatchObject({ name: 'partition', text: '3000' });
  });

  it.each(['../meta.properties', '../orders-0/00000000000000000000.index', '/etc/passwd', '..', 'notes.txt'])(
    'reads no other file: %s',
    async (file) => {
      await expect(anatomyAt(file)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    },
  );
});

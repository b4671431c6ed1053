/** The records command: where it starts, how much it prints, and how keys and values are written. */
import { cp, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordLine } from '../../../electron/cli/record-formats';
import { records } from '../../../electron/cli/records';
import { BatchWriter } from '../../../electron/engine/format/record-batch-writer';
import { PrintedRecordSchema } from '../../../shared/inspection';
import { fakeTerminal } from '../../support/fake-terminal';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { BATCH_SIZE, segmentFile, writeLog } from '../../support/one-record-log';

const searched = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/codec-gzip-0')!.directory.path;

let log: string;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  log = join(folder, 'orders-0');
  await writeLog(log, [10, 14], 18);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const status = await records.run([...args, '--json'], terminal);
  const rows = terminal
    .output()
    .split('\n')
    .filter(Boolean)
    .map((line) => PrintedRecordSchema.parse(JSON.parse(line)));
  return { status, offsets: rows.map(({ offset }) => offset), rows, errors: terminal.errors() };
}

async function writeRecords(
  directory: string,
  contents: readonly (readonly [key: Buffer | null, value: string | null])[],
) {
  await mkdir(directory);
  const writer = new BatchWriter(64 * 1024);
  writer.start({ baseOffset: 0, partitionLeaderEpoch: 0, codec: 'none' });
  for (const [key, value] of contents)
    writer.add({ timestampMs: 1_700_000_000_000, key, value: value === null ? null : Buffer.from(value) });
  writer.finish();
  await writeFile(join(directory, segmentFile(0)), writer.bytes.subarray(0, writer.end));
}

describe('records', () => {
  it('prints all records in offset order, across segments', async () => {
    const { status, offsets, rows } = await run(log);
    expect(status).toBe(0);
    expect(offsets).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
    expect(rows[4]).toMatchObject({
      log: 'orders-0',
      keyText: 'k',
      valueText: 'v',
      segmentBaseOffset: 14,
      position: 0,
    });
  });

  it('starts at an offset and stops at a limit', async () => {
    expect((await run(log, '--from-offset', '13', '--limit', '2')).offsets).toEqual([13, 14]);
    expect((await run(log, '--from-offset', '0', '--limit', '1')).offsets).toEqual([10]);
    expect((await run(log, '--from-offset', '18')).offsets).toEqual([]);
  });

  it('starts at a time', async () => {
    expect((await run(log, '--from-time', '0')).offsets).toHaveLength(8);
    expect((await run(log, '--from-time', '1970-01-01T00:00:00.001Z')).offsets).toEqual([]);
  });

  it('keeps the records of a key', async () => {
    expect((await run(log, '--key', 'k', '--limit', '1')).offsets).toEqual([10]);
    expect((await run(log, '--key', 'K')).offsets).toEqual([]);
  });

  it('reads a data directory log by log', async () => {
    await writeLog(join(folder, 'orders-1'), [0], 1);
    const { rows } = await run(folder, '--from-offset', '0', '--limit', '9');
    expect(rows.map(({ log: name, offset }) => `${name}:${offset}`).at(-1)).toBe('orders-1:0');
  });

  it('says where the log ends before the offset asked for', async () => {
    const behind = await run(log, '--from-offset', '18');
    expect([behind.status, behind.offsets]).toEqual([0, []]);
    expect(behind.errors).toBe('orders-0 ends at offset 18: there is no record from 18 on.\n');
    expect((await run(log, '--from-offset', '17')).errors).toBe('');
    expect((await run(log, '--from-offset', '17', '--key', 'other')).errors).toBe('');
  });

  it('reads on behind damage and says so', async () => {
    const file = await open(join(log, segmentFile(10)), 'r+');
    await file.write(Uint8Array.of(0xff), 0, 1, BATCH_SIZE + 68);
    await file.close();
    const { status, offsets, errors } = await run(log, '--limit', '3');
    expect(offsets).toEqual([10, 12, 13]);
    expect(status).toBe(1);
    expect(errors).toContain('batch-crc-mismatch');
  });

  it('prints what a search finds, in the places asked for, of a key or from an offset on', async () => {
    const offsetsOf = async (...args: string[]) => (await run(searched, ...args)).offsets;
    expect(await offsetsOf('--regex', '^value 8[68] ')).toEqual([86, 88]);
    expect(await offsetsOf('--text', 'VALUE 12 ')).toEqual([]);
    expect(await offsetsOf('--text', 'VALUE 12 ', '--ignore-case')).toEqual([12]);
    expect(await offsetsOf('--text', 'VALUE 12 ', '--ignore-case', '--in', 'key,headers')).toEqual([]);
    expect(await offsetsOf('--bytes', '76 61 6c 75 65 20 38 38')).toEqual([88]);
    expect(await offsetsOf('--text', 'größe', '--in', 'headers', '--limit', '1')).toEqual([2]);
    expect(await offsetsOf('--regex', '^value 8', '--from-offset', '88')).toEqual([88, 89]);
    const [first] = (await run(searched, '--limit', '1')).rows;
    expect(await offsetsOf('--text', 'value', '--key', first!.keyText!)).toContain(first!.offset);
  });

  it('says where an expression comes to no end, with what it found before, status 1, and no name that moves the cursor', async () => {
    const named = join(folder, 'or\u001b[2Jders-0');
    await cp(searched, named, { recursive: true });
    const { status, offsets, errors } = await run(named, '--regex', '^value 8 |^(?=value 12 )(.+)+#$');
    expect([status, offsets]).toEqual([1, [8]]);
    expect(errors).toContain('search of or\\u001b[2Jders-0 stopped at offset 12');
    expect(errors).toContain('--from-offset 13');
  });

  it('prints keys and values in the format asked for, and as without it where they are none of it', async () => {
    const formatted = join(folder, 'formatted-0');
    await writeRecords(formatted, [
      [Buffer.from('ffffffffffffff9c', 'hex'), '{ "id": 9007199254740993,\n "note": "a  b" }'],
      [Buffer.from('000102030405060708090a0b0c0d0eff', 'hex'), 'no JSON \u001b[2J'],
      [Buffer.from('order-1'), null],
    ]);
    const text = async (...args: string[]) => {
      const terminal = fakeTerminal();
      expect(await records.run([formatted, ...args], terminal)).toBe(0);
      return terminal.output().replaceAll(/^.*Z\t/gm, '');
    };
    expect(await text('--key-format', 'integer', '--value-format', 'json')).toBe(
      '-100\t{"id":9007199254740993,"note":"a  b"}\n' +
        'base64:AAECAwQFBgcICQoLDA0O/w==\tno JSON \\u001b[2J\norder-1\t(null)\n',
    );
    expect(await text('--key-format', 'UUID', '--value-format', 'hex', '--from-offset', '1')).toBe(
      '00010203-0405-0607-0809-0a0b0c0d0eff\t6e 6f 20 4a 53 4f 4e 20 1b 5b 32 4a\norder-1\t(null)\n',
    );
    expect(await text('--value-format', 'text', '--from-offset', '1', '--limit', '1')).toContain(
      'no JSON \\u001b[2J',
    );
    expect(await text('--key-format', 'base64', '--from-offset', '2')).toBe('b3JkZXItMQ==\t(null)\n');
  });

  it('adds what was asked for to --json: JSON as it stands, all else as a string', async () => {
    const formatted = join(folder, 'formatted-0');
    await writeRecords(formatted, [
      [Buffer.from('0000002a', 'hex'), '{"id":9007199254740993}'],
      [null, 'plain'],
    ]);
    const terminal = fakeTerminal();
    const options = ['--json', '--key-format', 'integer', '--value-format', 'json'];
    await records.run([formatted, ...options], terminal);
    expect(terminal.output()).toContain('"key":"42","value":{"id":9007199254740993}}\n');
    const { rows } = await run(formatted, ...options);
    expect(rows[0]).toMatchObject({ key: '42', valueText: '{"id":9007199254740993}' });
    expect(rows[1]).toMatchObject({ key: null, value: null, valueText: 'plain' });
    expect((await run(formatted)).rows[0]).not.toHaveProperty('key');
  });

  it.each([
    ['text', 'codec-gzip-0', [19, 0]],
    ['binary', 'binary-values-0', [0, 20]],
  ])('writes the bytes that Kafka wrote as hexadecimal digits: %s', async (_what, name, counts) => {
    const { directory } = kafkaFixtures().find(({ id }) => id === `4.4.0/data-directory/${name}`)!;
    const { rows } = await run(directory.path, '--value-format', 'hex', '--limit', '20');
    expect(rows.length).toBe(20);
    const texts = rows.filter(({ valueText }) => typeof valueText === 'string');
    expect([texts.length, rows.filter(({ valueBase64 }) => valueBase64 !== undefined).length]).toEqual(
      counts,
    );
    for (const { value, valueText, valueBase64 } of rows) {
      const bytes =
        valueBase64 === undefined ? Buffer.from(valueText ?? '') : Buffer.from(valueBase64, 'base64');
      expect(value).toBe(valueText === null ? null : bytes.toString('hex').replaceAll(/(..)(?=.)/g, '$1 '));
    }
  });

  it('takes the key as --key-format writes keys, an integer of any size', async () => {
    const formatted = join(folder, 'formatted-0');
    const uuid = '00010203-0405-0607-0809-0a0b0c0d0eff';
    const keys = [
      '0000002a',
      '000000000000002a',
      '2a',
      '002a',
      'ffffff9c',
      '00002a',
      uuid.replaceAll('-', ''),
    ];
    const json = ['{"a": 1, "b": "x y"}', '{"a":1,"b":"x y"}', '{"b":"x y","a":1}', '"\ufffd"'];
    await writeRecords(formatted, [
      ...keys.map((key) => [Buffer.from(key, 'hex'), 'v'] as const),
      ...json.map((key) => [Buffer.from(key), 'v'] as const),
      [null, 'v'],
      [Buffer.from('22ff22', 'hex'), 'v'],
      [Buffer.alloc(0), 'v'],
    ]);
    const offsetsOf = async (format: string, key: string) =>
      (await run(formatted, '--key-format', format, `--key=${key}`)).offsets;
    expect(await offsetsOf('integer', '42')).toEqual([0, 1, 2, 3]);
    expect(await offsetsOf('integer', '+0042')).toEqual([0, 1, 2, 3]);
    expect(await offsetsOf('integer', '-100')).toEqual([4]);
    expect(await offsetsOf('integer', `${2n ** 63n - 1n}`)).toEqual([]);
    expect(await offsetsOf('hex', '00 2A')).toEqual([3]);
    expect(await offsetsOf('hex', '')).toEqual([13]);
    expect(await offsetsOf('base64', 'ACo=')).toEqual([3]);
    expect(await offsetsOf('base64', 'ACo')).toEqual([3]);
    expect(await offsetsOf('uuid', uuid.toUpperCase())).toEqual([6]);
    expect(await offsetsOf('json', '{ "a":1,\n"b":"x y"}')).toEqual([7, 8]);
    expect(await offsetsOf('json', '"\ufffd"')).toEqual([10]);
    expect(await offsetsOf('text', '*')).toEqual([2]);
    // What is printed finds its record again.
    for (const format of ['hex', 'base64', 'uuid', 'integer', 'json']) {
      const { rows } = await run(formatted, '--key-format', format);
      for (const { key, offset } of rows) {
        if (key === null || key === undefined) continue;
        const text = format === 'json' ? JSON.stringify(key) : String(key);
        expect(await offsetsOf(format, text)).toContain(offset);
      }
    }
  });

  it('makes no line where it is longer than a string can be, and hides no other error', async () => {
    const [row] = (await run(log)).rows;
    const formats = { key: null, value: null };
    const failing = (error: Error) => ({
      ...row!,
      get valueText(): string {
        throw error; // as a string of 2^29 characters does, which takes seconds to make
      },
    });
    expect(recordLine(failing(new RangeError('Invalid string length')), formats, false)).toBe(null);
    const deep = new RangeError('Maximum call stack size exceeded');
    expect(() => recordLine(failing(deep), formats, false)).toThrow(deep);
    expect(() => recordLine(failing(new TypeError('wrong')), formats, false)).toThrow('wrong');
    expect(recordLine(row!, formats, true)).toContain('"valueText":"v"');
  });

  it('writes long lines one by one, since together they can be more than a string holds', async () => {
    const formatted = join(folder, 'formatted-0');
    await writeRecords(
      formatted,
      [...'abc'].map((letter) => [null, letter.repeat(400_000)]),
    );
    const writes: string[] = [];
    const out = async (text: string) => void writes.push(text);
    await records.run([formatted, '--value-format', 'hex'], { ...fakeTerminal(), out });
    expect(writes.map((text) => [text.length > 1_200_000, text.at(-2), text.split('\n').length])).toEqual([
      [true, '1', 2],
      [true, '2', 2],
      [true, '3', 2],
    ]);
  });

  it('adds numbers, truth values and long documents to --json as the JSON they are', async () => {
    const formatted = join(folder, 'formatted-0');
    const long = ['a', 'b'].map((letter) => letter.repeat(600_000));
    await writeRecords(formatted, [
      [null, '42'],
      [null, ' true '],
      [null, '-1.5e3'],
      [null, JSON.stringify(long, null, 1)],
    ]);
    const { rows } = await run(formatted, '--value-format', 'json');
    expect(rows.map(({ value }) => value)).toEqual([42, true, -1500, long]);
  });

  it.each([
    [['--key-format', 'avro'], '--key-format takes text, json, hex, base64, integer, uuid, not avro.'],
    [['--key-format', 'integer', '--key', '4.2'], '--key takes a whole number of at most 8 bytes with'],
    [['--key-format', 'integer', '--key', '9223372036854775808'], 'at most 8 bytes'],
    [['--key-format', 'hex', '--key', '0'], '--key takes pairs of hexadecimal digits with'],
    [['--key-format', 'base64', '--key', '!'], '--key takes base64 with --key-format base64, not !.'],
    [['--key-format', 'uuid', '--key', 'a'], '--key takes a UUID such as'],
    [['--key-format', 'json', '--key', 'a'], '--key takes JSON with --key-format json, not a.'],
    [['--value-format', ''], '--value-format is empty'],
    [['--text', 'a', '--regex', 'a'], '--text and --regex exclude'],
    [['--in', 'key'], '--in goes with'],
    [['--ignore-case'], '--ignore-case goes with'],
    [['--text', 'a', '--in', 'values'], 'not values'],
    [['--regex', '('], 'Unterminated group'],
    [['--bytes', 'abc'], 'pairs of hexadecimal digits'],
    [['--text', ''], 'empty'],
  ])('refuses %j', async (args, message) => {
    await expect(records.run([log, ...args], fakeTerminal())).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['--limit', '0'],
    ['--limit', 'many'],
    ['--from-offset', '-1'],
    ['--from-time', 'yesterday'],
  ])('refuses %s %s', async (option, value) => {
    await expect(records.run([log, option, value], fakeTerminal())).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

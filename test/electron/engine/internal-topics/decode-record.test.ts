/** Records of Kafka's own topics as Kafka 2.8, 3.9 and 4.4 wrote them: all of them decode, into what their makers meant. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../../electron/engine/file-system';
import { readRecords } from '../../../../electron/engine/inspect/read-records';
import { recordRow } from '../../../../electron/engine/inspect/record-row';
import { type DecodedRecord, decodeRecord } from '../../../../electron/engine/internal-topics/decode-record';
import { type KafkaFixture, kafkaFixtures } from '../../../support/kafka-fixtures';

const INTERNAL = kafkaFixtures().filter(({ name }) => name.startsWith('__'));

async function decodedOf({ directory }: KafkaFixture): Promise<DecodedRecord[]> {
  const decoded: DecodedRecord[] = [];
  for await (const batch of readRecords(fs, directory.path, {}))
    for (const record of batch.records) {
      const row = recordRow(batch, record, { log: directory.name, transactionState: null });
      expect(row.decoded === undefined).toBe(row.isControl);
      if (row.decoded !== undefined) decoded.push(row.decoded);
    }
  return decoded;
}

async function allOf(version: string, topic: string): Promise<DecodedRecord[]> {
  const logs = INTERNAL.filter(({ id }) => id.startsWith(`${version}/data-directory/${topic}-`));
  return (await Promise.all(logs.map(decodedOf))).flat();
}

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('decodeRecord', () => {
  it('decodes every record of the internal topics, with nothing left over', async () => {
    let count = 0;
    for (const fixture of INTERNAL) {
      const decoded = await decodedOf(fixture);
      count += decoded.length;
      expect([fixture.id, decoded.length]).toEqual([fixture.id, fixture.recordCount.data]);
      expect([fixture.id, decoded.filter(({ name, flaw }) => name === null || flaw !== null)]).toEqual([
        fixture.id,
        [],
      ]);
    }
    expect(count).toBeGreaterThan(900);
  });

  it('reads what groups committed, in the value versions that each Kafka writes', async () => {
    for (const [version, valueVersion] of [
      ['2.8.2', 3],
      ['3.9.2', 3],
      ['4.4.0', 4],
    ] as const) {
      const commits = (await allOf(version, '__consumer_offsets')).filter(
        ({ name }) => name === 'OffsetCommit',
      );
      expect(commits.length).toBeGreaterThan(10);
      expect(commits.find(({ key }) => key!['group'] === 'compacted-transactions-group')).toMatchObject({
        ...{ type: 1, version: valueVersion },
        key: { topic: 'compacted-transactions', partition: 0 },
        value: { offset: 10, metadata: '' },
      });
    }
  });

  it('reads groups of both protocols, and deletions without a value', async () => {
    const records = await allOf('4.4.0', '__consumer_offsets');
    const classic = records.filter(({ name }) => name === 'GroupMetadata').map(({ value }) => value);
    expect(classic).toContainEqual(expect.objectContaining({ protocolType: 'consumer', protocol: 'range' }));
    const members = classic.flatMap((value) => value!['members']);
    expect(members).toContainEqual(
      expect.objectContaining({ groupInstanceId: 'instance-1', clientHost: '/127.0.0.1' }),
    );
    const member = records.find(
      ({ name, value }) => name === 'ConsumerGroupMemberMetadata' && value !== null,
    )!;
    expect(member.value).toMatchObject({ clientHost: '/127.0.0.1', subscribedTopicNames: ['codec-none'] });
    // 8687819994058115623 does not fit 2^53.
    const group = records.find(({ name }) => name === 'ConsumerGroupMetadata')!;
    expect(group.value!['metadataHash']).toBe('8687819994058115623');
    expect(records.filter(({ value, flaw }) => value === null && flaw === null)).toHaveLength(3);
  });

  it('reads transactions and the cluster’s topics with their settings', async () => {
    const transactions = await allOf('4.4.0', '__transaction_state');
    expect(new Set(transactions.map(({ value }) => value!['transactionStatus']))).toContain(5);
    const metadata = await allOf('4.4.0', '__cluster_metadata');
    const settings = metadata.filter(({ name }) => name === 'Config').map(({ value }) => value);
    expect(settings).toContainEqual({
      ...{ resourceType: 2, resourceName: 'codec-none', name: 'index.interval.bytes', value: '300' },
    });
    expect(metadata.filter(({ name }) => name === 'Partition')[0]!.value).toMatchObject({ isr: [1] });
  });

  it('names what it does not know, and keeps what it could read', () => {
    const unknown = decodeRecord('__consumer_offsets', { key: bytesOf('03e7'), value: bytesOf('00') });
    expect(unknown).toMatchObject({ name: null, type: 999, flaw: 'type 999 is not known' });
    const later = decodeRecord('__consumer_offsets', {
      key: bytesOf('0001 0001 67 0001 74 00000005'),
      value: bytesOf('0009'),
    });
    expect(later).toEqual({
      ...{ name: 'OffsetCommit', type: 1, version: 9, value: null },
      key: { group: 'g', topic: 't', partition: 5 },
      flaw: 'version 9 of OffsetCommit is not known',
    });
    expect(decodeRecord('__cluster_metadata', { key: null, value: bytesOf('01 14 00 00 00') })).toMatchObject(
      {
        ...{ name: 'NoOp', value: null, flaw: '1 bytes are left behind NoOp' },
      },
    );
    expect(decodeRecord('__cluster_metadata', { key: null, value: bytesOf('00') })!.flaw).toContain('frame');
    expect(decodeRecord('orders', { key: null, value: bytesOf('00') })).toBeNull();
  });

  it('keeps integers exact that do not fit 2^53', () => {
    const value = bytesOf(`0000 7fffffffffffffff 0000 ${'00'.repeat(7)}05`);
    const { value: read } = decodeRecord('__consumer_offsets', {
      key: bytesOf('0000 0001 67 0001 74 00000000'),
      value,
    })!;
    expect(read).toEqual({ offset: '9223372036854775807', metadata: '', commitTimestamp: 5 });
  });

  it('never fails, whatever the bytes are', () => {
    const topics = ['__consumer_offsets', '__transaction_state', '__share_group_state'];
    const all = [...topics, '__cluster_metadata', '__remote_log_metadata'];
    const bytes = fc.option(fc.uint8Array({ maxLength: 60 }));
    const typed = fc
      .tuple(fc.integer({ min: 0, max: 30 }), fc.uint8Array({ maxLength: 50 }))
      .map(([type, rest]) => Uint8Array.of(0, type, ...rest));
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.oneof(bytes, typed),
        fc.oneof(bytes, typed),
        (topic, key, value) => {
          const decoded = decodeRecord(topic, { key, value })!;
          expect(decoded.flaw !== null || decoded.name !== null).toBe(true);
          expect(() => JSON.stringify(decoded)).not.toThrow();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

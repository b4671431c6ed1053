/** The files of one segment, found without a look at all of a directory where their names tell. */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem } from '../../../../electron/engine/file-system';
import { findSegment, listSegmentFiles } from '../../../../electron/engine/inspect/list-segment-files';
import { listLogFiles } from '../../../../electron/engine/inspect/log-files';
import { oldRecords, writeOldSegment } from '../../../support/original-log';

const FIXTURE = join(import.meta.dirname, '../../../fixtures/kafka/4.4.0/data-directory/codec-none-0');
const folder = mkdtempSync(join(tmpdir(), 'strata-segment-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the disk, without a way to list. */
const unlisted = {
  ...nodeReadingFileSystem,
  list: () => Promise.reject(new Error('the directory was listed')),
};

describe('findSegment', () => {
  it('finds each segment of a log by its names, as the listing has it', async () => {
    const { segments } = await listLogFiles(nodeReadingFileSystem, FIXTURE);
    expect(segments.length).toBe(5);
    for (const segment of segments)
      expect(await findSegment(unlisted, FIXTURE, segment.baseOffset)).toEqual(segment);
  });

  it('finds a segment with another name by the listing', async () => {
    const directory = join(folder, 'short-0');
    cpSync(FIXTURE, directory, { recursive: true });
    renameSync(join(directory, '00000000000000000018.log'), join(directory, '18.log'));
    const { log } = await findSegment(nodeReadingFileSystem, directory, 18);
    expect(log.name).toBe('18.log');
    await expect(findSegment(nodeReadingFileSystem, directory, 19)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

/** That the listing, and nothing less, tells of each segment of a directory. */
async function expectListed(directory: string): Promise<void> {
  const { segments } = await listLogFiles(nodeReadingFileSystem, directory);
  expect(segments.length).toBeGreaterThan(0);
  for (const segment of segments) {
    expect(await findSegment(nodeReadingFileSystem, directory, segment.baseOffset)).toEqual(segment);
    await expect(findSegment(unlisted, directory, segment.baseOffset)).rejects.toThrow('was listed');
  }
}

describe('findSegment by the listing', () => {
  it('finds a segment without a time index', async () => {
    const directory = join(folder, 'no-time-index-0');
    cpSync(FIXTURE, directory, { recursive: true });
    for (const name of readdirSync(directory)) if (name.endsWith('.timeindex')) rmSync(join(directory, name));
    await expectListed(directory);
  });

  it('finds those of the original format, an empty one too, which only the others tell from one of Kafka', async () => {
    const directory = join(folder, 'original');
    writeOldSegment(directory, 0, oldRecords(20));
    writeOldSegment(directory, 20, []);
    await expectListed(directory);
    expect((await findSegment(nodeReadingFileSystem, directory, 20)).logManager).toEqual({
      position: 0,
      offset: 20,
    });
  });
});

describe('listSegmentFiles', () => {
  it('has the snapshot that is named after the segment, too', async () => {
    const files = await listSegmentFiles(unlisted, FIXTURE, 18);
    expect(files.map(({ name }) => name.slice(21))).toEqual(['index', 'log', 'snapshot', 'timeindex']);
  });
});

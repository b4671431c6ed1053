/** The bars of the bytes: both on one scale, each as long as what it stands for. */
import { describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { readStatistics } from '../../electron/engine/inspect/read-statistics';
import { byteBars } from '../../shared/byte-bars';
import { kafkaFixtures } from '../support/kafka-fixtures';

describe('byteBars', () => {
  it.each(kafkaFixtures().map(({ id, directory }) => [id, directory] as const))(
    'makes the parts of both bars add up: %s',
    async (_id, directory) => {
      const statistics = await readStatistics(fs, directory, { segmentBaseOffset: null });
      const { content, contentBytes, stored, storedBytes, savedShare } = byteBars(statistics);
      const sum = (parts: typeof content) => parts.reduce((total, part) => total + part.sizeInBytes, 0);
      const share = (parts: typeof content) => parts.reduce((total, part) => total + part.share, 0);
      expect(sum(content)).toBe(contentBytes);
      expect(sum(stored)).toBe(storedBytes);
      expect(Math.max(share(content), share(stored))).toBeCloseTo(1);
      expect(storedBytes).toBe(contentBytes - Math.round(savedShare * contentBytes));
    },
  );
});

/** Logs of Kafka with damage planted in them: verify names each kind with its place, and reads on behind it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspect, verify } from '../../../electron/cli/inspect';
import { nodeReadingFileSystem, type ReadingFileSystem } from '../../../electron/engine/file-system';
import { inspectLog } from '../../../electron/engine/inspect/inspect-log';
import { AppError } from '../../../shared/errors';
import { type Inspection, InspectionSchema } from '../../../shared/inspection';
import { PROBLEM_KINDS } from '../../../shared/problem';
import { fakeTerminal } from '../../support/fake-terminal';
import { type KafkaFixture, kafkaFixtures } from '../../support/kafka-fixtures';
import { batchesOf, PLANTS } from '../../support/planted-damage';

const FIXTURES = kafkaFixtures();
const NOW_MS = Date.UTC(2027, 0, 1);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-damage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function copyOf(name: string): { path: string; fixture: KafkaFixture } {
  const fixture = FIXTURES.find(({ id }) => id === `4.4.0/data-directory/${name}`)!;
  const path = join(folder, name);
  cpSync(fixture.directory.path, path, { recursive: true });
  return { path, fixture };
}

async function run(
  command: typeof verify,
  path: string,
): Promise<{ status: number; inspection: Inspection }> {
  const terminal = fakeTerminal({ nowMs: NOW_MS });
  const status = await command.run([path, '--json'], terminal);
  return { status, inspection: InspectionSchema.parse(JSON.parse(terminal.output())) };
}

describe('verify', () => {
  for (const { code, log = 'codec-none-0', plant } of PLANTS) {
    it(`names ${code} at its place`, async () => {
      const { path, fixture } = copyOf(log);
      expect((await run(verify, path)).status).toBe(0);
      const place = plant(path, fixture);
      const { status, inspection } = await run(verify, path);
      const problems = inspection.logs[0]!.problems;
      expect(problems.map((problem) => problem.code)).toContain(code);
      const found = problems.filter((problem) => problem.code === code);
      expect(found.map(({ file }) => file)).toContain(place.file);
      if (place.position !== undefined)
        expect(found.map(({ position }) => position)).toContain(place.position);
      expect(status).toBe(PROBLEM_KINDS[code].severity === 'info' ? 0 : 1);
    });
  }

  it('names a log whose directory is gone when its turn comes, and goes on with the next', async () => {
    const before = copyOf('codec-none-0');
    copyOf('empty-0');
    const terminal = {
      ...fakeTerminal(),
      now() {
        rmSync(before.path, { recursive: true, force: true });
        return NOW_MS;
      },
    };
    expect(await verify.run([folder, '--json'], terminal)).toBe(1);
    const { logs } = InspectionSchema.parse(JSON.parse(terminal.output()));
    expect(logs.map(({ name, problems }) => `${name} ${problems.map(({ code }) => code)}`)).toEqual([
      'codec-none-0 log-unreadable',
      'empty-0 ',
    ]);
  });

  it('names a segment that the disk does not give, and reads the others', async () => {
    const { path, fixture } = copyOf('codec-none-0');
    const broken: ReadingFileSystem = {
      ...nodeReadingFileSystem,
      openForReading: (file) =>
        file.endsWith('00018.log')
          ? Promise.reject(new AppError('STORAGE_FAILED', 'EIO: i/o error', { path: file }))
          : nodeReadingFileSystem.openForReading(file),
    };
    const log = { ...fixture.directory, path };
    const { problems, recordCount } = await inspectLog(broken, log, { depth: 'records', nowMs: NOW_MS });
    expect(problems.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'segment-unreadable 00000000000000000018.log',
    ]);
    expect(recordCount).toBe(72);
  });

  it('is tried with every kind of problem', () => {
    const planted = new Set<string>(PLANTS.map(({ code }) => code));
    expect(Object.keys(PROBLEM_KINDS).filter((code) => !planted.has(code))).toEqual([
      'log-unreadable', // above
      'segment-unreadable',
      'directory-not-topic-partition', // startup.test.ts
      'directory-partition-twice',
      'directory-future-beside-current',
    ]);
  });

  it('finds any flipped bit of a batch that the CRC covers, and loses no other record', async () => {
    const { path, fixture } = copyOf('codec-zstd-0');
    const places = batchesOf(fixture);
    const total = places.reduce((sum, { batch }) => sum + batch.offsets.length, 0);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(places.length - 1),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(7),
        async (index, share, bit) => {
          const { file, batch } = places[index]!;
          const original = readFileSync(join(path, file));
          const bytes = Buffer.from(original);
          const CRC_POSITION = 17;
          const at = batch.position + CRC_POSITION + Math.floor(share * (batch.sizeInBytes - CRC_POSITION));
          bytes[at]! ^= 1 << bit;
          writeFileSync(join(path, file), bytes);
          const { inspection } = await run(verify, path);
          writeFileSync(join(path, file), original);
          const { problems, recordCount } = inspection.logs[0]!;
          expect(problems.some(({ position }) => position === batch.position)).toBe(true);
          expect(recordCount).toBe(total - batch.offsets.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends on every truncation of a segment, and accounts for every byte', async () => {
    const { path, fixture } = copyOf('codec-none-0');
    const { file, batch } = batchesOf(fixture).at(-1)!;
    const original = readFileSync(join(path, file));
    for (let size = batch.position; size < original.length; size += 7) {
      writeFileSync(join(path, file), original.subarray(0, size));
      const { status, inspection } = await run(verify, path);
      const tail = inspection.logs[0]!.problems.find(({ code }) => code === 'segment-torn-tail');
      if (size === batch.position) expect(status).toBe(inspection.logs[0]!.problems.length === 0 ? 0 : 1);
      else expect(tail).toMatchObject({ file, position: batch.position, sizeInBytes: size - batch.position });
    }
  });
});

describe('inspect', () => {
  it('never fails on damage: the log is shown with what is left of it', async () => {
    for (const { log = 'codec-none-0', plant } of PLANTS) {
      const { path, fixture } = copyOf(log);
      plant(path, fixture);
      const { inspection } = await run(inspect, path);
      expect(inspection.logs[0]!.segments.length).toBeGreaterThan(0);
      rmSync(path, { recursive: true });
    }
  });
});

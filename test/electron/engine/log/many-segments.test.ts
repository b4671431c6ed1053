/** 5,000 segments under a limit of 256 descriptors, in a real process on a real disk. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../../../support/bundle-worker';
import { writeManySegments } from '../../../support/many-segments';

const SEGMENTS = 5000;
const DESCRIPTORS_MAX = 256;
const scratch = mkdtempSync(join(tmpdir(), 'strata-many-segments-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const isLinux = process.platform === 'linux';
if (!isLinux)
  console.log(`not run: ${SEGMENTS} segments under a limit (needs /proc, this is ${process.platform})`);

describe.skipIf(!isLinux)('a log of 5,000 segments', () => {
  it('is read by 400 readers at once, and written, under a limit of 256 descriptors', async () => {
    const program = fileURLToPath(await bundleWorker('test/support/many-segments-worker.ts'));
    const directory = join(scratch, 'orders-0');
    writeManySegments(directory, SEGMENTS);
    const command = `ulimit -n ${DESCRIPTORS_MAX}; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, program, directory, String(SEGMENTS)];
    const { status, stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    console.log(`${SEGMENTS} segments, limit ${DESCRIPTORS_MAX}: ${stdout.trim()} descriptors at most`);
    expect(Number(stdout)).toBeGreaterThan(100);
  });
});

/**
 * One file out of a .tgz, and the check that the .tgz is the one expected. Knows as much of tar as npm writes:
 * plain headers, sizes in octal; no links, no long names.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const BLOCK_BYTES = 512;
const NAME = { start: 0, end: 100 };
const SIZE = { start: 124, end: 136 };

/**
 * @param {{ archive: string, integrity: string, entry: string, target: string }} request
 *   `integrity` as in a lock file: `sha512-` and base64.
 */
export async function extractTarEntry({ archive, integrity, entry, target }) {
  const hash = createHash('sha512');
  const output = await open(target, 'wx');
  const source = createReadStream(archive);
  source.on('data', (chunk) => hash.update(chunk));
  let isFound = false;
  try {
    await pipeline(source, createGunzip(), async (chunks) => {
      for await (const [name, bytes] of tarContent(chunks)) {
        if (name !== entry) continue;
        isFound = true;
        await output.writeFile(bytes);
      }
    });
  } finally {
    await output.close();
  }
  const actual = `sha512-${hash.digest('base64')}`;
  if (actual !== integrity) throw new Error(`${archive} is not what it should be: ${actual}`);
  if (!isFound) throw new Error(`${archive} has no ${entry}`);
}

/** Yields [name, bytes] for each piece of each file, in order. */
async function* tarContent(chunks) {
  let pending = Buffer.alloc(0);
  let name = '';
  let left = 0;
  let padding = 0;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length > 0) {
      if (left > 0) {
        const piece = pending.subarray(0, left);
        yield [name, piece];
        left -= piece.length;
        pending = pending.subarray(piece.length);
      } else if (padding > 0) {
        const skipped = Math.min(padding, pending.length);
        padding -= skipped;
        pending = pending.subarray(skipped);
      } else {
        if (pending.length < BLOCK_BYTES) break;
        name = text(pending, NAME);
        left = Number.parseInt(text(pending, SIZE) || '0', 8);
        padding = (BLOCK_BYTES - (left % BLOCK_BYTES)) % BLOCK_BYTES;
        pending = pending.subarray(BLOCK_BYTES);
      }
    }
  }
}

function text(header, { start, end }) {
  return header.toString('latin1', start, end).split('\0')[0].trim();
}

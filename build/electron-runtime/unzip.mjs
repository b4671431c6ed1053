/**
 * Unpacks chosen files of a .zip with nothing but node:zlib. Knows stored and deflated files below 4 GiB with
 * Unix modes; refuses the rest (zip64, encryption, links).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_MARK = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const MODE_SHIFT = 16;
const PERMISSION_BITS = 0o777;
const DEFAULT_MODE = 0o644;

/**
 * @param {{ archive: string, directory: string, rename: (name: string) => string | null }} request
 *   `rename` gives a file's path below `directory`, or null to leave it out.
 * @returns {Promise<number>} files written
 */
export async function unzip({ archive, directory, rename }) {
  const file = await open(archive);
  let count = 0;
  try {
    for (const entry of await readEntries(file)) {
      const path = entry.name.endsWith('/') ? null : rename(entry.name);
      if (path === null) continue;
      await extract(file, archive, entry, inside(directory, path));
      count++;
    }
  } finally {
    await file.close();
  }
  return count;
}

function inside(directory, path) {
  const clean = normalize(path);
  if (clean.startsWith('..') || clean.startsWith(sep)) throw new Error(`unsafe path in archive: ${path}`);
  return join(directory, clean);
}

async function readAt(file, length, position) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function readEntries(file) {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + COMMENT_BYTES_MAX);
  const tail = await readAt(file, tailBytes, size - tailBytes);
  const end = findEnd(tail);
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16));
  const entries = [];
  for (let at = 0; entries.length < count; ) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error('damaged zip directory');
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      mode: (directory.readUInt32LE(at + 38) >>> MODE_SHIFT) & PERMISSION_BITS,
      position: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
    });
    at += ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(tail) {
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === END_SIGNATURE) return at;
  throw new Error('not a zip file');
}

async function extract(file, archive, entry, target) {
  if (entry.position === ZIP64_MARK || entry.bytes === ZIP64_MARK) throw new Error('zip64 is not supported');
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw new Error(`unknown zip method ${entry.method}`);
  const local = await readAt(file, LOCAL_BYTES, entry.position);
  if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new Error('damaged zip entry');
  const start = entry.position + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  await mkdir(dirname(target), { recursive: true });
  const output = createWriteStream(target, { flags: 'wx' });
  if (entry.compressedBytes === 0) await pipeline([], output);
  else {
    const source = createReadStream(archive, { start, end: start + entry.compressedBytes - 1 });
    await (entry.method === STORED ? pipeline(source, output) : pipeline(source, createInflateRaw(), output));
  }
  if (output.bytesWritten !== entry.bytes) throw new Error(`${entry.name} has a wrong size in ${archive}`);
  await chmod(target, entry.mode || DEFAULT_MODE);
}

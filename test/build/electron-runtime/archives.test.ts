/** Unpacking, against archives drawn here byte by byte after the formats' own descriptions. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractTarEntry } from '../../../build/electron-runtime/tar-entry.mjs';
import { unzip } from '../../../build/electron-runtime/unzip.mjs';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strata-archives-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface ZipFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly isDeflated: boolean;
}

/** Local headers and contents, then the central directory, then its end. */
function zipOf(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let position = 0;
  for (const { name, bytes, mode, isDeflated } of files) {
    const content = isDeflated ? deflateRawSync(bytes) : bytes;
    const method = isDeflated ? 8 : 0;
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE((mode << 16) >>> 0, 38);
    entry.writeUInt32LE(position, 42);
    entry.write(name, 46);
    locals.push(local, content);
    entries.push(entry);
    position += local.length + content.length;
  }
  const central = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...locals, central, end]);
}

describe('unzip', () => {
  const program = {
    name: 'App/bin/run',
    bytes: Buffer.from('run '.repeat(99)),
    mode: 0o755,
    isDeflated: true,
  };
  const text = { name: 'App/notes.txt', bytes: Buffer.from('notes'), mode: 0, isDeflated: false };
  const nothing = { name: 'App/empty', bytes: Buffer.alloc(0), mode: 0o600, isDeflated: false };

  async function unpack(files: readonly ZipFile[], rename: (name: string) => string | null) {
    const archive = join(directory, 'a.zip');
    writeFileSync(archive, zipOf(files));
    return unzip({ archive, directory: join(directory, 'out'), rename });
  }

  it('writes stored, deflated and empty files with their modes', async () => {
    expect(await unpack([program, text, nothing], (name) => name.slice('App/'.length))).toBe(3);
    expect(readFileSync(join(directory, 'out/bin/run'))).toEqual(program.bytes);
    expect(statSync(join(directory, 'out/bin/run')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(directory, 'out/notes.txt'), 'utf8')).toBe('notes');
    expect(statSync(join(directory, 'out/notes.txt')).mode & 0o777).toBe(0o644);
    expect(statSync(join(directory, 'out/empty')).size).toBe(0);
  });

  it('leaves out what the caller does not want', async () => {
    expect(await unpack([program, text], (name) => (name === text.name ? 'kept' : null))).toBe(1);
  });

  it('refuses a path out of the directory', async () => {
    await expect(unpack([text], () => '../outside')).rejects.toThrow(/unsafe path/);
    await expect(unpack([text], () => '/outside')).rejects.toThrow(/unsafe path/);
  });

  it('refuses what is no zip', async () => {
    const archive = join(directory, 'a.zip');
    writeFileSync(archive, 'x'.repeat(100));
    await expect(unzip({ archive, directory, rename: (name) => name })).rejects.toThrow(/not a zip/);
  });
});

describe('extractTarEntry', () => {
  const wanted = Buffer.from('content '.repeat(1000));

  function tgz(): { archive: string; integrity: string } {
    const blocks = [
      ['package/package.json', Buffer.from('{}')],
      ['package/app.zip', wanted],
    ] as const;
    const tar = blocks.flatMap(([name, bytes]) => {
      const header = Buffer.alloc(512);
      header.write(name, 0);
      header.write(bytes.length.toString(8).padStart(11, '0'), 124);
      return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
    });
    const packed = gzipSync(Buffer.concat([...tar, Buffer.alloc(1024)]));
    const archive = join(directory, 'a.tgz');
    writeFileSync(archive, packed);
    return { archive, integrity: `sha512-${createHash('sha512').update(packed).digest('base64')}` };
  }
  const target = () => join(directory, 'app.zip');

  it('writes the one file', async () => {
    await extractTarEntry({ ...tgz(), entry: 'package/app.zip', target: target() });
    expect(readFileSync(target())).toEqual(wanted);
  });

  it('refuses an archive with another hash', async () => {
    const { archive, integrity } = tgz();
    const other = `sha512-${createHash('sha512').update('other').digest('base64')}`;
    const request = { archive, entry: 'package/app.zip', target: target() };
    await expect(extractTarEntry({ ...request, integrity: other })).rejects.toThrow(integrity);
  });

  it('says so when the file is not in there', async () => {
    await expect(extractTarEntry({ ...tgz(), entry: 'package/b.zip', target: target() })).rejects.toThrow(
      /has no package\/b\.zip/,
    );
  });
});

/**
 * Runs a program that mounts file systems, in a mount namespace of its own: with its last process, the mounts and their
 * loop devices are gone, whatever happened. Needs root and a kernel that lets it mount; where it does not, says why.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NAMESPACE = ['--mount', '--propagation', 'private'];
const TRIAL =
  'd=$(mktemp -d) && truncate -s 4M $d.img && mkfs.ext4 -q $d.img && mount -o loop $d.img $d; s=$?; rm -f $d.img; exit $s';

/** @returns why nothing can be mounted here, or null */
export function whyNoMounts(): string | null {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root';
  const { status, error, stderr } = spawnSync('unshare', [...NAMESPACE, 'sh', '-c', TRIAL]);
  if (error !== undefined) return `needs unshare: ${error.message}`;
  return status === 0 ? null : `cannot mount a loop device: ${String(stderr).trim()}`;
}

/** @param program A bundled worker. @returns the last line that it wrote, parsed. @throws with what it wrote where it fails */
export async function runWithMounts(program: URL, ...args: string[]): Promise<unknown> {
  const command = [...NAMESPACE, process.execPath, '--enable-source-maps', fileURLToPath(program), ...args];
  const child = spawn('unshare', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${output}\n${errors}`);
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

export function mountTmpfs(directory: string, options: string): void {
  mkdirSync(directory, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
}

/** Makes an ext4 without a reserve in a sparse file, and mounts it. */
export function mountNewExt4(
  directory: string,
  image: string,
  sizeInBytes: number,
  ...options: string[]
): void {
  writeFileSync(image, '');
  truncateSync(image, sizeInBytes);
  execFileSync('mkfs.ext4', ['-q', '-m', '0', ...options, image]);
  mountImage(directory, image);
}

export function mountImage(directory: string, image: string): void {
  mkdirSync(directory, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, directory]);
}

export function unmount(directory: string): void {
  execFileSync('umount', [directory]);
}

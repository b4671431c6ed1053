/**
 * What a traced program did to a directory: strace's lines, and a hash over names, contents, modes and times of the tree.
 * Where strace is missing, tests say `not run:` and why.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const WRITING_CALLS = [
  ...['creat', 'mkdir', 'mkdirat', 'rmdir', 'unlink', 'unlinkat', 'rename', 'renameat', 'renameat2'],
  ...['link', 'linkat', 'symlink', 'symlinkat', 'truncate', 'ftruncate', 'fallocate', 'copy_file_range'],
  ...[
    'chmod',
    'fchmod',
    'fchmodat',
    'chown',
    'fchown',
    'lchown',
    'fchownat',
    'utimensat',
    'futimesat',
    'utime',
  ],
  ...['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'sendfile', 'fsync', 'fdatasync', 'flock'],
  ...['setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'mknod', 'mknodat'],
];
const WRITING_FLAGS = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|F_SETLK|F_OFD_SETLK|F_SETLEASE/;
/** Programs open and lock files through these, and through WRITING_CALLS. */
const WATCHED_CALLS = ['open', 'openat', 'openat2', 'fcntl', ...WRITING_CALLS];

export function hasStrace(): boolean {
  return spawnSync('strace', ['-V']).status === 0;
}

/** The command that runs a program traced, its lines going to `file`. */
export function straceCommand(file: string): string[] {
  const calls = WATCHED_CALLS.map((call) => `?${call}`).join(',');
  return ['strace', '-f', '-y', '-s', '4096', '--seccomp-bpf', '-e', `trace=${calls}`, '-o', file];
}

/**
 * Lines of a trace that write to something below `directory`.
 *
 * @throws Error where the trace shows nothing of the directory at all, not even reading: it then proves nothing.
 */
export function writesBelow(traceFile: string, directory: string): string[] {
  const lines = readFileSync(traceFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory));
  if (lines.length === 0) throw new Error('the trace shows no call in the directory');
  return lines.filter((line) => {
    const call = /^\d+\s+(\w+)\(/.exec(line)?.[1] ?? '';
    // Output that only mentions the directory goes to a terminal or a pipe.
    if (/^p?write/.test(call)) return new RegExp(`^\\d+\\s+\\w+\\(\\d+<${escaped(directory)}`).test(line);
    return WRITING_CALLS.includes(call) || WRITING_FLAGS.test(line);
  });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Below the directory, itself included; access times do not count. */
export function treeHash(directory: string): string {
  const hash = createHash('sha256');
  const visit = (path: string) => {
    const { mode, size, mtimeMs, ctimeMs, ino } = lstatSync(path);
    hash.update(JSON.stringify([path, mode, size, mtimeMs, ctimeMs, ino]));
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(readFileSync(path));
  };
  visit(directory);
  return hash.digest('hex');
}

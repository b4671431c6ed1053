/**
 * The npm tarball, unpacked where nothing of the checkout is: its command line on Kafka's bytes, and its engine in a
 * program of somebody else's, compiled against the types that it brings.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json';
import { kafkaFixtures } from '../support/kafka-fixtures';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'strata-npm-'));
const installed = join(folder, 'node_modules/strata');
afterAll(() => rmSync(folder, { recursive: true }));

/** What `npm install` would bring beside it. */
function link(name: string): void {
  const parts = name.split('/');
  mkdirSync(join(folder, 'node_modules', ...parts.slice(0, -1)), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
}

beforeAll(() => {
  const printed = execFileSync(process.execPath, [join(ROOT, 'build/package-npm.mjs')], { encoding: 'utf8' });
  mkdirSync(installed, { recursive: true });
  const tarball = printed.trim().split('\n').at(-1)!;
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  Object.keys(packageJson.dependencies).forEach(link);
  link('@types/node');
}, 180_000);

describe('the npm package', () => {
  it('holds neither the page nor source maps', () => {
    expect(readdirSync(join(installed, 'out'))).toEqual(['main']);
    expect(readdirSync(join(installed, 'out/main')).filter((name) => name.endsWith('.map'))).toEqual([]);
  });

  it('brings the command line', () => {
    const { directory, logEndOffset } = kafkaFixtures()[0]!;
    const cli = join(installed, packageJson.bin.strata);
    const printed = execFileSync(process.execPath, [cli, 'inspect', directory.path, '--json'], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(JSON.parse(printed)).toMatchObject({ schema: 'strata.inspect/1', logs: [{ logEndOffset }] });
  });

  it('brings the engine, with types, to a program that embeds a log', () => {
    const program = join(folder, 'program.ts');
    writeFileSync(
      program,
      `import { Log } from 'strata/engine';
const log = await Log.open(${JSON.stringify(join(folder, 'store/orders-0'))}, { retentionMs: 1000 });
const offset: number = await log.append({ key: 'a', value: 'b' });
for await (const record of log.read({ fromOffset: offset })) console.log(record.offset, String(record.value));
await log.close();
// @ts-expect-error: a setting that is none
export const neverCalled = () => Log.open('x', { retentionMillis: 1 });
`,
    );
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts'],
      types: ['node'],
      typeRoots: [join(folder, 'node_modules/@types')],
      strict: true,
    };
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const compiled = ts.createProgram([program], options);
    const flaws = ts.getPreEmitDiagnostics(compiled).map(({ messageText, file }) => {
      return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    expect(flaws).toEqual([]);
    compiled.emit();
    const printed = execFileSync(process.execPath, [join(folder, 'program.js')], { encoding: 'utf8' });
    expect(printed).toBe('0 b\n');
  });
});

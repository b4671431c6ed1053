/**
 * The rules of the code itself that types cannot see: which packages a folder may import, who never meets whom,
 * the two doors to Electron's raw IPC, sizes, names, headers, the layout.
 *
 * Which folder imports which is build/dependency-cruiser.cjs's business, except where one line here is the
 * second lock on the same door.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE_FOLDERS = ['build', 'electron', 'renderer', 'shared', 'test'];
const SOURCE_FILE = /\.(ts|tsx|mjs|cjs|js|css)$/;
const LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const README_LINES_MAX = 120;

const TOP_LEVEL = new Set([
  ...['package.json', 'tsconfig.json', 'electron', 'renderer', 'shared', 'test', 'build', 'README.md'],
  ...['package-lock.json', 'LICENSE', 'CHANGELOG.md'],
  ...['node_modules', 'out', 'dist', 'coverage', 'test-results'], // not in the repository
]);
const MAIN_FOLDERS = ['build', 'electron', 'renderer', 'shared', 'test'];
const RAW_IPC_FILES = new Set(['electron/preload.ts', 'electron/ipc/serve.ts']);
const FORBIDDEN_WORDS = /(^|-)(utils?|helpers?|managers?|info)(-|$)|(^|-)data$/;
const FORBIDDEN_EXPORT = /(Utils?|Helpers?|Managers?|Info|Data)$/;

const NODE = '^node:';
const UI_PACKAGES = [
  ...['^react$', '^react-dom/client$', '^react-dom$', '^react/jsx-runtime$', '^zustand(/|$)', '^recharts$'],
  ...['^@base-ui/react(/|$)', '^lucide-react$', '^@tanstack/react-virtual$', '^@fontsource-variable/'],
];
/** Packages that a folder may import; the first row that fits a file counts. */
const PACKAGES: ReadonlyArray<readonly [folder: string, packages: readonly string[]]> = [
  ['^shared/(units|problem|errors)\\.ts$', []],
  ['^shared/plan/', []],
  ['^shared/', ['^zod$']],
  [
    '^electron/engine/format/',
    ['^node:zlib$', '^@node-rs/crc32$', '^snappy$', '^lz4-napi$', '^@cloudpss/zstd'],
  ],
  ['^electron/engine/rules/', []],
  ['^electron/engine/', [NODE, '^koffi$', '^fs-native-extensions$']],
  ['^electron/reports/', [NODE, '^zod$', '^hyparquet-writer$']],
  ['^electron/(workers|cli)/', [NODE, '^zod$']],
  ['^electron/watch/', [NODE, '^@parcel/watcher$']],
  ['^electron/', [NODE, '^electron$', '^zod$']],
  ['^renderer/(charts|core)/', UI_PACKAGES.filter((name) => !name.includes('zustand'))],
  ['^renderer/', UI_PACKAGES],
  ['^(build|test)/', ['']],
];
/** What a file of the first folder never imports from the second. */
const STRANGERS: ReadonlyArray<readonly [from: RegExp, to: RegExp]> = [
  [/^electron\/engine\/inspect\//, /^electron\/engine\/log\//],
  [/^electron\/engine\/log\//, /^electron\/engine\/inspect\//],
  [/^electron\/engine\/(format|rules)\//, /^electron\/engine\/(log|inspect|file-system|clock)/],
  [/^renderer\//, /^electron\//],
  [/^electron\//, /^renderer\//],
];

const files = SOURCE_FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => SOURCE_FILE.test(path) && !path.startsWith('test/fixtures/')),
).sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));

/** One line for each breach, found by `check` in each file of `paths`. */
function breaches(
  paths: readonly string[],
  check: (path: string, text: string) => readonly string[],
): string[] {
  return paths.flatMap((path) => check(path, texts.get(path)!).map((breach) => `${path}: ${breach}`));
}

const parsed = new Map<string, ts.SourceFile>();
function syntaxOf(path: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const kind = /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : undefined;
  const tree = ts.createSourceFile(path, texts.get(path)!, ts.ScriptTarget.Latest, true, kind);
  parsed.set(path, tree);
  return tree;
}
const isProgram = (path: string) => !path.endsWith('.css');

function importsOf(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined)
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    const isCall = ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText());
    const argument = isCall ? node.arguments[0] : undefined;
    if (argument !== undefined && ts.isStringLiteral(argument)) found.push(argument.text);
    ts.forEachChild(node, visit);
  };
  visit(syntaxOf(path));
  return found;
}

/** The lines of each function, without those of the functions inside it. */
function longFunctions(path: string): string[] {
  const tree = syntaxOf(path);
  const found: string[] = [];
  const linesInside = (node: ts.Node): number => {
    let inner = 0;
    ts.forEachChild(node, (child) => {
      inner += linesInside(child);
    });
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return inner;
    const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
    const count = tree.getLineAndCharacterOfPosition(node.end).line - first + 1;
    if (count - inner >= FUNCTION_LINES_MAX)
      found.push(`line ${first + 1}: a function of ${count - inner} lines`);
    // One on a few lines is part of its surroundings.
    return count > 3 ? count : inner;
  };
  linesInside(tree);
  return found;
}

describe('imports', () => {
  it('name only packages that the folder may know', () => {
    const found = breaches(files.filter(isProgram), (path) => {
      const allowed = PACKAGES.find(([folder]) => new RegExp(folder).test(path))![1];
      return importsOf(path)
        .filter((name) => !name.startsWith('.') && !allowed.some((pattern) => new RegExp(pattern).test(name)))
        .map((name) => `imports ${name}`);
    });
    expect(found).toEqual([]);
  });

  it('keep strangers apart', () => {
    const found = breaches(files.filter(isProgram), (path) =>
      importsOf(path)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(path), name))
        .filter((target) => STRANGERS.some(([from, to]) => from.test(path) && to.test(target)))
        .map((target) => `imports ${target}`),
    );
    expect(found).toEqual([]);
  });

  it('leave raw Electron IPC to two files', () => {
    const found = breaches(
      files.filter((path) => /^(electron|renderer|shared)\//.test(path) && !RAW_IPC_FILES.has(path)),
      (_path, text) =>
        /\bipc(Main|Renderer)\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')) ? ['raw IPC'] : [],
    );
    expect(found).toEqual([]);
  });
});

describe('files', () => {
  it('open with a comment that says what they know', () => {
    const found = breaches(files, (_path, text) =>
      /^(#!.*\n)?(\/\*\*?|\/\/)\s*\S*/.test(text) ? [] : ['opens without a comment'],
    );
    expect(found).toEqual([]);
  });

  it('stay short, and their functions, too', () => {
    const found = breaches(files, (path, text) => {
      const count = text.split('\n').length - 1;
      const tooLong = count > LINES_MAX ? [`${count} lines, at most ${LINES_MAX}`] : [];
      return isProgram(path) ? [...tooLong, ...longFunctions(path)] : tooLong;
    });
    expect(found).toEqual([]);
  });

  it('are named in kebab case, after what they hold', () => {
    const found = breaches(files, (path, text) => {
      const name = basename(path).replace(/(\.(test|spec|bench|config|module|d))?\.\w+$/, '');
      const wrong = /^[a-z0-9]+(-[a-z0-9]+)*(\.base)?$/.test(name) ? [] : ['not kebab case'];
      if (FORBIDDEN_WORDS.test(name)) wrong.push('a name that says nothing');
      for (const [, exported] of text.matchAll(/^export (?:class|function|interface|type|const) (\w+)/gm))
        if (FORBIDDEN_EXPORT.test(exported!)) wrong.push(`${exported} says nothing`);
      return wrong;
    });
    expect(found).toEqual([]);
  });

  it('are finished', () => {
    const unfinished = new RegExp(`\\b(${['TO', 'DO'].join('')}|FIX${'ME'}|X${'XX'})\\b`);
    expect(breaches(files, (_path, text) => (unfinished.test(text) ? ['unfinished'] : []))).toEqual([]);
  });

  it('skip no test in silence', () => {
    const found = breaches(
      files.filter((path) => /\.(test|spec|bench)\.tsx?$/.test(path)),
      (_path, text) => {
        const isFocused = /\b(it|test|describe)\.(only|todo)\(/.test(text);
        const isSkipped =
          /\b(it|test|describe)\.(skip|skipIf|runIf)\(/.test(text) && !text.includes('not run:');
        return [...(isFocused ? ['runs only a part'] : []), ...(isSkipped ? ['skips without a word'] : [])];
      },
    );
    expect(found).toEqual([]);
  });
});

describe('the repository', () => {
  it('has the layout that the README draws', () => {
    const strange = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !TOP_LEVEL.has(name));
    expect(strange).toEqual([]);
  });

  it('explains each main folder in a README of one screen', () => {
    const missing = MAIN_FOLDERS.filter((folder) => !existsSync(join(ROOT, folder, 'README.md')));
    const long = MAIN_FOLDERS.filter((folder) => !missing.includes(folder)).filter(
      (folder) => readFileSync(join(ROOT, folder, 'README.md'), 'utf8').split('\n').length > README_LINES_MAX,
    );
    expect({ missing, long }).toEqual({ missing: [], long: [] });
  });

  it('has a map whose places are there', () => {
    const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^\| `([\w./-]+)`/gm);
    const gone = [...rows].map(([, path]) => path!).filter((path) => !existsSync(join(ROOT, path)));
    expect(gone).toEqual([]);
  });
});

/**
 * Holds every import against build/dependency-cruiser.cjs. Counts the modules it saw, too: a resolver that finds
 * none would be content with everything.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = ['electron', 'renderer', 'shared'];

process.chdir(ROOT);
const { forbidden, options } = createRequire(import.meta.url)('./dependency-cruiser.cjs');
const { output } = await cruise(FOLDERS, { ...options, ruleSet: { forbidden }, validate: true });
if (typeof output === 'string') throw new Error('dependency-cruiser gave a text in place of a result');
const { modules, summary } = output;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} imports ${to}`);
const counts = FOLDERS.map(
  (folder) => modules.filter(({ source }) => source.startsWith(`${folder}/`)).length,
);
const isSeen = counts.every((count) => count > 0);
console.log(
  `imports of ${FOLDERS.map((folder, index) => `${counts[index]} modules in ${folder}`).join(', ')}`,
);
if (!isSeen) console.error('A folder without a module: the imports were not checked.');
process.exitCode = isSeen && summary.violations.length === 0 ? 0 : 1;

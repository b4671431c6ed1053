/**
 * What the window remembers: theme, recent directories, bounds. One small JSON file in the state directory.
 *
 * A file that cannot be read or does not fit the schema counts as absent, so that the window always opens.
 * Written to a temporary file and renamed. Holds nothing about the content of any log.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { type Recent, type Theme, ThemeSchema } from '../shared/contract';

const RECENT_COUNT_MAX = 10;
const RECENT_ID_LENGTH = 16;

const BoundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  isMaximized: z.boolean(),
});
export type WindowBounds = z.infer<typeof BoundsSchema>;

const SettingsSchema = z.object({
  theme: ThemeSchema.catch('system'),
  recent: z
    .array(z.object({ path: z.string().min(1), openedAtMs: z.number().int() }))
    .max(RECENT_COUNT_MAX)
    .catch([]),
  bounds: BoundsSchema.nullable().catch(null),
});
type SettingsFile = z.infer<typeof SettingsSchema>;

export interface Settings {
  readonly theme: Theme;
  readonly bounds: WindowBounds | null;
  recent(): Recent[];
  setTheme(theme: Theme): void;
  setBounds(bounds: WindowBounds): void;
  addRecent(path: string): void;
  forgetRecent(recentId: string): void;
  /** Resolves when everything set so far is on disk. */
  saved(): Promise<void>;
}

export interface SettingsOptions {
  readonly now: () => number;
  readonly onSaveFailed: (error: unknown) => void;
}

export function openSettings(path: string, { now, onSaveFailed }: SettingsOptions): Settings {
  let file = readSettings(path);
  /** Saves run one after another; each writes what is current when its turn comes. */
  let saving = Promise.resolve();

  function change(part: Partial<SettingsFile>): void {
    file = { ...file, ...part };
    saving = saving.then(() => writeSettings(path, file)).catch(onSaveFailed);
  }

  return {
    get theme() {
      return file.theme;
    },
    get bounds() {
      return file.bounds;
    },
    recent: () => file.recent.map(toRecent),
    setTheme: (theme) => change({ theme }),
    setBounds: (bounds) => change({ bounds }),
    addRecent(directory) {
      const others = file.recent.filter((entry) => entry.path !== directory);
      change({ recent: [{ path: directory, openedAtMs: now() }, ...others].slice(0, RECENT_COUNT_MAX) });
    },
    forgetRecent(recentId) {
      change({ recent: file.recent.filter((entry) => recentIdOf(entry.path) !== recentId) });
    },
    saved: () => saving,
  };
}

function readSettings(path: string): SettingsFile {
  const nothing = SettingsSchema.parse({});
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return nothing; // the first start, or no permission: the defaults serve
  }
  try {
    const parsed = SettingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : nothing;
  } catch {
    return nothing; // not JSON: a torn file of some other program
  }
}

async function writeSettings(path: string, file: SettingsFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function toRecent({ path, openedAtMs }: { path: string; openedAtMs: number }): Recent {
  return { recentId: recentIdOf(path), name: basename(path), path, openedAtMs };
}

/** Stable over restarts, and says nothing about the path. */
function recentIdOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, RECENT_ID_LENGTH);
}

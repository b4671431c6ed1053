/** Puts the theme in force on the root element, where the tokens look for it; follows the system's if so chosen. */
import { useInsertionEffect, useSyncExternalStore } from 'react';
import { useApp } from '../store/use-app';

const DARK_QUERY = '(prefers-color-scheme: dark)';

function subscribe(listener: () => void): () => void {
  const query = matchMedia(DARK_QUERY);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** light or dark. Main sets what the system is said to prefer, so that menus and dialogs agree with the page. */
export function useThemeInForce(): 'light' | 'dark' {
  const theme = useApp((state) => state.theme);
  const isSystemDark = useSyncExternalStore(subscribe, () => matchMedia(DARK_QUERY).matches);
  if (theme === 'system') return isSystemDark ? 'dark' : 'light';
  return theme;
}

export function useTheme(): void {
  const theme = useThemeInForce();
  // Before any layout effect: the core, drawn in one, reads the tokens of the new theme.
  useInsertionEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}

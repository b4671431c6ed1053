/**
 * Who may call main: the main frame of a page from our own scheme and host, nobody else.
 *
 * https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages
 * Knows nothing of calls; a frame is described by the two fields it needs, so that tests need no Electron.
 */
export const APP_SCHEME = 'app';
export const APP_HOST = 'strata';

export interface SenderFrame {
  readonly url: string;
  /** null for a main frame. */
  readonly parent: unknown;
}

export function isTrustedFrame(frame: SenderFrame | null | undefined): boolean {
  if (frame === null || frame === undefined || frame.parent !== null) return false;
  return isAppUrl(frame.url);
}

/** URL.origin is 'null' for such a scheme, so that scheme and host are compared. */
export function isAppUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, username, password } = new URL(text);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === '';
}

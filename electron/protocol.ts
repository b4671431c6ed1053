/**
 * Serves the page's own files at app://strata/, with the content security policy, and nothing else.
 *
 * Not file://: the page gets an origin of its own, and the fuse that strips file:// of its rights can stay on.
 * Knows no data of any log: those cross the rpc boundary only.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';
import { APP_HOST, APP_SCHEME } from './ipc/sender-check';

export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/**
 * As strict as it gets: React and the charts set styles through the CSSOM, which `style-src 'self'` allows,
 * and nothing here makes markup from text.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Vite's client injects inline scripts and styles and talks over a socket. Never used in a package. */
const DEVELOPMENT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self' ws://localhost:* ws://127.0.0.1:*",
].join('; ');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Has to run before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** @param developmentServer Where Vite serves the page while it is being worked on, or null. */
export function serveApp(root: string, developmentServer: string | null): void {
  protocol.handle(APP_SCHEME, (request) =>
    developmentServer === null ? fileResponse(root, request.url) : proxied(developmentServer, request.url),
  );
}

/** The file of a URL under `root`, or null where the URL names anything else. */
export function fileOfUrl(root: string, text: string): { path: string; contentType: string } | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.host !== APP_HOST) return null;
  let name: string;
  try {
    name = decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname);
  } catch {
    return null; // malformed escapes name no file
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  const path = normalize(join(root, name));
  const contentType = CONTENT_TYPES[extname(path)];
  if (!path.startsWith(normalize(root) + sep) || contentType === undefined) return null;
  return { path, contentType };
}

async function fileResponse(root: string, url: string): Promise<Response> {
  const file = fileOfUrl(root, url);
  // Node's own read, not net.fetch: it also reads inside app.asar.
  const body = file === null ? null : await readFile(file.path).catch(() => null);
  if (file === null || body === null)
    return new Response('Not found.', { status: 404, headers: headersFor('text/plain') });
  return new Response(new Uint8Array(body), { headers: headersFor(file.contentType) });
}

function headersFor(contentType: string, policy = CONTENT_SECURITY_POLICY): Record<string, string> {
  return {
    'content-type': contentType,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

async function proxied(server: string, text: string): Promise<Response> {
  const { pathname, search } = new URL(text);
  const response = await fetch(new URL(pathname + search, server));
  const contentType = response.headers.get('content-type') ?? 'application/octet-stream';
  return new Response(await response.arrayBuffer(), {
    status: response.status,
    headers: headersFor(contentType, DEVELOPMENT_POLICY),
  });
}

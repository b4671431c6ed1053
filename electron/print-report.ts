/**
 * A report in HTML as PDF: printed by a window that nobody sees, with no script, a session of its own that knows one
 * page, and no way to anything else.
 */
import { randomUUID } from 'node:crypto';
import { BrowserWindow, session } from 'electron';
import { APP_SCHEME } from './ipc/sender-check';
import { APP_ORIGIN } from './protocol';
import { lockSession } from './window';

const PAGE = `${APP_ORIGIN}/report`;
/** Chromium puts the title and the numbers in; the page's own style does not reach it. */
const FOOTER =
  '<div style="width:100%;margin:0 14mm;display:flex;justify-content:space-between;font:8px sans-serif;color:#666">' +
  '<span class="title"></span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>';

export async function printReport(html: string): Promise<Uint8Array> {
  // Not persisted: without `persist:` a partition lives in memory.
  const own = session.fromPartition(`report-${randomUUID()}`, { cache: false });
  lockSession(own, false);
  own.protocol.handle(APP_SCHEME, ({ url }) =>
    url === PAGE
      ? new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
      : new Response('Not found.', { status: 404 }),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      javascript: false,
      devTools: false,
    },
  });
  try {
    await window.loadURL(PAGE);
    return await window.webContents.printToPDF({
      ...{ preferCSSPageSize: true, printBackground: true, generateTaggedPDF: true },
      ...{ displayHeaderFooter: true, headerTemplate: '<span></span>', footerTemplate: FOOTER },
    });
  } finally {
    window.destroy();
    own.protocol.unhandle(APP_SCHEME);
  }
}

/**
 * What a page that has been taken over could not do: Electron's security checklist, tried from inside the page.
 * The page's own content does not matter here.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './electron';

const OUTSIDE = 'https://strata-test.invalid/';

test.use({ expectsErrors: true });

test.describe('the page', () => {
  test('is isolated, sandboxed and without Node', async ({ app, page }) => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      // Not among Electron's declared methods.
      type Contents = { getLastWebPreferences(): Record<string, unknown> };
      return (BrowserWindow.getAllWindows()[0]!.webContents as unknown as Contents).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    expect(preferences['webviewTag'] ?? false).toBe(false);
    const globals = await page.evaluate(() =>
      ['require', 'process', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron'].filter(
        (name) => name in globalThis,
      ),
    );
    expect(globals).toEqual([]);
  });

  test('stays on its own address', async ({ app, page }) => {
    const own = page.url();
    await app.evaluate(({ BrowserWindow }) => {
      const counted = globalThis as { attemptCount?: number };
      counted.attemptCount = 0;
      BrowserWindow.getAllWindows()[0]?.webContents.on('will-frame-navigate', () => {
        counted.attemptCount = (counted.attemptCount ?? 0) + 1;
      });
    });
    for (const target of ['file:///etc/passwd', 'data:text/html,x', OUTSIDE])
      await page.evaluate((url) => location.assign(url), target);
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
    }, `${OUTSIDE}link`);
    const attemptCount = () => app.evaluate(() => (globalThis as { attemptCount?: number }).attemptCount);
    await expect.poll(attemptCount).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate(() => location.href)).toBe(own);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('opens no window', async ({ app, page }) => {
    for (const target of [OUTSIDE, 'about:blank', page.url()])
      expect(await page.evaluate((url) => window.open(url) === null, target)).toBe(true);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('gets no permission', async ({ page }) => {
    const states = await page.evaluate(() =>
      Promise.all(
        ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'].map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      ),
    );
    expect(new Set(states)).toEqual(new Set(['denied']));
  });

  test('runs no code but its own files', async ({ page }) => {
    const policy = await page.evaluate(async () =>
      (await fetch(location.href)).headers.get('content-security-policy'),
    );
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).not.toContain('unsafe');
    const attempts = await page.evaluate(async () => {
      // What runs at once here is the test's own doing, for which the policy is lifted.
      await new Promise((resolve) => setTimeout(resolve));
      const attempt = (run: () => unknown) => {
        try {
          run();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const marked = globalThis as { inlineRan?: boolean };
      return [
        // biome-ignore lint/security/noGlobalEval: tried so that it is seen to be refused
        attempt(() => globalThis.eval('1')),
        attempt(() => new Function('return 1')()),
        attempt(() => {
          document.body.innerHTML = '<img src=x onerror="inlineRan = true">';
        }),
        attempt(() => {
          const script = document.createElement('script');
          script.text = 'inlineRan = true';
          document.body.append(script);
        }),
        marked.inlineRan === true,
      ];
    });
    expect(attempts).toEqual(['EvalError', 'EvalError', 'TypeError', 'TypeError', false]);
  });

  test('reads no file but its own', async ({ page }) => {
    const answers = await page.evaluate(() =>
      Promise.all(
        ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/..%5c..%5cpackage.json', '/main.js', '/%00']
          .map((path) => `app://strata${path}`)
          .concat('app://elsewhere/index.html', 'file:///etc/passwd')
          .map((url) =>
            fetch(url).then(
              (answer) => answer.status,
              () => 'refused',
            ),
          ),
      ),
    );
    expect(answers.filter((answer) => answer !== 404 && answer !== 'refused')).toEqual([]);
  });

  test('cannot name a path to open', async ({ page }) => {
    const reply = await page.evaluate(() => {
      type Call = (callId: string, method: unknown, params: unknown) => Promise<unknown>;
      const { call } = (globalThis as unknown as { transport: { call: Call } }).transport;
      return call('call-1', 'directory.openDropped', { path: '/' });
    });
    expect(reply).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST' } });
  });
});

test.describe('the network', () => {
  let server: Server;
  let requests: string[];
  test.beforeEach(async () => {
    requests = [];
    server = createServer((request, answer) => {
      requests.push(request.url ?? '');
      answer.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  test.afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  test('is out of reach for the page and its session', async ({ app, page }) => {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outcomes = await page.evaluate(async (host) => {
      const failed = (start: (done: (isFailed: boolean) => void) => void) => new Promise<boolean>(start);
      return Promise.all([
        fetch(`http://${host}/fetch`).then(
          () => false,
          () => true,
        ),
        failed((done) => {
          const image = new Image();
          image.onload = () => done(false);
          image.onerror = () => done(true);
          image.src = `http://${host}/image`;
        }),
        failed((done) => {
          const socket = new WebSocket(`ws://${host}/socket`);
          socket.onopen = () => done(false);
          socket.onerror = () => done(true);
        }),
      ]);
    }, address);
    expect(outcomes).toEqual([true, true, true]);
    await page.evaluate((host) => void navigator.sendBeacon(`http://${host}/beacon`, 'x'), address);
    const fromMain = await app.evaluate(
      ({ net }, host) =>
        net.fetch(`http://${host}/main`).then(
          () => 'answered',
          () => 'refused',
        ),
      address,
    );
    expect(fromMain).toBe('refused');
    expect(requests).toEqual([]);
  });
});

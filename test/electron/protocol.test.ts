/** Which file a URL of the page names: one of the page's own, or none. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ protocol: {} }));
const { CONTENT_SECURITY_POLICY, fileOfUrl } = await import('../../electron/protocol');

const ROOT = '/opt/strata/renderer';

describe('fileOfUrl', () => {
  it('finds the page and its assets', () => {
    expect(fileOfUrl(ROOT, 'app://strata/')?.path).toBe(join(ROOT, 'index.html'));
    expect(fileOfUrl(ROOT, 'app://strata/?screen=segments')?.path).toBe(join(ROOT, 'index.html'));
    expect(fileOfUrl(ROOT, 'app://strata/assets/a%20b.js')).toEqual({
      path: join(ROOT, 'assets/a b.js'),
      contentType: 'text/javascript; charset=utf-8',
    });
  });

  it.each([
    ['a climb in an escaped slash', 'app://strata/..%2f..%2fx.json'],
    ['a climb with backslashes', 'app://strata/..%5c..%5cx.json'],
    ['a neighbour whose name starts alike', 'app://strata/..%2frenderer-other/x.json'],
    ['a zero byte', 'app://strata/x.json%00.js'],
    ['malformed escapes', 'app://strata/%E0%A4%A.js'],
    ['a kind of file that no page has', 'app://strata/index.ts'],
    ['another host', 'app://other/index.html'],
    ['no URL', 'index.html'],
  ])('finds nothing for %s', (_what, url) => {
    expect(fileOfUrl(ROOT, url)).toBeNull();
  });

  it('stays inside where the URL parser has folded the dots itself', () => {
    const urls = ['app://strata/../secret.json', 'app://strata/%2e%2e/%2e%2e/secret.json'];
    expect(urls.map((url) => fileOfUrl(ROOT, url)?.path)).toEqual(urls.map(() => join(ROOT, 'secret.json')));
  });

  it('never leaves its root, whatever the path', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '%00',
      'a',
      '.js',
      '//',
      'etc',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const found = fileOfUrl(ROOT, `app://strata/${pieces.join('')}.js`);
        expect(found === null || found.path.startsWith(`${ROOT}/`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('CONTENT_SECURITY_POLICY', () => {
  it('allows nothing inline, nothing evaluated, nothing from elsewhere', () => {
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|http|ws:|\*/);
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none';/);
  });
});

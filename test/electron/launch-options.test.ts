/** The window's command line. */
import { describe, expect, it } from 'vitest';
import { parseLaunchOptions } from '../../electron/launch-options';

const parse = (args: string[], startsWithAppPath = true) =>
  parseLaunchOptions(args, { workingDirectory: '/work', startsWithAppPath });

describe('parseLaunchOptions', () => {
  it('takes no directory for the welcome screen', () => {
    expect(parse(['.'])).toEqual({ directory: null, screenshot: null, theme: null });
  });

  it('takes the argument after the app, or the first one in a package', () => {
    expect(parse(['.', 'logs/orders-0']).directory).toBe('/work/logs/orders-0');
    expect(parse(['/data'], false).directory).toBe('/data');
  });

  it("leaves Chromium's switches alone, wherever they stand", () => {
    const args = ['--remote-debugging-port=0', '.', '--no-sandbox', '/data', '--disable-gpu'];
    expect(parse(args).directory).toBe('/data');
  });

  it('reads what a picture needs', () => {
    const args = [
      '.',
      'd',
      '--screenshot',
      'out.png',
      '--screen',
      'Segments',
      '--theme',
      'dark',
      '--size',
      '900x560',
    ];
    expect(parse(args)).toEqual({
      directory: '/work/d',
      theme: 'dark',
      screenshot: { file: '/work/out.png', screen: 'segments', width: 900, height: 560 },
    });
  });

  it.each([
    [['.', '--screenshot']],
    [['.', '--theme', 'pink']],
    [['.', '--screenshot', 'out.png', '--screen', 'logs']],
    [['.', '--size', '900']],
    [['.', '--size', '0x0']],
    [['.', '--size', '99999x99999']],
  ])('refuses %j', (args) => {
    expect(() => parse(args)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

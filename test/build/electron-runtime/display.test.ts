/** Whether there is a display: a name alone is none. */
import { describe, expect, it } from 'vitest';
import { hasDisplay } from '../../../build/electron-runtime/display.mjs';

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('not run: hasDisplay (only Linux can be without a display)');

describe.runIf(isLinux)('hasDisplay', () => {
  it('is false without a name, and where no one answers to it', async () => {
    expect(await hasDisplay({})).toBe(false);
    expect(await hasDisplay({ DISPLAY: ':59999' })).toBe(false);
  });

  it('believes the name of a display elsewhere, and Wayland', async () => {
    expect(await hasDisplay({ DISPLAY: 'localhost:10.0' })).toBe(true);
    expect(await hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });
});

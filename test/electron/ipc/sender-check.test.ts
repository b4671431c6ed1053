/** Who may call main. */
import { describe, expect, it } from 'vitest';
import { isAppUrl, isTrustedFrame } from '../../../electron/ipc/sender-check';

describe('isTrustedFrame', () => {
  it('trusts the main frame of a page of our own', () => {
    expect(isTrustedFrame({ url: 'app://strata/', parent: null })).toBe(true);
    expect(isTrustedFrame({ url: 'app://strata/index.html?screen=segments#x', parent: null })).toBe(true);
  });

  it('refuses a frame inside a page, and one that is gone', () => {
    expect(isTrustedFrame({ url: 'app://strata/', parent: {} })).toBe(false);
    expect([null, undefined].map(isTrustedFrame)).toEqual([false, false]);
  });
});

describe('isAppUrl', () => {
  it.each([
    'https://strata/',
    'app://strata.example.com/',
    'app://other/',
    'app://strata:81/',
    'app://user@strata/',
    'app:strata',
    'file:///index.html',
    'data:text/html,x',
    'about:blank',
    '',
    'not a url',
  ])('refuses %s', (url) => expect(isAppUrl(url)).toBe(false));
});

/** What had the focus may have gone with its screen: the keys then go on at the beginning of the present one. */
export function keepFocusInPage(): void {
  if (document.activeElement === document.body)
    document.querySelector('main')?.focus({ preventScroll: true });
}

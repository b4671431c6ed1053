/**
 * Puts text on the clipboard through a copy event, which needs no permission: the page is given none.
 */
export function copyText(text: string): void {
  const listener = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', listener, { capture: true, once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', listener, { capture: true });
}

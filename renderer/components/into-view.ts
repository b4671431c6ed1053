/** Scrolls what has just appeared into sight, once: what was pressed for it may stand elsewhere. A ref of the element. */
export const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });

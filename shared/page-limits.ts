/**
 * The most rows of one page. Apart from the contract, which makes schemas: the page's security policy allows no
 * library that compiles code, so the page knows the contract's types alone.
 */
export const PAGE_LIMIT = 5_000;
export const RECORD_PAGE_LIMIT = 500;

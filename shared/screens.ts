/** The window's screens by name: what the page shows, and what a command line may ask for. */

/** In the order of the rail. */
export const SCREENS = [
  'disk',
  'segments',
  'index',
  'retention',
  'compaction',
  'records',
  'problems',
  'report',
] as const;
export type Screen = (typeof SCREENS)[number];

/** The Problems screen on its other side: what the next start-up of a broker does. */
export const STARTUP = 'startup';

/** What the window can begin with. */
export const FIRST_SCREENS = [...SCREENS, STARTUP] as const;
export type FirstScreen = (typeof FIRST_SCREENS)[number];

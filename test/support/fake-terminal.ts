/** A terminal that keeps what a command writes, for tests that run commands as functions. */
import type { Terminal } from '../../electron/cli/command';

export interface FakeTerminal extends Terminal {
  readonly output: () => string;
  readonly errors: () => string;
}

export function fakeTerminal({ nowMs = 0 }: { readonly nowMs?: number } = {}): FakeTerminal {
  let output = '';
  let errors = '';
  return {
    out: async (text) => {
      output += text;
    },
    err: (text) => {
      errors += text;
    },
    isInteractive: false,
    now: () => nowMs,
    signal: new AbortController().signal,
    output: () => output,
    errors: () => errors,
  };
}

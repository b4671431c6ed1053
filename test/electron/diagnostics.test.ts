/** The application's own log. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDiagnostics } from '../../electron/diagnostics';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strata-diagnostics-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('createDiagnostics', () => {
  it('writes an incident with its id, stack and cause', () => {
    const path = join(directory, 'state/diagnostics.log');
    const diagnostics = createDiagnostics(path, () => new Date(0));
    const incidentId = diagnostics.incident(
      'log.verify',
      new Error('outer', { cause: new TypeError('inner') }),
    );
    const line = JSON.parse(readFileSync(path, 'utf8'));
    expect(line).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      level: 'incident',
      event: 'log.verify',
      incidentId,
    });
    expect(line.error).toMatch(/^Error: outer[\s\S]*caused by TypeError: inner/);
  });

  it('gives each incident an id of its own', () => {
    const diagnostics = createDiagnostics(join(directory, 'diagnostics.log'));
    expect(diagnostics.incident('x', null)).not.toBe(diagnostics.incident('x', null));
  });

  it('starts a new file when the old one is large, and keeps one', () => {
    const path = join(directory, 'diagnostics.log');
    writeFileSync(path, Buffer.alloc(1024 * 1024 + 1, 'x'));
    createDiagnostics(path).note('started');
    expect(statSync(path).size).toBeLessThan(200);
    expect(existsSync(`${path}.1`)).toBe(true);
  });

  it('writes to standard error where there is no file to write to', () => {
    writeFileSync(join(directory, 'file'), '');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    createDiagnostics(join(directory, 'file/diagnostics.log')).note('started');
    expect(String(written.mock.calls[0]?.[0])).toContain('"event":"started"');
    written.mockRestore();
  });
});

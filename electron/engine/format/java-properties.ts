/**
 * Java properties as in server.properties and meta.properties (java.util.Properties.load).
 *
 * Comments begin with # or !; a backslash at the end of a line goes on with the next; key and value are split at the
 * first =, : or space. The last value of a key wins. Pure text.
 */
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

export function readJavaProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = /^((?:\\.|[^\\\s=:])*)\s*[=:]?\s*(.*)$/su.exec(line) ?? [];
    properties.set(unescaped(key), unescaped(value));
  }
  return properties;
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trimStart();
    if (open === '' && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    open += isContinued ? line.slice(0, -1) : line;
    if (isContinued) continue;
    lines.push(open);
    open = '';
  }
  return open === '' ? lines : [...lines, open];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/gsu, (_whole, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

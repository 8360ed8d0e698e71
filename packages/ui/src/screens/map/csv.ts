import { type Edge, errorRate } from './graph.ts';

/** RFC 4180, with a header line. A leading `=`, `+`, `-` or `@` gets an apostrophe: spreadsheets run such cells. */
export function edgesToCsv(edges: readonly Edge[]): string {
  const rows = edges.map(edge => [
    edge.parent,
    edge.child,
    String(edge.calls),
    String(edge.errors),
    errorRate(edge).toFixed(4),
  ]);
  return [['parent', 'child', 'callCount', 'errorCount', 'errorRate'], ...rows]
    .map(row => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

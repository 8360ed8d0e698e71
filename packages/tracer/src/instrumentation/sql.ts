const MAX_STATEMENT_CHARS = 2_000;
/** Quoted strings (quotes doubled or escaped inside), and numbers that are not part of a word or a placeholder. */
const LITERALS = /'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|(?<![\w$@:`.])\d+(?:\.\d+)?(?!\w)/g;
const FIRST_WORD = /^[\s(]*([a-z]+)/i;

/** A statement without its literals, which may be personal data: `select * from t where a = ?`. At most 2,000 characters. */
export function redactSql(sql: string): string {
  return sql.slice(0, MAX_STATEMENT_CHARS).replace(LITERALS, '?').trim();
}

/** The verb of a statement, e.g. `select`; `query` where there is none. */
export function sqlVerb(sql: string): string {
  return FIRST_WORD.exec(sql)?.[1]?.toLowerCase() ?? 'query';
}

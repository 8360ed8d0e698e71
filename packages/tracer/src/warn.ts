/** Where the library reports its own trouble. Never called per span or per request. */
export type Warn = (message: string, error?: unknown) => void;

/** Writes one line to standard error. */
export const warnOnConsole: Warn = (message, error) => {
  const detail = error instanceof Error ? `: ${error.message}` : error === undefined ? '' : `: ${String(error)}`;
  console.warn(`[tracekin] ${message}${detail}`);
};

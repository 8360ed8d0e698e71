/** The value of tag `error`: the message, or the error's class where it has none. Never throws. */
export function errorText(error: unknown): string {
  try {
    if (error instanceof Error) return error.message || error.name || 'Error';
    if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string') {
      return error.message;
    }
    return String(error);
  } catch {
    return 'error';
  }
}

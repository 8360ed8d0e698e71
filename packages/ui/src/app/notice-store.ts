const listeners = new Set<() => void>();
let current = '';
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something short for two seconds, e.g. `Copied` after a key that copies; also to screen readers. */
export function showNotice(text: string): void {
  clearTimeout(timer);
  set(text);
  timer = setTimeout(set, 2000, '');
}

export function currentNotice(): string {
  return current;
}

export function subscribeNotice(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(text: string): void {
  current = text;
  for (const listener of listeners) listener();
}

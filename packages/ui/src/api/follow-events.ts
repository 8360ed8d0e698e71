/** What to do while following. */
export interface EventsHandler {
  /** Each event's data, parsed. */
  onData(data: unknown): void;
  /** The server will not send any: it has none, or too many follow already. Asking has to do. */
  onRefused(): void;
}

/**
 * Follows server-sent events of one name while the tab is visible, because a browser has six connections to a server; it connects
 * again by itself. @returns ends it
 */
export function followEvents(url: string, name: string, { onData, onRefused }: EventsHandler): () => void {
  let events: EventSource | undefined;
  const open = (): void => {
    if (events !== undefined) return;
    events = new EventSource(url);
    events.addEventListener(name, ({ data }: MessageEvent<string>) => onData(JSON.parse(data)));
    events.onerror = () => {
      if (events?.readyState === EventSource.CLOSED) onRefused();
    };
  };
  const onVisible = (): void => {
    if (document.hidden) {
      events?.close();
      events = undefined;
    } else open();
  };
  document.addEventListener('visibilitychange', onVisible);
  onVisible();
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    events?.close();
  };
}

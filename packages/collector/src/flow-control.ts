/**
 * Holds senders back for a moment while storage works but is behind, so that a sender which waits for its answers goes at
 * the pace of storage. Nobody is held longer than `longestMs`, and nobody while storage fails: then the spool
 * takes everything up to its limit.
 */
export class FlowControl {
  readonly #isBehind: () => boolean;
  readonly #longestMs: number;
  #room: { readonly promise: Promise<void>; readonly open: () => void } | undefined;

  constructor(isBehind: () => boolean, longestMs = 100) {
    this.#isBehind = isBehind;
    this.#longestMs = longestMs;
  }

  /** Undefined: go on. Else wait for it and go on. */
  admit(): Promise<void> | undefined {
    if (!this.#isBehind()) return undefined;
    if (this.#room === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => this.#open(), this.#longestMs);
      this.#room = {
        promise,
        open: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    }
    return this.#room.promise;
  }

  /** Call when what `isBehind` looks at may have changed. */
  recheck(): void {
    if (this.#room !== undefined && !this.#isBehind()) this.#open();
  }

  #open(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.open();
  }
}

import type { CallName, Reply, TraceCalls } from './protocol.ts';

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The main thread's end of the worker. One client for one screen; `close` ends the worker and with it all its memory. */
export class TraceClient {
  /** Bytes and spans read so far, while a body loads. */
  onProgress: (bytes: number, spans: number) => void = () => {};
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(new URL('./trace-worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = (event: MessageEvent<Reply>): void => this.#receive(event.data);
    // A worker that cannot be loaded or ran out of memory answers nothing: without this the screen would wait forever.
    this.#worker.onerror = (event): void => {
      const error = new Error(event.message || 'the trace worker stopped');
      this.#failure = error;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
  }

  /** @param transfer buffers to hand over instead of copying */
  call<N extends CallName>(
    call: N,
    args: TraceCalls[N]['args'],
    transfer: Transferable[] = [],
  ): Promise<TraceCalls[N]['result']> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage({ id, call, args }, transfer);
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #receive(reply: Reply): void {
    if ('bytes' in reply) {
      this.onProgress(reply.bytes, reply.spans);
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.message));
  }
}

import type { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { contextStorage } from '#platform';
import { currentContext } from '../scope.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';

/**
 * The channels that one instrumentation listens to. Should a listener throw, all of the instrumentation is taken off with one
 * warning: Node would turn the error into an uncaught exception of the application.
 */
export class Subscriptions {
  readonly #name: string;
  readonly #tracer: Tracer;
  readonly #undo: (() => void)[] = [];

  constructor(name: string, tracer: Tracer) {
    this.#name = name;
    this.#tracer = tracer;
  }

  /** Calls `listener` with the channel's messages while the tracer is enabled. */
  on<M>(name: string, listener: (message: M) => void): this {
    const tracer = this.#tracer;
    const guarded = (message: unknown): void => {
      if (!tracer.enabled) return;
      try {
        listener(message as M);
      } catch (error) {
        this.#fail(error);
      }
    };
    subscribe(name, guarded);
    this.#undo.push(() => unsubscribe(name, guarded));
    return this;
  }

  /** Makes what `choose` returns the current context of the code that the channel's publisher runs for a message. */
  bind<M>(name: string, choose: (message: M) => TraceContext | undefined): this {
    const storage = contextStorage as unknown as AsyncLocalStorage<TraceContext | undefined>;
    const target = channel(name);
    const guarded = (message: unknown): TraceContext | undefined => {
      if (!this.#tracer.enabled) return currentContext();
      try {
        return choose(message as M);
      } catch (error) {
        this.#fail(error);
        return currentContext();
      }
    };
    target.bindStore(storage, guarded);
    this.#undo.push(() => target.unbindStore(storage));
    return this;
  }

  /** Runs `undo` with the others when the instrumentation is taken off. */
  onOff(undo: () => void): this {
    this.#undo.push(undo);
    return this;
  }

  #fail(error: unknown): void {
    this.off();
    this.#tracer.warn(`instrumentation ${this.#name} failed and is switched off`, error);
  }

  /** Takes everything off. */
  readonly off = (): void => {
    for (const undo of this.#undo.splice(0)) undo();
  };
}

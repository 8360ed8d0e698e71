import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { currentContext, withContext } from '../scope.ts';
import { UnsampledSpan } from '../span.ts';
import type { TraceContext } from '../trace-context.ts';
import { BridgeSpan } from './bridge-span.ts';
import { traceContextOf } from './trace-context-of.ts';

/**
 * OpenTelemetry's context beside Tracekin's: what is current for one is current for the other, whoever made it so. Values that
 * are not about traces travel in OpenTelemetry's context alone.
 */
export class TracekinContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  readonly #spans = new WeakMap<TraceContext, BridgeSpan>();

  active(): Context {
    const context = this.#storage.getStore() ?? ROOT_CONTEXT;
    const current = currentContext();
    if (traceContextOf(context) === current) return context;
    return current === undefined ? trace.deleteSpan(context) : trace.setSpan(context, this.#bridge(current));
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => withContext(traceContextOf(context), () => fn.call(thisArg, ...args)));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const manager = this;
    const fn = target as unknown as (...args: unknown[]) => unknown;
    return function (this: unknown, ...args: unknown[]) {
      return manager.with(context, () => fn.apply(this, args));
    } as unknown as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }

  #bridge(context: TraceContext): BridgeSpan {
    let bridge = this.#spans.get(context);
    if (bridge === undefined) {
      bridge = new BridgeSpan(context.span ?? new UnsampledSpan(context), undefined);
      this.#spans.set(context, bridge);
    }
    return bridge;
  }
}

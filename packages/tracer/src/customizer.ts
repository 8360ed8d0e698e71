import type { EpochMicros } from '@tracekin/model';
import { currentContext } from './scope.ts';
import type { SpanCustomizer, TagValue } from './span.ts';

/** A customizer that looks up the current span at each call; outside of a trace its methods do nothing. */
export interface CurrentSpanCustomizer extends SpanCustomizer {
  /** Marks the current span as failed. */
  error(error: unknown): this;
}

/** Describes whatever span is current when a method is called. */
export const currentCustomizer: CurrentSpanCustomizer = {
  name(name: string) {
    currentContext()?.span?.name(name);
    return this;
  },
  tag(key: string, value: TagValue) {
    currentContext()?.span?.tag(key, value);
    return this;
  },
  annotate(value: string, timestamp?: EpochMicros) {
    currentContext()?.span?.annotate(value, timestamp);
    return this;
  },
  error(error: unknown) {
    currentContext()?.span?.error(error);
    return this;
  },
};

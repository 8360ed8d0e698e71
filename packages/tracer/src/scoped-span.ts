import { enterContext } from './scope.ts';
import { RecordingSpan, type SpanSink, UnsampledSpan } from './span.ts';
import type { SpanData } from './span-data.ts';
import type { TraceContext } from './trace-context.ts';

/** @internal A recorded span that is also the current scope until it finishes. */
export class ScopedRecordingSpan extends RecordingSpan {
  constructor(context: TraceContext, data: SpanData, sink: SpanSink, outer: TraceContext | undefined) {
    super(context, data, sink);
    enter(context, outer);
  }

  override finish(timestamp?: number): void {
    exit(this.context);
    super.finish(timestamp);
  }

  override abandon(): void {
    exit(this.context);
    super.abandon();
  }
}

/** @internal The same for a trace that is not sampled: its context still reaches outgoing requests. */
export class ScopedUnsampledSpan extends UnsampledSpan {
  constructor(context: TraceContext, outer: TraceContext | undefined) {
    super(context);
    enter(context, outer);
  }

  override finish(): void {
    exit(this.context);
  }

  override abandon(): void {
    exit(this.context);
  }

  override [Symbol.dispose](): void {
    exit(this.context);
  }
}

function enter(context: TraceContext, outer: TraceContext | undefined): void {
  context.outer = outer;
  enterContext(context);
}

function exit(context: TraceContext): void {
  if (context.exited) return;
  context.exited = true;
  enterContext(context.outer);
}

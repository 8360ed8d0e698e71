import { TracekinError } from '@tracekin/model';

/** Stops decoding: the message names the field and the rule. */
export function refuse(message: string): never {
  throw new TracekinError('invalid-argument', message);
}

/** Runs a decoder and ends its complaints as Zipkin does, e.g. with ` reading List<Span> from json`. */
export function reading<T>(encoding: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof TracekinError) || error.code !== 'invalid-argument') throw error;
    throw new TracekinError('invalid-argument', `${error.message} reading List<Span> from ${encoding}`, {
      cause: error,
    });
  }
}

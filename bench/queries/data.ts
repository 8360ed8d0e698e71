import type { Span } from '@tracekin/model';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import { Random } from '../workload/random.ts';

/** What is loaded: the same options give the same spans, whichever server they go to. */
export interface Data {
  readonly spans: number;
  /** Of the first trace, microseconds. */
  readonly startMicros: number;
}

/** From one trace to the next: a million traces last 2.8 hours, so "the last hour" is a part of them. Microseconds. */
const STEP_MICROS = 10_000;
const SPANS_PER_TRACE = 10;
/** The data is made in pieces with a seed each, so that samples from all over it can be had without making all of it. */
const PIECES = 100;
/** Values of `k8s.pod.name`: a search for one of them is the "2 % tag" of the table. */
const PODS = 50;

/** When the last trace starts, microseconds. */
export function endMicros({ spans, startMicros }: Data): number {
  return startMicros + (spans / SPANS_PER_TRACE) * STEP_MICROS;
}

/** Messages of 100 spans of one service each, in the order of arrival. A trace is complete after ten of them. */
export function* messages(data: Data): Generator<Span[], void, undefined> {
  const perPiece = Math.ceil(data.spans / PIECES / 1000) * 1000;
  let left = data.spans;
  for (let piece = 0; left > 0; piece++) {
    const count = Math.min(left, perPiece);
    left -= count;
    const pods = new Random(1_000 + piece);
    for (const message of shapeOf(data, piece).messages(count / 100)) {
      for (const { tags } of message) (tags as Record<string, string>)['k8s.pod.name'] = `pod-${pods.below(PODS)}`;
      yield message;
    }
  }
}

/** One span of every piece, oldest first. */
export function samples(data: Data): Span[] {
  const spans: Span[] = [];
  const pieces = Math.ceil(data.spans / (Math.ceil(data.spans / PIECES / 1000) * 1000));
  for (let piece = 0; piece < pieces; piece++) spans.push(shapeOf(data, piece).trace()[piece % SPANS_PER_TRACE]!);
  return spans;
}

function shapeOf(data: Data, piece: number): JaegerShape {
  const perPiece = Math.ceil(data.spans / PIECES / 1000) * 1000;
  const startMicros = data.startMicros + piece * (perPiece / SPANS_PER_TRACE) * STEP_MICROS;
  return new JaegerShape({ seed: piece + 1, startMicros, stepMicros: STEP_MICROS });
}

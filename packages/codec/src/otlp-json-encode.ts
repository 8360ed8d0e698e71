import type { Span } from '@tracekin/model';
import { jsonText } from './json-text.ts';
import { byService, endMicros, spanToOtlp } from './span-to-otlp.ts';

/** An `ExportTraceServiceRequest` in OTLP's JSON, one `resourceSpans` for each service. */
export function encodeOtlpJson(spans: readonly Span[]): string {
  const resources = [...byService(spans)].map(([service, ofService]) => {
    const attributes = service === '' ? '' : attribute(['service.name', service]);
    const scope = `{"scope":{},"spans":[${ofService.map(encodeSpan).join(',')}]}`;
    return `{"resource":{"attributes":[${attributes}]},"scopeSpans":[${scope}]}`;
  });
  return `{"resourceSpans":[${resources.join(',')}]}`;
}

function encodeSpan(span: Span): string {
  const { kind, attributes, events, statusCode, statusMessage } = spanToOtlp(span);
  let json = `{"traceId":"${span.traceId.padStart(32, '0')}","spanId":"${span.id}"`;
  if (span.parentId !== undefined) json += `,"parentSpanId":"${span.parentId}"`;
  json += `,"name":${jsonText(span.name ?? '')},"kind":${kind}`;
  json += `,"startTimeUnixNano":"${nanos(span.timestamp ?? 0)}","endTimeUnixNano":"${nanos(endMicros(span))}"`;
  if (attributes.length > 0) json += `,"attributes":[${attributes.map(attribute).join(',')}]`;
  if (events.length > 0) {
    const one = (time: number, name: string): string => `{"timeUnixNano":"${nanos(time)}","name":${jsonText(name)}}`;
    json += `,"events":[${events.map(({ timestamp, value }) => one(timestamp, value)).join(',')}]`;
  }
  if (statusCode > 0) {
    const message = statusMessage === '' ? '' : `,"message":${jsonText(statusMessage)}`;
    json += `,"status":{"code":${statusCode}${message}}`;
  }
  return `${json}}`;
}

function attribute([key, value]: readonly [string, string]): string {
  return `{"key":${jsonText(key)},"value":{"stringValue":${jsonText(value)}}}`;
}

function nanos(micros: number): string {
  return micros === 0 ? '0' : `${micros}000`;
}

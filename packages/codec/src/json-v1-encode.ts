import type { Endpoint, Span } from '@tracekin/model';
import { jsonText } from './json-text.ts';
import { encodeEndpointJson } from './json-v2-encode.ts';
import { v2ToV1 } from './v2-to-v1.ts';

/** One span as v1 JSON. `name` and an endpoint's `serviceName` are always written, empty when unknown, as Zipkin does. */
export function encodeSpanJsonV1(span: Span): string {
  const v1 = v2ToV1(span);
  let json = `{"traceId":"${v1.traceId}"`;
  if (v1.parentId !== undefined) json += `,"parentId":"${v1.parentId}"`;
  json += `,"id":"${v1.id}","name":${jsonText(v1.name ?? '')}`;
  if (v1.timestamp !== undefined) json += `,"timestamp":${v1.timestamp}`;
  if (v1.duration !== undefined) json += `,"duration":${v1.duration}`;
  const annotations = v1.annotations.map(
    ({ timestamp, value, endpoint }) => `{"timestamp":${timestamp},"value":${jsonText(value)}${member(endpoint)}}`,
  );
  if (annotations.length > 0) json += `,"annotations":[${annotations.join(',')}]`;
  const binary = v1.binaryAnnotations.map(
    ({ key, value, endpoint }) =>
      `{"key":${jsonText(key)},"value":${value === undefined ? 'true' : jsonText(value)}${member(endpoint)}}`,
  );
  if (binary.length > 0) json += `,"binaryAnnotations":[${binary.join(',')}]`;
  if (v1.debug) json += ',"debug":true';
  return `${json}}`;
}

function member(endpoint: Endpoint | undefined): string {
  return endpoint === undefined ? '' : `,"endpoint":${encodeEndpointJson(endpoint, true)}`;
}

/** `[span,…]` without white space. */
export function encodeJsonV1(spans: readonly Span[]): string {
  return `[${spans.map(encodeSpanJsonV1).join(',')}]`;
}

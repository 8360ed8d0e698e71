import type { DependencyLink, Endpoint, Span } from '@tracekin/model';
import { jsonText } from './json-text.ts';

/** One span as Zipkin writes it: fields in its order, absent ones left out (zipkin.md 1.4, 7.2). */
export function encodeSpanJsonV2(span: Span): string {
  let json = `{"traceId":"${span.traceId}"`;
  if (span.parentId !== undefined) json += `,"parentId":"${span.parentId}"`;
  json += `,"id":"${span.id}"`;
  if (span.kind !== undefined) json += `,"kind":"${span.kind}"`;
  if (span.name !== undefined) json += `,"name":${jsonText(span.name)}`;
  if (span.timestamp !== undefined) json += `,"timestamp":${span.timestamp}`;
  if (span.duration !== undefined) json += `,"duration":${span.duration}`;
  if (span.localEndpoint !== undefined) json += `,"localEndpoint":${encodeEndpointJson(span.localEndpoint)}`;
  if (span.remoteEndpoint !== undefined) json += `,"remoteEndpoint":${encodeEndpointJson(span.remoteEndpoint)}`;
  const { annotations } = span;
  if (annotations !== undefined && annotations.length > 0) {
    json += ',"annotations":';
    let before = '[';
    for (const { timestamp, value } of annotations) {
      json += `${before}{"timestamp":${timestamp},"value":${jsonText(value)}}`;
      before = ',';
    }
    json += ']';
  }
  if (span.tags !== undefined) json += encodeTags(span.tags);
  if (span.debug === true) json += ',"debug":true';
  if (span.shared === true) json += ',"shared":true';
  return `${json}}`;
}

function encodeTags(tags: Readonly<Record<string, string>>): string {
  let json = '';
  let before = ',"tags":{';
  let previous: string | undefined;
  for (const key in tags) {
    if (previous !== undefined && key < previous) return encodeUnsorted(tags);
    previous = key;
    json += `${before}${jsonText(key)}:${jsonText(tags[key]!)}`;
    before = ',';
  }
  return json === '' ? '' : `${json}}`;
}

/** Keys that look like array indexes come first in any object, so their order cannot be kept in it. */
function encodeUnsorted(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(tags)
    .sort()
    .map(key => `${jsonText(key)}:${jsonText(tags[key]!)}`);
  return `,"tags":{${pairs.join(',')}}`;
}

/** An endpoint object; `alwaysNamed` writes an empty `serviceName` too, as v1 readers expect. */
export function encodeEndpointJson(endpoint: Endpoint, alwaysNamed = false): string {
  let json = alwaysNamed ? '"serviceName":""' : '';
  if (endpoint.serviceName !== undefined) json = `"serviceName":${jsonText(endpoint.serviceName)}`;
  if (endpoint.ipv4 !== undefined) json += `${json === '' ? '' : ','}"ipv4":"${endpoint.ipv4}"`;
  if (endpoint.ipv6 !== undefined) json += `${json === '' ? '' : ','}"ipv6":"${endpoint.ipv6}"`;
  if (endpoint.port !== undefined) json += `${json === '' ? '' : ','}"port":${endpoint.port}`;
  return `{${json}}`;
}

/** `[span,…]` without white space. */
export function encodeJsonV2(spans: readonly Span[]): string {
  let json = '[';
  for (let i = 0; i < spans.length; i++) json += (i === 0 ? '' : ',') + encodeSpanJsonV2(spans[i]!);
  return `${json}]`;
}

/** `[[span,…],…]`, what `/api/v2/traces` answers. */
export function encodeTracesJson(traces: readonly (readonly Span[])[]): string {
  return `[${traces.map(encodeJsonV2).join(',')}]`;
}

/** What `/api/v2/dependencies` answers; `errorCount` is left out when there is none. */
export function encodeDependencyLinks(links: readonly DependencyLink[]): string {
  const one = ({ parent, child, callCount, errorCount }: DependencyLink): string => {
    const errors = errorCount === undefined || errorCount === 0 ? '' : `,"errorCount":${errorCount}`;
    return `{"parent":${jsonText(parent)},"child":${jsonText(child)},"callCount":${callCount}${errors}}`;
  };
  return `[${links.map(one).join(',')}]`;
}

import { asList, asNumber, asObject, asText, type JsonObject } from './json-value.ts';

/** OTLP's span kinds by number and by name; 1 is internal. */
const KINDS: Readonly<Record<string, string>> = {
  2: 'SERVER',
  3: 'CLIENT',
  4: 'PRODUCER',
  5: 'CONSUMER',
  SPAN_KIND_SERVER: 'SERVER',
  SPAN_KIND_CLIENT: 'CLIENT',
  SPAN_KIND_PRODUCER: 'PRODUCER',
  SPAN_KIND_CONSUMER: 'CONSUMER',
};

export function isOtlp(body: JsonObject): boolean {
  return Array.isArray(body['resourceSpans']) || Array.isArray(body['batches']);
}

/**
 * OTLP JSON (ExportTraceServiceRequest, or a trace as Tempo gives it under `batches`) as Zipkin v2 spans: service.name
 * becomes the service, attributes and resource attributes tags, events annotations, an error status the tag `error`.
 * Links become tags `otel.link.0` and so on, as on our server, `traceId/spanId`, so that nothing is lost.
 */
export function fromOtlp(body: JsonObject): JsonObject[] {
  const spans: JsonObject[] = [];
  for (const resourceSpans of asList(body['resourceSpans'] ?? body['batches']).map(asObject)) {
    const resource = attributes(asObject(resourceSpans['resource'])['attributes']);
    const scopes = resourceSpans['scopeSpans'] ?? resourceSpans['instrumentationLibrarySpans'];
    for (const scope of asList(scopes).map(asObject)) {
      for (const span of asList(scope['spans']).map(asObject)) spans.push(convert(span, resource));
    }
  }
  return spans;
}

function convert(span: JsonObject, resource: Record<string, string>): JsonObject {
  const tags: Record<string, string> = { ...resource, ...attributes(span['attributes']) };
  const service = tags['service.name'] ?? '';
  delete tags['service.name'];
  const status = asObject(span['status']);
  if (status['code'] === 2 || status['code'] === 'STATUS_CODE_ERROR')
    tags['error'] = asText(status['message']) || tags['error'] || 'true';
  for (const [number, link] of asList(span['links']).map(asObject).entries()) {
    tags[`otel.link.${number}`] = `${hexId(link['traceId'], 32)}/${hexId(link['spanId'], 16)}`;
  }
  const start = micros(span['startTimeUnixNano']);
  const end = micros(span['endTimeUnixNano']);
  const peer = tags['peer.service'] ?? tags['db.system'] ?? tags['db.system.name'] ?? tags['messaging.system'];
  const kind = KINDS[asText(span['kind'])];
  const parentId = hexId(span['parentSpanId'], 16);
  return {
    traceId: hexId(span['traceId'], 32),
    id: hexId(span['spanId'], 16),
    ...(parentId !== '' && { parentId }),
    ...(kind !== undefined && { kind }),
    name: asText(span['name']),
    timestamp: start,
    // A span shorter than 1 µs would otherwise look unfinished.
    duration: end >= start && end > 0 ? Math.max(1, end - start) : 0,
    localEndpoint: { serviceName: service === '' ? 'unknown' : service },
    ...(peer !== undefined && (kind === 'CLIENT' || kind === 'PRODUCER') && { remoteEndpoint: { serviceName: peer } }),
    annotations: asList(span['events'])
      .map(asObject)
      .map(event => ({ timestamp: micros(event['timeUnixNano']), value: eventText(event) })),
    tags,
  };
}

function eventText(event: JsonObject): string {
  const fields = attributes(event['attributes']);
  return Object.keys(fields).length === 0
    ? asText(event['name'])
    : `${asText(event['name'])} ${JSON.stringify(fields)}`;
}

/** Nanoseconds come as text because JSON numbers cannot hold them; cutting three digits keeps every µs exact. */
function micros(nanos: unknown): number {
  if (typeof nanos === 'string' && /^\d+$/.test(nanos)) return Number(nanos.slice(0, -3) || '0');
  return Math.floor(asNumber(nanos) / 1000);
}

/** Ids are hex by the OTLP/JSON rules; some exporters write them as base64 as protobuf's own JSON does. */
function hexId(value: unknown, length: number): string {
  const text = asText(value);
  if (text === '' || /^[0-9a-fA-F]+$/.test(text)) return text.toLowerCase();
  try {
    const hex = Array.from(atob(text), c => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    return hex.length === length ? hex : text;
  } catch {
    return text;
  }
}

function attributes(list: unknown): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const item of asList(list).map(asObject)) tags[asText(item['key'])] = valueText(item['value']);
  return tags;
}

function valueText(value: unknown): string {
  const any = asObject(value);
  const simple = any['stringValue'] ?? any['intValue'] ?? any['doubleValue'] ?? any['boolValue'] ?? any['bytesValue'];
  if (simple !== undefined) return asText(simple);
  if (any['arrayValue'] !== undefined)
    return JSON.stringify(asList(asObject(any['arrayValue'])['values']).map(item => plain(item, 0)));
  if (any['kvlistValue'] !== undefined) return JSON.stringify(plain(value, 0));
  return '';
}

/** Nesting deeper than this is cut: a hostile file must not overflow the stack. */
const DEEPEST = 16;

function plain(value: unknown, level: number): unknown {
  if (level > DEEPEST) return '…';
  const any = asObject(value);
  if (any['arrayValue'] !== undefined)
    return asList(asObject(any['arrayValue'])['values']).map(item => plain(item, level + 1));
  if (any['kvlistValue'] !== undefined) {
    const fields = asList(asObject(any['kvlistValue'])['values']).map(asObject);
    return Object.fromEntries(fields.map(field => [asText(field['key']), plain(field['value'], level + 1)]));
  }
  return any['stringValue'] ?? any['intValue'] ?? any['doubleValue'] ?? any['boolValue'] ?? any['bytesValue'] ?? null;
}

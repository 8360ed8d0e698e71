import { asList, asNumber, asObject, asText, type JsonObject } from './json-value.ts';

export function isJaeger(body: JsonObject): boolean {
  return asList(body['data']).some(trace => Array.isArray(asObject(trace)['spans']) && 'processes' in asObject(trace));
}

/** What Jaeger's UI and API call a trace, as Zipkin v2 spans. */
export function fromJaeger(body: JsonObject): JsonObject[] {
  const spans: JsonObject[] = [];
  for (const trace of asList(body['data']).map(asObject)) {
    const processes = asObject(trace['processes']);
    for (const span of asList(trace['spans']).map(asObject))
      spans.push(convert(span, asObject(processes[asText(span['processID'])])));
  }
  return spans;
}

function convert(span: JsonObject, process: JsonObject): JsonObject {
  const tags = fields(span['tags']);
  const kind = tags['span.kind']?.toUpperCase();
  delete tags['span.kind'];
  // Jaeger writes error=false as well; in Zipkin the tag alone means an error.
  if (tags['error'] === 'false') delete tags['error'];
  const parent = asList(span['references'])
    .map(asObject)
    .find(reference => reference['traceID'] === span['traceID']);
  const parentId = asText(parent?.['spanID'] ?? span['parentSpanID']);
  return {
    traceId: asText(span['traceID']),
    id: asText(span['spanID']),
    ...(parentId !== '' && { parentId }),
    ...(kind !== undefined && ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].includes(kind) && { kind }),
    name: asText(span['operationName']),
    timestamp: asNumber(span['startTime']),
    duration: asNumber(span['duration']),
    localEndpoint: { serviceName: asText(process['serviceName']) },
    annotations: asList(span['logs'])
      .map(asObject)
      .map(log => {
        const values = fields(log['fields']);
        const { event, ...rest } = values;
        const text = Object.keys(rest).length === 0 ? (event ?? '') : `${event ?? ''} ${JSON.stringify(rest)}`.trim();
        return { timestamp: asNumber(log['timestamp']), value: text };
      }),
    tags,
  };
}

function fields(list: unknown): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const item of asList(list).map(asObject)) tags[asText(item['key'])] = asText(item['value']);
  return tags;
}

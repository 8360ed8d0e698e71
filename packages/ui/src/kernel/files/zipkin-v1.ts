import { asList, asNumber, asObject, asText, type JsonObject } from './json-value.ts';

/** Core annotations and what they make of a span: [kind, is it the begin]. */
const CORE: Readonly<Record<string, readonly [kind: string, begin: boolean]>> = {
  cs: ['CLIENT', true],
  cr: ['CLIENT', false],
  sr: ['SERVER', true],
  ss: ['SERVER', false],
  ms: ['PRODUCER', true],
  mr: ['CONSUMER', true],
};

interface Side {
  kind: string;
  endpoint: JsonObject;
  begin: number;
  end: number;
  annotations: { timestamp: number; value: string }[];
  tags: Record<string, string>;
  remote: JsonObject | undefined;
}

/** Zipkin's first JSON format is told by fields that the second does not have. */
export function isZipkinV1(element: JsonObject): boolean {
  if ('binaryAnnotations' in element) return true;
  return asList(element['annotations']).some(annotation => 'endpoint' in asObject(annotation));
}

/**
 * One v1 span as v2 spans, one for each side that recorded something (zipkin.md 7.5): cs/cr make a CLIENT, sr/ss a SERVER
 * that is shared when the client is there as well or when the span does not carry its own time, ms a PRODUCER, mr a
 * CONSUMER. `sa`, `ca` and `ma` give the other endpoint, other binary annotations become tags.
 */
export function fromZipkinV1(span: JsonObject): JsonObject[] {
  const sides = new Map<string, Side>();
  const side = (kind: string, endpoint: JsonObject): Side => {
    const key = `${kind} ${asText(endpoint['serviceName']).toLowerCase()}`;
    let known = sides.get(key);
    if (known === undefined) {
      known = { kind, endpoint, begin: 0, end: 0, annotations: [], tags: {}, remote: undefined };
      sides.set(key, known);
    }
    return known;
  };
  const annotations = asList(span['annotations']).map(asObject);
  for (const annotation of annotations) {
    const core = CORE[asText(annotation['value'])];
    if (core === undefined) continue;
    const one = side(core[0], asObject(annotation['endpoint']));
    if (core[1]) one.begin = asNumber(annotation['timestamp']);
    else one.end = asNumber(annotation['timestamp']);
  }
  const ofService = (endpoint: JsonObject): Side => {
    const name = asText(endpoint['serviceName']).toLowerCase();
    const list = [...sides.values()];
    return (
      list.find(one => asText(one.endpoint['serviceName']).toLowerCase() === name) ??
      (name === '' ? list[0] : undefined) ??
      side('', endpoint)
    );
  };
  const binary = asList(span['binaryAnnotations']).map(asObject);
  const addresses = new Map<string, JsonObject>();
  for (const { key, value, endpoint } of binary.map(b => ({
    key: asText(b['key']),
    value: b['value'],
    endpoint: asObject(b['endpoint']),
  }))) {
    if ((key === 'sa' || key === 'ca' || key === 'ma') && (value === true || value === 'true'))
      addresses.set(key, endpoint);
    else if (key === 'lc' && asText(value) === '') ofService(endpoint);
    else ofService(endpoint).tags[key] = asText(value);
  }
  for (const annotation of annotations) {
    const value = asText(annotation['value']);
    if (CORE[value] === undefined) {
      ofService(asObject(annotation['endpoint'])).annotations.push({
        timestamp: asNumber(annotation['timestamp']),
        value,
      });
    }
  }
  for (const one of sides.values()) {
    const key = one.kind === 'CLIENT' ? 'sa' : one.kind === 'SERVER' ? 'ca' : one.kind === '' ? '' : 'ma';
    one.remote = addresses.get(key);
  }
  if (sides.size === 0) side('', addresses.get('ca') ?? addresses.get('sa') ?? {});

  const timestamp = asNumber(span['timestamp']);
  const duration = asNumber(span['duration']);
  const all = [...sides.values()];
  const hasClient = all.some(one => one.kind === 'CLIENT');
  return all.map(one => {
    const shared = one.kind === 'SERVER' && (hasClient || timestamp === 0);
    const measured = one.begin !== 0 && one.end > one.begin ? one.end - one.begin : 0;
    const own = shared || (timestamp === 0 && one.begin !== 0);
    return {
      traceId: span['traceId'],
      id: span['id'],
      ...(span['parentId'] !== undefined && { parentId: span['parentId'] }),
      ...(one.kind !== '' && { kind: one.kind }),
      name: asText(span['name']),
      timestamp: own ? one.begin : timestamp || one.begin || one.annotations[0]?.timestamp || 0,
      duration: own ? measured : duration || measured,
      localEndpoint: one.endpoint,
      ...(one.remote !== undefined && { remoteEndpoint: one.remote }),
      annotations: one.annotations,
      tags: one.tags,
      ...(span['debug'] === true && { debug: true }),
      ...(shared && { shared: true }),
    };
  });
}

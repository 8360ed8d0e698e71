import type { Annotation, Endpoint, Kind, Span } from '@tracekin/model';

/**
 * A span from normalised parts. All thirteen fields exist on every span, in this order, `undefined` where absent: one
 * hidden class for everything that reads spans later.
 */
export function spanOf(
  traceId: string,
  parentId: string | undefined,
  id: string,
  kind: Kind | undefined,
  name: string | undefined,
  timestamp: number | undefined,
  duration: number | undefined,
  localEndpoint: Endpoint | undefined,
  remoteEndpoint: Endpoint | undefined,
  annotations: readonly Annotation[] | undefined,
  tags: Readonly<Record<string, string>> | undefined,
  debug: boolean,
  shared: boolean,
): Span {
  return {
    traceId,
    parentId: parentId === id ? undefined : parentId,
    id,
    kind,
    name,
    timestamp,
    duration,
    localEndpoint,
    remoteEndpoint,
    annotations,
    tags,
    debug: debug ? true : undefined,
    shared: sharedOf(shared, kind),
  };
}

/** A client starts its span: it cannot have joined it (zipkin.md 7.1). */
export function sharedOf(shared: boolean, kind: Kind | undefined): true | undefined {
  return shared && kind !== 'CLIENT' ? true : undefined;
}

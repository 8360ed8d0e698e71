import type { Attribute } from '@tracekin/model';
import type { SampledSpan } from '@tracekin/storage';

/** What `compareAttributes` looks at in a span. */
export function spanAttributes({ localEndpoint, name, remoteEndpoint, kind, tags = {} }: SampledSpan): Attribute[] {
  const attributes: Attribute[] = [];
  if (localEndpoint?.serviceName !== undefined) {
    attributes.push({ field: 'serviceName', value: localEndpoint.serviceName });
  }
  if (name !== undefined) attributes.push({ field: 'spanName', value: name });
  if (remoteEndpoint?.serviceName !== undefined) {
    attributes.push({ field: 'remoteServiceName', value: remoteEndpoint.serviceName });
  }
  if (kind !== undefined) attributes.push({ field: 'kind', value: kind });
  for (const [key, value] of Object.entries(tags)) attributes.push({ field: 'tag', key, value });
  return attributes;
}

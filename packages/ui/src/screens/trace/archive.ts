import { RequestError, request } from '../../api/request.ts';

/**
 * Sends a trace to the archive server of the configuration: reads it again, so that spans which came late are included, tags its
 * first root `zipkin.archived=true`, and posts it. Any 2xx is success (Lens takes a 200 for a failure, zipkin.md 5.4).
 */
export async function archiveTrace(traceUrl: string, archivePostUrl: string): Promise<void> {
  const spans: unknown = await (await request(new URL(traceUrl))).json();
  if (!Array.isArray(spans)) throw new RequestError(traceUrl, 200, 'not a list of spans');
  const root = spans.find(span => typeof span === 'object' && span !== null && span.parentId === undefined) ?? spans[0];
  if (root !== undefined) root.tags = { ...root.tags, 'zipkin.archived': 'true' };
  await request(new URL(archivePostUrl, document.baseURI), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spans),
  });
}

/** `{traceId}` is replaced everywhere, as in Lens' logs link. */
export function fillTemplate(template: string, traceId: string): string {
  return template.replaceAll('{traceId}', encodeURIComponent(traceId));
}

export function saveFile(name: string, data: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken its own reference by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

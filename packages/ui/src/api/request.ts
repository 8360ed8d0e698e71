import { baseUrl } from './base-url.ts';

/** A request that did not succeed: what the server said, or why it could not be asked. */
export class RequestError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** First 2,000 characters of the answer. */
  readonly body: string;
  /** What was asked, without the server's address. */
  readonly path: string;

  constructor(path: string, status: number, body: string, options?: ErrorOptions) {
    super(status === 0 ? `${path}: no answer` : `${path}: ${status} ${body}`.trim(), options);
    this.name = 'RequestError';
    this.path = path;
    this.status = status;
    this.body = body;
  }
}

export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/** `path` with `parameters`, relative to the UI's own address; absent and empty values are left out. */
export function apiUrl(path: string, parameters: QueryParameters = {}): URL {
  const url = new URL(path, baseUrl());
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url;
}

/** Sends a request; throws a `RequestError` unless the answer's status is 2xx. */
export async function request(url: URL, init: RequestInit = {}): Promise<Response> {
  const path = url.pathname + url.search;
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new RequestError(path, 0, '', { cause });
  }
  if (!response.ok)
    throw new RequestError(path, response.status, (await response.text().catch(() => '')).slice(0, 2000));
  return response;
}

/** GETs JSON. An answer that is no JSON (a proxy's login page, say) is a `RequestError` with its status. */
export async function getJson<T>(path: string, parameters?: QueryParameters, signal?: AbortSignal): Promise<T> {
  const url = apiUrl(path, parameters);
  const response = await request(url, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  const text = await response.text();
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new RequestError(url.pathname + url.search, response.status, text.slice(0, 2000), { cause });
  }
}

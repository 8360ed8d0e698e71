/** The address under which the UI is served, e.g. `http://localhost:9411/zipkin/`; `<base href>` decides. */
export function baseUrl(): string {
  return new URL('.', document.baseURI).href;
}

/** The path of `baseUrl` without its last slash, as the router wants it. */
export function basePath(): string {
  return new URL(baseUrl()).pathname.replace(/\/$/, '') || '/';
}

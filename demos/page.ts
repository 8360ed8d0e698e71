import { currentContext } from '@tracekin/tracer';

const ui = process.env['TRACEKIN_UI'] ?? 'http://localhost:9411/zipkin';

/** The page a demo answers with: what just happened, and where to see it. */
export function page(title: string, sentence: string): string {
  const traceId = currentContext()?.traceId;
  const trace =
    traceId === undefined
      ? ''
      : `<p><a href="${ui}/traces/${traceId}">See this request as a trace</a> (it is complete in a second)</p>`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>body { font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark }</style>
<h1>OK</h1><p>${sentence}</p>${trace}<p><a href="${ui}/">Search all traces</a> · <a href="${ui}/dependency">Who calls whom</a></p></html>`;
}

import { TracekinError } from '@tracekin/model';
import { Option } from 'commander';

/** `--url`, the same for every command that talks to a server. */
export function urlOption(): Option {
  return new Option('--url <url>', 'the server').env('TRACEKIN_URL').default('http://127.0.0.1:9411');
}

/**
 * One request to a server, Tracekin or Zipkin. `path` is joined to whatever path the URL has. Any answer is returned.
 *
 * @throws TracekinError `unavailable` when nothing answers, `invalid-argument` for a malformed URL
 */
export async function callServer(base: string, path: string, init: RequestInit = {}): Promise<Response> {
  const url = `${base.replace(/\/+$/, '')}${path}`;
  if (!URL.canParse(url))
    throw new TracekinError('invalid-argument', `--url ${base} is not a URL; it looks like http://127.0.0.1:9411`);
  try {
    return await fetch(url, init);
  } catch (error) {
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw new TracekinError(
      'unavailable',
      `no server answers at ${base} (${reason}); start one with "npm start" or name another with --url`,
      { cause: error },
    );
  }
}

/** The JSON of a good answer. @throws TracekinError with the server's own text otherwise */
export async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) {
    const code = response.status === 404 ? 'not-found' : response.status < 500 ? 'invalid-argument' : 'unavailable';
    throw new TracekinError(code, `the server answered ${response.status}: ${text.trim()}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TracekinError('unavailable', `the answer of ${response.url} is not JSON; is it a tracing server?`, {
      cause: error,
    });
  }
}

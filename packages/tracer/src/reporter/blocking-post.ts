import { createRequire } from 'node:module';

/** Milliseconds; the process is being ended and must not hang. */
const TIMEOUT_MS = 1_000;

/** Reads a line of JSON and the body from standard input and posts it; the exit code says whether it was taken. */
const PROGRAM = `
const chunks = [];
process.stdin.on('data', chunk => chunks.push(chunk)).on('end', () => {
  const input = Buffer.concat(chunks);
  const end = input.indexOf(10);
  const { url, headers } = JSON.parse(input.subarray(0, end).toString());
  const body = input.subarray(end + 1);
  const { request } = require(url.startsWith('https:') ? 'https' : 'http');
  request(url, { method: 'POST', headers: { ...headers, 'content-length': body.length } }, response => {
    response.resume();
    process.exit(response.statusCode < 300 ? 0 : 1);
  }).on('error', () => process.exit(1)).end(body);
});
`;

/**
 * Posts in a process of its own and waits for it: the only way to send from an `exit` listener, where nothing asynchronous
 * happens any more. Returns whether the message was taken; never throws.
 */
export function postBlocking(url: URL, headers: Readonly<Record<string, string>>, body: Uint8Array): boolean {
  try {
    // Loaded here, as it takes milliseconds that most processes never need to spend.
    const { spawnSync } = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process');
    // NODE_OPTIONS might trace the helper in turn.
    const { NODE_OPTIONS: _, ...env } = process.env;
    // On standard input and not as an argument: headers may hold a password, and arguments are there for all users to see.
    const head = new TextEncoder().encode(`${JSON.stringify({ url: url.href, headers })}\n`);
    const result = spawnSync(process.execPath, ['-e', PROGRAM], {
      input: Buffer.concat([head, body]),
      env,
      timeout: TIMEOUT_MS,
      stdio: ['pipe', 'ignore', 'ignore'],
      windowsHide: true,
    });
    return result.status === 0;
  } catch {
    return false;
  }
}

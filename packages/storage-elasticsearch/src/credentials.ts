import { readFile } from 'node:fs/promises';
import type { ElasticsearchOptions } from './options.ts';

const userKey = 'zipkin.storage.elasticsearch.username';
const passwordKey = 'zipkin.storage.elasticsearch.password';

/**
 * The `authorization` header of the moment. With a credentials file it is read again when older than `credentialsRefreshMs`; a file that
 * cannot be read or lacks a key keeps the last good credentials and says so once per change of state.
 */
export class Credentials {
  readonly #options: ElasticsearchOptions;
  readonly #now: () => number;
  #header: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #complained = false;
  #reading: Promise<void> | undefined;

  constructor(options: ElasticsearchOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
    const { username, password } = options;
    if (username !== undefined && password !== undefined) this.#header = basic(username, password);
  }

  /** Undefined when no credentials are configured. Never rejects. */
  async header(): Promise<string | undefined> {
    const { credentialsFile: file, credentialsRefreshMs } = this.#options;
    if (file === undefined) return this.#header;
    if (this.#now() - this.#readAt >= credentialsRefreshMs) {
      this.#readAt = this.#now();
      this.#reading = this.#read(file);
    }
    await this.#reading;
    return this.#header;
  }

  async #read(file: string): Promise<void> {
    try {
      const properties = parseProperties(await readFile(file, 'utf8'));
      const [username, password] = [properties.get(userKey), properties.get(passwordKey)];
      if (username === undefined || password === undefined) throw new Error(`it needs ${userKey} and ${passwordKey}`);
      this.#header = basic(username, password);
      this.#complained = false;
    } catch (error) {
      if (!this.#complained)
        this.#options.log('error', `Cannot read ES_CREDENTIALS_FILE: ${(error as Error).message}`, { file });
      this.#complained = true;
    }
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The part of Java's properties format that such files use: `key=value` or `key: value` lines, `#` and `!` comments. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:\s]\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined) properties.set(match[1], match[2] ?? '');
  }
  return properties;
}

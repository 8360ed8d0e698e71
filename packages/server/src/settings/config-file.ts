import { readFile } from 'node:fs/promises';
import { TracekinError } from '@tracekin/model';

/** Read when it is in the working directory and no other is named. */
export const DEFAULT_CONFIG_FILE = 'tracekin.yaml';

export interface ConfigFile {
  readonly path: string;
  /** Text by key, lists joined by commas, for `loadSettings`. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Reads a YAML mapping of setting keys to scalars or lists of scalars. Without `path`, the default file when there is one.
 *
 * @throws TracekinError `invalid-configuration` naming the file and the line or key
 */
export async function readConfigFile(path: string | undefined): Promise<ConfigFile | undefined> {
  const file = path ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (path === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TracekinError(
      'invalid-configuration',
      `cannot read the configuration file ${file}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return { path: file, values: await parseConfig(text, file) };
}

/** As `readConfigFile`, from text. */
export async function parseConfig(text: string, file: string): Promise<Record<string, string>> {
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new TracekinError('invalid-configuration', `${file}: ${(error as Error).message}`, { cause: error });
  }
  if (document === null || document === undefined) return {};
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw new TracekinError('invalid-configuration', `${file}: must be a mapping such as "port: 9411"`);
  }
  const values: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(document)) {
    if (value === null) continue;
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    if (parts.some(part => typeof part === 'object')) {
      throw new TracekinError('invalid-configuration', `${file}: ${key} must be a single value or a list of them`);
    }
    values[key] = parts.join(',');
  }
  return values;
}

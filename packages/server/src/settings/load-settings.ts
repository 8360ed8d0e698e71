import { TracekinError } from '@tracekin/model';
import { closestWord } from './closest-word.ts';
import type { Derived, SettingRow } from './setting-row.ts';
import { type SettingName, settingEntries } from './setting-rows.ts';
import type { Settings } from './settings.ts';
import { checkZipkinOnly } from './zipkin-only.ts';

export interface SettingSources {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values by key, e.g. `{ port: '9500' }`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Values by key, as `readConfigFile` gives them. */
  readonly file?: { readonly path: string; readonly values: Readonly<Record<string, string>> };
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

/** Our own variables that other programs read: tests, tools, and the tracer library, which may trace this very process. */
const FOREIGN =
  /^TRACEKIN_(?:(?:TEST|SERVICES|DEMO|BENCH|TRACER)_\w+|CONFIG|URL|UI|SERVICE_NAME|SAMPLE_RATE|TRACES_PER_SECOND|ENDPOINT|ENABLED|DISABLE|ENCODING|PROPAGATION|BAGGAGE|TAGS|HEADERS|GZIP|IGNORE_PATHS|TRACE_ID_\w+|SUPPORTS_JOIN|FLUSH_INTERVAL_MS|MAX_QUEUED_SPANS)$/;

/**
 * Settings from flags, else environment, else file, else default. Empty text counts as unset, as in Zipkin.
 *
 * @throws TracekinError `invalid-configuration`; the message has one line for every setting that is wrong
 */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const env = sources.env ?? {};
  const warnings = checkZipkinOnly(env);
  const problems: string[] = [];
  const known = settingEntries();
  const byKey = new Set(known.map(([, row]) => row.key));

  for (const [where, values] of [
    ['flag --', sources.flags ?? {}],
    [`${sources.file?.path}: key `, sources.file?.values ?? {}],
  ] as const) {
    for (const key of Object.keys(values)) {
      if (!byKey.has(key)) problems.push(`unknown ${where}${key}${suggestion(closestWord(key, byKey))}`);
    }
  }
  warnings.push(...unknownVariables(env, known));

  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const [name, row] of known) {
    const found = findText(row, sources, env);
    if (found === undefined) continue;
    const parsed = row.kind.schema.safeParse(found.text);
    if (parsed.success) settings[name] = parsed.data;
    else {
      const shown = row.secret ? 'its value' : JSON.stringify(found.text);
      problems.push(`${found.where}: ${shown} must be ${row.kind.rule}`);
    }
  }
  if (problems.length > 0) throw new TracekinError('invalid-configuration', problems.join('\n'));
  return { settings: withDefaults(settings as Partial<Settings>), warnings };
}

/**
 * Fills in what is not given and checks what no single setting can.
 *
 * @throws TracekinError `invalid-configuration`
 */
export function withDefaults(given: Partial<Settings>): Settings {
  const settings: Record<string, unknown> = { ...given };
  const entries = settingEntries();
  for (const [name, row] of entries) {
    if (settings[name] === undefined && !isDerived(row.default)) settings[name] = row.default;
  }
  for (const [name, row] of entries) {
    if (settings[name] === undefined && isDerived(row.default)) {
      settings[name] = row.default.derive(settings as unknown as Settings);
    }
  }
  const complete = settings as unknown as Settings;
  if ((complete.tlsCert === undefined) !== (complete.tlsKey === undefined)) {
    throw new TracekinError(
      'invalid-configuration',
      'tls-cert and tls-key (TRACEKIN_TLS_CERT, TRACEKIN_TLS_KEY) go together: set both or neither',
    );
  }
  for (const [port, name, needs, enabled] of [
    [complete.otlpGrpcPort, 'otlp-grpc-port', 'collector-grpc-enabled', complete.collectorGrpcEnabled],
    [complete.otlpHttpPort, 'otlp-http-port', 'collector-http-enabled', complete.collectorHttpEnabled],
  ] as const) {
    if (port === undefined || enabled) continue;
    throw new TracekinError('invalid-configuration', `${name} needs ${needs}: set it to true or unset the port`);
  }
  return complete;
}

function findText(
  row: SettingRow<unknown>,
  sources: SettingSources,
  env: Readonly<Record<string, string | undefined>>,
): { text: string; where: string } | undefined {
  const flag = sources.flags?.[row.key];
  if (flag !== undefined) return { text: flag, where: `--${row.key}` };
  for (const name of row.env) {
    const text = env[name];
    if (text !== undefined && text !== '') return { text, where: name };
  }
  const text = sources.file?.values[row.key];
  return text === undefined || text === '' ? undefined : { text, where: `${sources.file!.path}: ${row.key}` };
}

function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly (readonly [SettingName, SettingRow<unknown>])[],
): string[] {
  const names = new Set(known.flatMap(([, row]) => row.env));
  return Object.keys(env)
    .filter(name => name.startsWith('TRACEKIN_') && !names.has(name) && !FOREIGN.test(name))
    .map(name => `unknown variable ${name}${suggestion(closestWord(name, names))}`);
}

function suggestion(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${word}?`;
}

export function isDerived(value: unknown): value is Derived<unknown> {
  return typeof value === 'object' && value !== null && 'derive' in value;
}

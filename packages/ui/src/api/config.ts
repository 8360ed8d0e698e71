import { getJson } from './request.ts';

/** Additions of a Tracekin server that the UI may use; a Zipkin server has none. */
export const CAPABILITIES = ['summaries', 'latest', 'stats', 'stream', 'heatmap', 'diff', 'red', 'tagColumns'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** `config.json` as Zipkin has it (zipkin.md 1.7, ui.md 1.2), with defaults filled in. */
export interface UiConfig {
  /** Label of the installation, e.g. `prod`. Empty when there is none. */
  readonly environment: string;
  /** How many traces to ask for at first. */
  readonly queryLimit: number;
  /** How far back to search at first, in milliseconds. */
  readonly defaultLookback: number;
  readonly searchEnabled: boolean;
  /** `{traceId}` is to be replaced everywhere. */
  readonly logsUrl?: string | undefined;
  readonly supportUrl?: string | undefined;
  readonly archivePostUrl?: string | undefined;
  readonly archiveUrl?: string | undefined;
  readonly dependency: {
    readonly enabled: boolean;
    /** Part of failed calls, 0 to 1, from which an edge is a warning. */
    readonly lowErrorRate: number;
    /** The same for an error. */
    readonly highErrorRate: number;
  };
  readonly capabilities: ReadonlySet<Capability>;
}

/** Reads what `config.json` said; anything missing or of the wrong type gets Zipkin's default. */
export function readConfig(json: unknown): UiConfig {
  const from = isObject(json) ? json : {};
  const dependency = isObject(from['dependency']) ? from['dependency'] : {};
  return {
    environment: text(from['environment']) ?? '',
    queryLimit: positive(from['queryLimit']) ?? 10,
    defaultLookback: positive(from['defaultLookback']) ?? 900_000,
    searchEnabled: from['searchEnabled'] !== false,
    logsUrl: text(from['logsUrl']),
    supportUrl: text(from['supportUrl']),
    archivePostUrl: text(from['archivePostUrl']),
    archiveUrl: text(from['archiveUrl']),
    dependency: {
      enabled: dependency['enabled'] !== false,
      lowErrorRate: rate(dependency['lowErrorRate']) ?? 0.5,
      highErrorRate: rate(dependency['highErrorRate']) ?? 0.75,
    },
    capabilities: readCapabilities(from['capabilities']),
  };
}

/** Asks the server. */
export async function fetchConfig(): Promise<UiConfig> {
  return readConfig(await getJson('config.json'));
}

/** `{ "summaries": true }` or `["summaries"]`. */
function readCapabilities(json: unknown): ReadonlySet<Capability> {
  const has = (name: Capability): boolean =>
    Array.isArray(json) ? json.includes(name) : isObject(json) && Boolean(json[name]);
  return new Set(CAPABILITIES.filter(has));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function rate(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;
}

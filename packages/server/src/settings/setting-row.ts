import type { Settings } from './settings.ts';
import type { ValueKind } from './value-kinds.ts';

/** One setting, in every spelling. */
export interface SettingRow<T> {
  /** The long flag without its dashes, which is also the key in the configuration file. */
  readonly key: string;
  /** Environment variables, the preferred one first. Zipkin's own name where Zipkin has the setting (zipkin.md 6.1). */
  readonly env: readonly string[];
  readonly kind: ValueKind<Exclude<T, undefined>>;
  readonly default: T | Derived<T>;
  /** One or two sentences; the first also serves `--help`. */
  readonly text: string;
  /** Never printed. */
  readonly secret?: true;
}

/** A default that follows another setting. */
export interface Derived<T> {
  readonly derivedFrom: string;
  readonly derive: (settings: Settings) => T;
}

export type SettingRows = { readonly [K in keyof Settings]: SettingRow<Settings[K]> };

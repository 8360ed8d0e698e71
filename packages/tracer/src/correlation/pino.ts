import { logFields } from './log-fields.ts';

/** For pino's `mixin`: `pino({ mixin: tracingMixin })` adds `traceId`, `spanId`, `parentId` and `sampled` to each line. */
export function tracingMixin(): object {
  return logFields() ?? {};
}

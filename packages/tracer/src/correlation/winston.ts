import { logFields } from './log-fields.ts';

/**
 * A winston format that adds `traceId`, `spanId`, `parentId` and `sampled` to each entry:
 * `format.combine(tracingFormat(), format.json())`.
 */
export function tracingFormat(): { transform(info: object): object } {
  return { transform: info => Object.assign(info, logFields()) };
}

import type { HttpRequest } from '../http-parser.ts';
import type { Sampler } from './sampler.ts';

/**
 * Decides about one request that starts a trace: true keeps it, false does not, a sampler is asked with the trace id, and
 * undefined leaves it to the tracer's own sampler.
 */
export type RequestSampler = (request: HttpRequest) => boolean | Sampler | undefined;

/** One row of {@link httpRules}; every condition that is given must hold. */
export interface HttpRule {
  /** Compared without case. */
  readonly method?: string;
  /** Start of the path, e.g. `/health`. */
  readonly pathPrefix?: string;
  /** The whole path or, with a RegExp, a match in it. */
  readonly path?: string | RegExp;
  /** Any other condition. */
  readonly when?: (request: HttpRequest) => boolean;
  /** A decision, or a sampler with the rate or limit for these requests. */
  readonly sample: boolean | Sampler;
}

/** The first rule that matches decides. Example: `httpRules([{ pathPrefix: '/health', sample: false }])`. */
export function httpRules(rules: readonly HttpRule[]): RequestSampler {
  return request => {
    for (const rule of rules) {
      if (matches(rule, request)) return rule.sample;
    }
    return undefined;
  };
}

function matches(rule: HttpRule, request: HttpRequest): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== request.method.toUpperCase()) return false;
  if (rule.pathPrefix !== undefined && !request.path.startsWith(rule.pathPrefix)) return false;
  if (rule.path !== undefined) {
    if (typeof rule.path === 'string' ? rule.path !== request.path : request.path.search(rule.path) < 0) return false;
  }
  return rule.when === undefined || rule.when(request);
}

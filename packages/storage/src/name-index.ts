import type { Span } from '@tracekin/model';
import type { MemoryTrace } from './memory-trace.ts';

/**
 * A name, kept while a trace uses it. `uses` counts entries in the traces' `names` or `services`, which may hold a name more
 * than once: that only has to add up when the trace goes, and noting the last user is cheaper than a set per trace.
 */
export interface UsedName {
  readonly name: string;
  /** Which map it leaves with its last use. */
  readonly owner: Map<string, UsedName>;
  uses: number;
  /** Serial number of the trace that used it last. */
  lastUser: number;
}

/** What is known of a local service. */
export interface UsedService extends UsedName {
  readonly spanNames: Map<string, UsedName>;
  readonly remoteServiceNames: Map<string, UsedName>;
}

/** Names of services, spans and tag values, each kept as long as a trace has it. */
export class NameIndex {
  readonly services: Map<string, UsedService> = new Map();
  /** Values by autocomplete key. */
  readonly autocomplete: Map<string, Map<string, UsedName>> = new Map();

  constructor(autocompleteKeys: readonly string[]) {
    for (const key of autocompleteKeys) this.autocomplete.set(key, new Map());
  }

  add(trace: MemoryTrace, span: Span): void {
    const serviceName = span.localEndpoint?.serviceName;
    if (serviceName !== undefined) {
      const service = this.#useService(trace, serviceName);
      if (span.name !== undefined) useName(trace, service.spanNames, span.name);
      const remote = span.remoteEndpoint?.serviceName;
      if (remote !== undefined) useName(trace, service.remoteServiceNames, remote);
    }
    if (this.autocomplete.size === 0 || span.tags === undefined) return;
    for (const [key, values] of this.autocomplete) {
      if (Object.hasOwn(span.tags, key)) useName(trace, values, span.tags[key]!);
    }
  }

  /** Forgets the names that only this trace has. */
  remove(trace: MemoryTrace): void {
    for (const used of trace.names) if (--used.uses === 0) used.owner.delete(used.name);
    for (const used of trace.services) if (--used.uses === 0) used.owner.delete(used.name);
  }

  clear(): void {
    this.services.clear();
    this.autocomplete.clear();
  }

  #useService(trace: MemoryTrace, name: string): UsedService {
    let service = this.services.get(name);
    if (service === undefined) {
      const owner = this.services as Map<string, UsedName>;
      service = { name, owner, uses: 0, lastUser: 0, spanNames: new Map(), remoteServiceNames: new Map() };
      this.services.set(name, service);
    }
    if (service.lastUser !== trace.serial) {
      service.lastUser = trace.serial;
      service.uses++;
      trace.services.push(service);
    }
    return service;
  }
}

function useName(trace: MemoryTrace, owner: Map<string, UsedName>, name: string): void {
  let used = owner.get(name);
  if (used === undefined) {
    used = { name, owner, uses: 0, lastUser: 0 };
    owner.set(name, used);
  }
  if (used.lastUser === trace.serial) return;
  used.lastUser = trace.serial;
  used.uses++;
  trace.names.push(used);
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds from the 202 to the first search that finds the span. */
export interface Freshness {
  readonly probes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const everyMs = 500;
const pollMs = 25;

/** Until `ended` resolves: sends a span with a tag of its own twice a second and searches for the tag until it is found. */
export async function measureFreshness(url: string, ended: Promise<unknown>): Promise<Freshness> {
  let running = true;
  void ended.then(() => {
    running = false;
  });
  const waits: number[] = [];
  const probing: Promise<void>[] = [];
  for (let number = 1; running; number++) {
    probing.push(probe(url, number).then(ms => void waits.push(ms)));
    await sleep(everyMs);
  }
  await Promise.all(probing);
  waits.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]!);
  return { probes: waits.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function probe(url: string, number: number): Promise<number> {
  const value = `${process.pid}-${number}-${Date.now()}`;
  const id = (Date.now() * 1000 + number).toString(16).padStart(16, '0');
  const span = {
    traceId: id,
    id,
    name: 'probe',
    timestamp: Date.now() * 1000,
    duration: 1,
    localEndpoint: { serviceName: 'probe' },
    tags: { 'probe.id': value },
  };
  const accepted = await fetch(`${url}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([span]),
  });
  await accepted.arrayBuffer();
  if (accepted.status !== 202) throw new Error(`a probe was answered with ${accepted.status}`);
  const since = performance.now();
  const search = `${url}/api/v2/traces?serviceName=probe&limit=1&annotationQuery=${encodeURIComponent(`probe.id=${value}`)}`;
  for (;;) {
    const found = await fetch(search);
    if ((await found.text()).includes(value)) return performance.now() - since;
    if (performance.now() - since > 60_000) throw new Error('a span was not found within a minute of its 202');
    await sleep(pollMs);
  }
}

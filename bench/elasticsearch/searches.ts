/** The searches that are measured, by name: each a path below a server's URL. */
export function searches(traceId: string, endTs: number): Readonly<Record<string, string>> {
  const window = `endTs=${endTs}&lookback=${86_400_000}&limit=10`;
  return {
    'trace by id': `/api/v2/trace/${traceId}`,
    'traces of a service': `/api/v2/traces?serviceName=service-3&${window}`,
    'rare tag': `/api/v2/traces?annotationQuery=${encodeURIComponent('request.id=req-0000abcd')}&${window}`,
    'tag of 2 %': `/api/v2/traces?serviceName=service-3&annotationQuery=${encodeURIComponent('version=1.0.3')}&${window}`,
    services: '/api/v2/services',
  };
}

/** Milliseconds; medians of `runs`. A random parameter keeps the cluster's request cache out. */
export async function medianMs(url: string, path: string, runs = 15): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs + 2; run += 1) {
    // The window ends a millisecond earlier each time, so that no cache answers.
    const fresh = path.replace(/endTs=(\d+)/, (_, endTs: string) => `endTs=${Number(endTs) - run}`);
    const started = performance.now();
    const answer = await fetch(url + fresh);
    await answer.arrayBuffer();
    if (!answer.ok && answer.status !== 404) throw new Error(`${answer.status} for ${path}`);
    if (run >= 2) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

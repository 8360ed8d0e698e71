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

/**
 * Milliseconds, medians of `runs`, one for each server. They are asked in turn, so that other load on the machine meets all of them, and for
 * a window that ends a millisecond earlier each time, so that no cache answers.
 */
export async function mediansMs(urls: readonly string[], path: string, runs = 15): Promise<number[]> {
  const times: number[][] = urls.map(() => []);
  for (let run = -2; run < runs; run += 1) {
    const fresh = path.replace(/endTs=(\d+)/, (_, endTs: string) => `endTs=${Number(endTs) - run}`);
    for (const [server, url] of urls.entries()) {
      const started = performance.now();
      const answer = await fetch(url + fresh);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${answer.status} for ${path}`);
      if (run >= 0) times[server]!.push(performance.now() - started);
    }
  }
  return times.map(list => list.sort((a, b) => a - b)[runs >> 1]!);
}

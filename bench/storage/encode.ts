// `node bench/storage/encode.ts`: what turning spans into ClickHouse columns costs, without an engine.
import type { Span } from '@tracekin/model';
import { BatchEncoder } from '../../packages/storage-clickhouse/src/write/batch-encoder.ts';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const shape = new JaegerShape();
const spans: Span[] = Array.from({ length: 5_000 }, () => shape.trace()).flat();
const encoder = new BatchEncoder({ searchEnabled: true, autocompleteKeys: [] });
const best: number[] = [];
for (let round = 0; round < 20; round++) {
  const start = process.cpuUsage();
  for (const span of spans) encoder.add(span);
  const encoded = encoder.finish(Date.now());
  const { user, system } = process.cpuUsage(start);
  best.push((user + system) / spans.length);
  if (round === 19) {
    const bytes = (buffer: Buffer | undefined): string => ((buffer?.length ?? 0) / spans.length).toFixed(1);
    console.log(
      `bytes/span: spans ${bytes(encoded.spans)}, traces ${bytes(encoded.traces)}, postings ${bytes(encoded.postings)}`,
    );
  }
}
best.sort((a, b) => a - b);
console.log(`CPU us/span: best ${best[0]!.toFixed(2)}, median ${best[10]!.toFixed(2)}`);

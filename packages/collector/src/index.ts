export { type Collector, type CollectorOptions, createCollector, type OtlpOutcome } from './collector.ts';
export { CollectorMetrics, type DropReason, dropReasons, type TransportCounters } from './collector-metrics.ts';
export type { Log, LogLevel } from './log.ts';
export { createSampler, type Sampler } from './sampler.ts';
export { type SyncMode, syncModes } from './spool/group-commit.ts';
export { openSpool, type Spool, type SpoolDamage, type SpoolOptions } from './spool/spool.ts';
export { type TransportName, transportNames } from './transport-name.ts';
export { type HttpTransportOptions, httpTransport } from './transports/http.ts';
export type { Backlog, WriterTuning } from './writer.ts';

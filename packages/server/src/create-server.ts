import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Collector,
  CollectorMetrics,
  createCollector,
  createSampler,
  grpcTransport,
  type Log,
  openSpool,
} from '@tracekin/collector';
import { LiveHub } from '@tracekin/query';
import type { Storage } from '@tracekin/storage';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openStorage } from './backends.ts';
import { createApp } from './http/create-app.ts';
import { cutConnections, type RequestHandler } from './http/dual-protocol.ts';
import { withCors } from './http/grpc-calls.ts';
import { explainListenError } from './http/listen-error.ts';
import { grpcOnly, listenBeside, portOf, tracesOnly } from './http/otlp-ports.ts';
import { createLog } from './log.ts';
import { messageLimits } from './message-limits.ts';
import { registerRoutes } from './routes.ts';
import type { SelfTracing, SelfTracingOptions } from './self-tracing/self-tracing.ts';
import { withDefaults } from './settings/load-settings.ts';
import type { Settings } from './settings/settings.ts';
import { watchWrites } from './watch-writes.ts';

/** What a caller brings along instead of what the settings name. */
export interface ServerOverrides {
  /** Closed with the server. */
  readonly storage?: Storage;
  readonly log?: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Where the built UI is. */
  readonly uiDirectory?: string;
}

export interface RunningServer {
  /** Without a slash at the end, e.g. `http://127.0.0.1:9411`. */
  readonly url: string;
  readonly port: number;
  /** Those that are configured. */
  readonly otlpPorts: { readonly grpc: number | undefined; readonly http: number | undefined };
  readonly settings: Settings;
  readonly storage: Storage;
  readonly collector: Collector;
  /**
   * Stops listening, lets requests under way end, brings accepted spans to storage and closes it. Connections that are still
   * busy after `shutdownTimeoutMs` are cut. Repeatable.
   */
  close(): Promise<void>;
}

/**
 * Starts a server; resolves when it accepts connections. Settings that are not given have their defaults; port 0 takes a
 * free one. Leaves nothing open when it rejects.
 *
 * @throws TracekinError `invalid-configuration` (also for a port that is taken), `unsupported`
 */
export async function createServer(
  given: Partial<Settings> = {},
  overrides: ServerOverrides = {},
): Promise<RunningServer> {
  const settings = withDefaults(given);
  const log = overrides.log ?? createLog(settings);
  await using opening = new AsyncDisposableStack();

  const storage = opening.use(overrides.storage ?? (await openStorage(settings, log)));
  const metrics = new CollectorMetrics();
  const hub = new LiveHub();
  const watched = watchWrites(storage, spans => hub.written(spans));
  const collector = opening.use(await openCollector(settings, watched, metrics, log));
  const selfTracing = await openSelfTracing({ settings, collector, metrics, log });
  if (selfTracing !== undefined) opening.defer(() => selfTracing.close());
  const registry = new Registry();
  const grpc = settings.collectorGrpcEnabled
    ? withCors(
        grpcTransport({ collector, metrics, ...messageLimits(settings), log: collectorLog(log) }),
        settings.allowedOrigins,
      )
    : undefined;
  const app = createApp(settings, log, grpc);
  opening.defer(() => closeInTime(app.server, () => app.close(), settings.shutdownTimeoutMs, log));
  selfTracing?.traceRequests(app);
  await registerRoutes(app, {
    settings,
    storage: selfTracing?.traceStorage(storage) ?? storage,
    collector: selfTracing?.traceCollector(collector) ?? collector,
    metrics,
    registry,
    hub,
    overrides,
  });
  await listen(app, settings);
  const beside = async (
    handler: RequestHandler,
    port: number | undefined,
    setting: string,
  ): Promise<number | undefined> => {
    if (port === undefined) return undefined;
    const server = await listenBeside(handler, settings, { host: settings.host, port, setting });
    const close = (): Promise<void> => new Promise(resolve => server.close(() => resolve()));
    opening.defer(() => closeInTime(server, close, settings.shutdownTimeoutMs, log));
    return portOf(server);
  };
  const otlpPorts = {
    grpc: grpc && (await beside(grpcOnly(grpc), settings.otlpGrpcPort, '--otlp-grpc-port (TRACEKIN_OTLP_GRPC_PORT)')),
    http: await beside(tracesOnly(app), settings.otlpHttpPort, '--otlp-http-port (TRACEKIN_OTLP_HTTP_PORT)'),
  };

  // Starts an embedded engine or connects, so that the first span or search need not wait for it.
  void storage.check().then(result => {
    if (!result.ok) log.warn(`storage is not ready: ${result.error}`);
  });
  const opened = opening.move();
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `${settings.tlsCert === undefined ? 'http' : 'https'}://${urlHost(settings.host)}:${port}`,
    port,
    otlpPorts,
    settings,
    storage,
    collector,
    close: () => opened.disposeAsync(),
  };
}

function collectorLog(log: Logger): Log {
  return (level, message, fields = {}) => log[level](fields, message);
}

async function openCollector(
  settings: Settings,
  storage: Storage,
  metrics: CollectorMetrics,
  log: Logger,
): Promise<Collector> {
  const spool = storage.capabilities.durable
    ? await openSpool({
        directory: settings.spoolDir,
        maxBytes: settings.spoolLimitBytes,
        sync: settings.spoolSync,
        log: collectorLog(log),
      })
    : undefined;
  return createCollector({
    storage,
    sampler: createSampler(settings.collectorSampleRate),
    metrics,
    spool,
    log: collectorLog(log),
  });
}

/** Undefined, and nothing loaded, when it is switched off. */
async function openSelfTracing(options: SelfTracingOptions): Promise<SelfTracing | undefined> {
  if (!options.settings.selfTracingEnabled) return undefined;
  const { startSelfTracing } = await import('./self-tracing/self-tracing.ts');
  return startSelfTracing(options);
}

async function listen(app: FastifyInstance, settings: Settings): Promise<void> {
  try {
    await app.listen({
      port: settings.port,
      host: settings.host,
      listenTextResolver: address => `listening at ${address}`,
    });
  } catch (error) {
    const { host, port } = settings;
    throw explainListenError(error as NodeJS.ErrnoException, { host, port, setting: '--port (QUERY_PORT)' });
  }
}

/** Lets requests under way end for `timeoutMs`, then cuts their connections. */
async function closeInTime(
  server: Server,
  close: () => PromiseLike<unknown>,
  timeoutMs: number,
  log: Logger,
): Promise<void> {
  const timer = setTimeout(() => {
    log.warn('requests are still under way; cutting their connections');
    cutConnections(server);
  }, timeoutMs);
  try {
    await close();
  } finally {
    clearTimeout(timer);
  }
}

/** Something a browser on this machine can open. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

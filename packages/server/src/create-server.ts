import type { AddressInfo } from 'node:net';
import {
  type Collector,
  CollectorMetrics,
  createCollector,
  createSampler,
  type Log,
  openSpool,
} from '@tracekin/collector';
import type { Storage } from '@tracekin/storage';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openStorage } from './backends.ts';
import { createApp } from './http/create-app.ts';
import { cutConnections } from './http/dual-protocol.ts';
import { explainListenError } from './http/listen-error.ts';
import { createLog } from './log.ts';
import { registerRoutes } from './routes.ts';
import { withDefaults } from './settings/load-settings.ts';
import type { Settings } from './settings/settings.ts';

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
  if (settings.selfTracingEnabled) log.warn('self-tracing is not available yet; SELF_TRACING_ENABLED is ignored');
  await using opening = new AsyncDisposableStack();

  const storage = opening.use(overrides.storage ?? (await openStorage(settings, log)));
  const metrics = new CollectorMetrics();
  const collector = opening.use(await openCollector(settings, storage, metrics, log));
  const registry = new Registry();
  const app = createApp(settings, log);
  opening.defer(() => closeApp(app, settings.shutdownTimeoutMs, log));
  await registerRoutes(app, { settings, storage, collector, metrics, registry, overrides });
  await listen(app, settings);

  // Starts an embedded engine or connects, so that the first span or search need not wait for it.
  void storage.check().then(result => {
    if (!result.ok) log.warn(`storage is not ready: ${result.error}`);
  });
  const opened = opening.move();
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `${settings.tlsCert === undefined ? 'http' : 'https'}://${urlHost(settings.host)}:${port}`,
    port,
    settings,
    storage,
    collector,
    close: () => opened.disposeAsync(),
  };
}

async function openCollector(
  settings: Settings,
  storage: Storage,
  metrics: CollectorMetrics,
  log: Logger,
): Promise<Collector> {
  const collectorLog: Log = (level, message, fields = {}) => log[level](fields, message);
  const spool = storage.capabilities.durable
    ? await openSpool({
        directory: settings.spoolDir,
        maxBytes: settings.spoolLimitBytes,
        sync: settings.spoolSync,
        log: collectorLog,
      })
    : undefined;
  return createCollector({
    storage,
    sampler: createSampler(settings.collectorSampleRate),
    metrics,
    spool,
    log: collectorLog,
  });
}

async function listen(app: FastifyInstance, settings: Settings): Promise<void> {
  try {
    await app.listen({
      port: settings.port,
      host: settings.host,
      listenTextResolver: address => `listening at ${address}`,
    });
  } catch (error) {
    throw explainListenError(error as NodeJS.ErrnoException, settings);
  }
}

async function closeApp(app: FastifyInstance, timeoutMs: number, log: Logger): Promise<void> {
  const timer = setTimeout(() => {
    log.warn('requests are still under way; cutting their connections');
    cutConnections(app.server);
  }, timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Something a browser on this machine can open. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

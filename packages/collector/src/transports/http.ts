import type { Readable } from 'node:stream';
import { checkFormat, type Format } from '@tracekin/codec';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Collector } from '../collector.ts';
import type { CollectorMetrics } from '../collector-metrics.ts';
import { giveBack, gunzipBody, readBody } from './http-body.ts';
import { otlpTraces } from './otlp-http.ts';
import { setRetryAfter } from './retry-after.ts';

export interface HttpTransportOptions {
  readonly collector: Collector;
  /** The collector's own: messages that never reach it are counted here. */
  readonly metrics: CollectorMetrics;
  /** Largest body as received. Default 10 MiB, as Zipkin's. */
  readonly maxBodyBytes?: number;
  /** Largest body after gunzip. Default 64 MiB. */
  readonly maxUnzippedBytes?: number;
  /** Whether POST /v1/traces takes OTLP. Default true. */
  readonly otlp?: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request said before the transport took the header away; see `takeAnyBody`. */
    spanContentType: string;
  }
}

interface Route {
  readonly url: string;
  /** By the beginning of the content type; anything else, or none, is `otherwise`, as in Zipkin. */
  readonly formats: readonly (readonly [contentType: string, format: Format])[];
  readonly otherwise: Format;
}

const routes: readonly Route[] = [
  { url: '/api/v2/spans', formats: [['application/x-protobuf', 'proto3']], otherwise: 'json-v2' },
  { url: '/api/v1/spans', formats: [['application/x-thrift', 'thrift']], otherwise: 'json-v1' },
];

/**
 * POST /api/v2/spans and /api/v1/spans as Zipkin answers them (zipkin.md 1.5 and 12), and OTLP's POST /v1/traces. 202 with an
 * empty body means that the spans are kept. Failures are thrown as `TracekinError`s for the server's error handler;
 * `Retry-After` is set on those that are worth another try.
 */
export function httpTransport(options: HttpTransportOptions): FastifyPluginAsync {
  const { collector, metrics, maxBodyBytes = 10 << 20, maxUnzippedBytes = 64 << 20 } = options;
  metrics.register('http');

  const unzipped = async (request: FastifyRequest): Promise<Buffer> => {
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
    const encoding = request.headers['content-encoding'];
    return encoding?.includes('gzip') ? gunzipBody(body, maxUnzippedBytes) : body;
  };

  /** Runs `take` and counts a message that does not get as far as the collector. */
  const unzippedOrCounted = async (request: FastifyRequest, transport: 'http' | 'otlp-http'): Promise<Buffer> => {
    try {
      return await unzipped(request);
    } catch (error) {
      countMalformed(metrics, transport, (request.body as Buffer).length);
      throw error;
    }
  };

  return async server => {
    takeAnyBody(server, maxBodyBytes, metrics);
    for (const { url, formats, otherwise } of routes) {
      server.post(url, async (request, reply) => {
        const format = formats.find(([type]) => request.spanContentType.startsWith(type))?.[1] ?? otherwise;
        const body = await unzippedOrCounted(request, 'http');
        try {
          if (body.length > 0 && !isClearlyJsonV2(body, format)) checkFormat(body, format);
        } catch (error) {
          countMalformed(metrics, 'http', body.length);
          throw error;
        }
        try {
          await collector.accept(body, format, 'http');
        } catch (error) {
          setRetryAfter(reply, error);
          throw error;
        } finally {
          giveBack(body);
        }
        return reply.code(202).send();
      });
    }
    if (options.otlp ?? true)
      otlpTraces(server, collector, metrics, request => unzippedOrCounted(request, 'otlp-http'));
  };
}

/**
 * Reads bodies of any content type as bytes, also of a content type that is none: Zipkin takes those for JSON, while
 * Fastify would answer 415 before asking anybody. So the header is put aside before Fastify looks at it.
 */
function takeAnyBody(server: FastifyInstance, maxBytes: number, metrics: CollectorMetrics): void {
  server.decorateRequest('spanContentType', '');
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    request.spanContentType = headers['content-type']?.trim().toLowerCase() ?? '';
    delete headers['content-type'];
    done();
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    try {
      return await readBody(payload, Number(request.headers['content-length'] ?? 0), maxBytes);
    } catch (error) {
      countMalformed(metrics, request.routeOptions.url === '/v1/traces' ? 'otlp-http' : 'http', 0);
      throw error;
    }
  });
}

/**
 * Most messages are JSON v2 lists without a trace of v1's `binaryAnnotations`. A search for a word with a rare first letter
 * finds that out in a few microseconds for 60 KB, where the whole check takes 70.
 */
function isClearlyJsonV2(body: Buffer, format: Format): boolean {
  return format === 'json-v2' && body[0] === 0x5b && body.indexOf('Annotations"', 0, 'latin1') === -1;
}

function countMalformed(metrics: CollectorMetrics, transport: 'http' | 'otlp-http', bytes: number): void {
  metrics.message(transport, bytes);
  metrics.messageDropped(transport, 'malformed');
}
